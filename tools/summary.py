#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counts what the tests of several builds reported: summary.py BUILD... --broken WHAT...

Test programs with many cases (Catch2, and scripts that end with 'N passed, N failed') count by
case, all others as one. The last line is the sum; the exit status is 0 if nothing failed.
"""
import argparse
import json
import pathlib
import re
import sys


def cases(result, output):
    """(passed, failed, skipped) of one test of Meson."""
    if result == "SKIP":
        return 0, 0, 1
    passed, failed = (1, 0) if result in ("OK", "EXPECTEDFAIL") else (0, 1)
    own = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.MULTILINE)
    all_passed = re.findall(r"All tests passed \(.* in (\d+) test cases?\)", output)
    some = re.findall(r"^test cases: +(\d+)(?: \| +(\d+) passed)?(?: \| +(\d+) failed)?", output,
                      re.MULTILINE)
    if own:
        passed, failed_cases = map(int, own[-1])
    elif all_passed:
        passed, failed_cases = int(all_passed[-1]), 0
    elif some:
        passed, failed_cases = int(some[-1][1] or 0), int(some[-1][2] or 0)
    else:
        return passed, failed, 0
    # Meson's word counts as well: a program may report well and then crash.
    return passed, max(failed, failed_cases), 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("builds", nargs="*", type=pathlib.Path)
    parser.add_argument("--broken", nargs="*", default=[])
    options = parser.parse_args()
    total = [0, 0, 0]
    for build in options.builds:
        for line in (build / "meson-logs/testlog.json").read_text().splitlines():
            test = json.loads(line)
            counts = cases(test["result"], test.get("stdout", ""))
            total = [a + b for a, b in zip(total, counts)]
            print(f"{build.name:<10} {test['name'].split(' / ')[-1]:<24} {test['result']:<8}"
                  f"{test['duration']:8.1f} s  {counts[0]} passed, {counts[1]} failed")
    for what in options.broken:
        print(f"{what}: did not get as far as testing")
        total[1] += 1
    skipped = f", {total[2]} skipped" if total[2] else ""
    print(f"{total[0]} passed, {total[1]} failed{skipped}")
    return total[1] > 0 or total[0] == 0


if __name__ == "__main__":
    sys.exit(main())
