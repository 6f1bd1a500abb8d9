#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the program of a page and compares what it prints with the comments behind its lines that
print: printed.py PAGE.md PROGRAM. A line without a comment may print anything."""
import pathlib
import re
import subprocess
import sys


def expected(text):
    """What lines that print are said to print: a list of lists of lines, in order."""
    said = []
    for block in re.findall(r"^```cpp\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        more = False
        for line in block.splitlines():
            prints = re.search(r"std::cout <<.*;\s+// ?(.*)$", line)
            alone = re.match(r"\s*// ?(.*)$", line)
            if prints:
                said.append([prints[1]])
            elif alone and more:
                said[-1].append(alone[1])
            more = bool(prints or (alone and more))
    return said


def words(line):
    """The words of what is said; two spaces part it from a remark."""
    return re.split(r" {2,}(?=[a-z])", line)[0].split()


def holds(lines, printed):
    """True if the first lines are as said; `...` stands for the rest of a line."""
    if len(printed) < len(lines):
        return False
    for line, out in zip(lines, printed):
        want, got = words(line), out.split()
        if want[-1:] == ["..."]:
            want, got = want[:-1], got[:len(want) - 1]
        if want != got:
            return False
    return True


if __name__ == "__main__":
    said = expected(pathlib.Path(sys.argv[1]).read_text())
    run = subprocess.run([sys.argv[2]], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{sys.argv[2]} ends with {run.returncode}\n{run.stdout}{run.stderr}")
    if not said:
        sys.exit(f"{sys.argv[1]}: no line says what it prints")
    printed = run.stdout.splitlines()
    at = 0
    for lines in said:
        while at < len(printed) and not holds(lines, printed[at:]):
            at += 1
        if at == len(printed):
            sys.exit(f"not printed, or not in this order: {lines}\nprinted:\n{run.stdout}")
        at += len(lines)
    print(f"{len(said)} lines print what they say")
