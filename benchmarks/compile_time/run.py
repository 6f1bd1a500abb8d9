#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures what calx costs the compiler: user CPU seconds and peak memory, against the two headers
that a SIMD program includes anyway.

Prints a table with ratios and bounds. The exit status is 0 if every bound holds, 1 if one is
missed, 2 if a program does not compile or has not the size that it should have."""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leave no cache between the sources
import programs  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GCC_BUDGET = ["-fconstexpr-ops-limit=2000000000"]
CLANG_BUDGET = ["-fconstexpr-steps=100000000", "-fbracket-depth=4096"]


class Failure(Exception):
    """A sentence about what could not be measured."""


def eigen_flags():
    run = subprocess.run(["pkg-config", "--cflags", "eigen3"], capture_output=True, text=True,
                         check=False)
    return shlex.split(run.stdout) if run.returncode == 0 else ["-I/usr/include/eigen3"]


def command(compiler, eigen=True):
    budget = CLANG_BUDGET if "clang" in compiler else GCC_BUDGET
    return [compiler, "-std=c++20", "-O2", f"-I{ROOT / 'include'}", *budget,
            *(eigen_flags() if eigen else [])]


def compile_once(run, source):
    """Compiles source to an object; user CPU seconds and peak kilobytes of the largest process."""
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen([*run, "-c", source, "-o", f"{source}.o"], stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            log.seek(0)
            raise Failure(f"{source} does not compile:\n{log.read(2000)}")
    return usage.ru_utime, usage.ru_maxrss


def answers(run, folder, name, text, arguments=()):
    """Builds a program if that has not been done, and runs it; the numbers that it prints."""
    program = os.path.join(folder, f"{name}.exe")
    if not os.path.exists(program):
        source = write(folder, name, text)
        build = subprocess.run([*run, source, "-o", program], capture_output=True, text=True,
                               check=False)
        if build.returncode != 0:
            raise Failure(f"{source} does not compile:\n{build.stderr[:2000]}")
    out = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                         check=True).stdout
    return [int(word) for word in out.split()]


def write(folder, name, text):
    path = os.path.join(folder, f"{name}.cpp")
    pathlib.Path(path).write_text(text, encoding="utf-8")
    return path


def chain_of(run, folder, nodes):
    """The text of a gradient of about so many nodes, and how many it has."""
    few, many = 1, 21
    low, high = answers(run, folder, "trial", programs.TRIAL, [few, many])
    steps = max(1, round(few + (nodes - low) * (many - few) / (high - low)))
    if nodes > 1000:  # to count it in the text itself would take as long as to measure it
        return programs.chain(steps), answers(run, folder, "trial", programs.TRIAL, [steps])[0]
    size = answers(run, folder, "count", programs.count(steps))[0]
    if abs(size - nodes) > 0.03 * nodes:
        raise Failure(f"the gradient of {steps} steps has {size} nodes instead of about {nodes}")
    return programs.chain(steps), size


class Case:
    """A program, the compiler's command, and the bounds: a ratio of times, a peak in megabytes. The
    ratio is to the floor or, where `against` names one, to another program."""

    def __init__(self, name, run, source, ratio=None, megabytes=None, nodes=None, against="floor"):
        self.name, self.run, self.source = name, run, source
        self.ratio, self.megabytes, self.nodes = ratio, megabytes, nodes
        self.against, self.samples = against, []

    def seconds(self):
        return statistics.median(s for s, _ in self.samples)

    def record(self, other):
        seconds = self.seconds()
        peak = max(kilobytes for _, kilobytes in self.samples) / 1024
        ratio = seconds / other
        missed = (self.ratio is not None and ratio > self.ratio) or (
            self.megabytes is not None and peak > self.megabytes)
        bounded = self.ratio is not None or self.megabytes is not None
        verdict = ("over" if missed else "PASS") if bounded else ""
        return {"name": self.name, "compiler": self.run[0], "nodes": self.nodes,
                "seconds": seconds, "megabytes": peak, "against": self.against, "ratio": ratio,
                "bound": self.ratio, "bound_megabytes": self.megabytes, "verdict": verdict,
                "spread": (max(s for s, _ in self.samples) - min(s for s, _ in self.samples))
                / seconds}


def bounded_cases(compiler, folder):
    run = command(compiler)
    chain, size = chain_of(run, folder, 400)
    large, large_size = chain_of(run, folder, 4000)
    def case(name, text, *bounds, **more):
        return Case(name, more.pop("run", run), write(folder, name.replace(" ", "_"), text),
                    *bounds, **more)
    return [case("floor", programs.FLOOR), case("umbrella", programs.UMBRELLA, 1.2),
            case("gradient", chain, 2.3, 1024, nodes=size),
            case("large gradient", large, 12, nodes=large_size),
            case("scalar", programs.SCALAR, 0.7, run=command(compiler, eigen=False)),
            case("passed", programs.PASSED),
            case("captured", programs.CAPTURED, 1.25, against="passed")]


def other_cases(folder, clang, first):
    """For information: several gradients in one file, and another compiler."""
    ten = write(folder, "ten_gradients", programs.TEN_GRADIENTS)
    groups = [[Case("ten gradients", first[0].run, ten)]]
    if clang:
        groups.append([Case(c.name, command(clang, eigen=c.name != "scalar"), c.source,
                            nodes=c.nodes, against=c.against) for c in first])
        groups[1].append(Case("ten gradients", command(clang), ten))
    return groups


def sample(cases, repetitions):
    for _ in range(repetitions):  # interleaved, so that a noisy minute hurts all alike
        for case in cases:
            case.samples.append(compile_once(case.run, case.source))


def records_of(cases, first=()):
    """The records of cases whose programs to compare with are among them or among `first`."""
    seconds = {case.name: case.seconds() for case in [*cases, *first]}
    return [case.record(seconds[case.against]) for case in cases]


def table(records):
    print(f"{'program':<16}{'compiler':<12}{'nodes':>6}{'user s':>8}{'peak MB':>9}{'against':>9}"
          f"{'ratio':>7}{'bound':>7}{'spread':>8}")
    for r in records:
        bound = "" if r["bound"] is None else f"{r['bound']:.2f}"
        print(f"{r['name']:<16}{pathlib.Path(r['compiler']).name:<12}{r['nodes'] or '':>6}"
              f"{r['seconds']:>8.2f}{r['megabytes']:>9.0f}{r['against']:>9}{r['ratio']:>7.2f}"
              f"{bound:>7}{r['spread']:>8.0%}  {r['verdict']}".rstrip())


def measure(options, folder):
    first = bounded_cases(options.cxx, folder)
    sample(first, options.repetitions)
    records = records_of(first)
    if options.quick:
        return records
    groups = other_cases(folder, shutil.which(options.clang), first)
    sample(groups[0], 1)
    records += records_of(groups[0], first)
    for group in groups[1:]:
        sample(group, 1)
        records += records_of(group)
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cxx", default="g++", help="the compiler that the bounds are for")
    parser.add_argument("--clang", default="clang++-16", help="another one, for information")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="only the programs with a bound")
    parser.add_argument("--json", type=pathlib.Path, help="write one record a program there")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            records = measure(options, folder)
    except Failure as failure:
        print(f"compile_time: {failure}", file=sys.stderr)
        return 2
    table(records)
    if options.json:
        options.json.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    return 1 if any(r["verdict"] == "over" for r in records) else 0


if __name__ == "__main__":
    sys.exit(main())
