#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles every header of the library alone, under macros that other headers define; those that
users include also under macros that no header of others stands, which are then included first.

run.py COMPILER FLAG... takes the include folder from the flags. Each header is included twice,
first of all, so that one that misses an include, or cannot be included again, is found.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
# What the headers of other systems and libraries define, as far as the standard library, Eigen and
# xsimd stand it themselves (`I` of C's complex.h they do not).
HOSTILE = """\
#define small char         // rpcndr.h
#define near               // windef.h
#define far
#define interface struct
#define IN
#define OUT
#define ERROR 0            // wingdi.h
#define B0 0000000         // termios.h
#define major(d) (d)       // sys/sysmacros.h
#define minor(d) (d)
#define unix 1             // predefined outside ISO mode
#define linux 1
#define DOMAIN 1           // math.h
#define OVERFLOW 3
#define Status int         // X11
#define Bool int
#define True 1
#define False 0
#define None 0L
#define Always 2
#define CHECK(x) (x)       // test frameworks
#define LOG(x) (x)
#define likely(x) (x)      // kernel headers
#define unlikely(x) (x)
"""
# What the standard library, Eigen and xsimd do not stand, and users write all the same.
WORST = """\
#include <bits/stdc++.h>
#include <Eigen/Dense>
#include <xsimd/xsimd.hpp>
#include <sys/mman.h>
#include <unistd.h>
#define I _Complex_I       // complex.h
#define complex _Complex
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define check(x) (x)       // AssertMacros.h
#define verify(x) (x)
#define require(x) (x)
#define N 100
#define M 100
#define K 4
#define T float
#define E 2.718281828
#define F(x) (x)           // Arduino.h
#define S 1
#define R 8.314
#define T1 7
#define _B 8
#define Success 0          // X11
#define DIFFERENCE 1
#define PI 3.14159
"""
# Afterwards, macros are what they were.
WORST_AFTER = """
static_assert(N == 100 && F(3) == 3 && min(2, 1) == 1 && sizeof(T) == 4);
auto grad = calx::grad([](auto x) { return x * x; })(3.0);
"""
ENTRIES = ("calx/calx.hpp", "calx/scalar.hpp")


def problem_of(command, root, header):
    """What the compiler says of a header, or nothing."""
    name = header.relative_to(root)
    include = f"#include <{name}>\n" * 2
    said = problem_with(command, HOSTILE + include + "int main() {}\n")
    if str(name) in ENTRIES and not said:
        said = problem_with(command, WORST + include + WORST_AFTER)
    return said


def problem_with(command, code):
    """What the compiler says of a program, or nothing."""
    run = subprocess.run([*command, *WARNINGS, "-fsyntax-only", "-x", "c++", "-"], input=code,
                         capture_output=True, text=True, timeout=600)
    lines = (run.stdout + run.stderr).splitlines()
    if run.returncode == 0 and not lines:
        return ""
    told = [line for line in lines if (": error:" in line or ": warning:" in line)
            and not line.startswith("<stdin>")] or lines
    return "\n".join(told[:20]) or f"the compiler ended with status {run.returncode}"


def main(command):
    root = next(pathlib.Path(flag[2:]) for flag in command
                if flag.startswith("-I") and (pathlib.Path(flag[2:]) / "calx").is_dir())
    # What restores macros is nothing alone.
    headers = sorted(p for p in (root / "calx").rglob("*.hpp") if p.name != "restore_macros.hpp")
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        results = list(pool.map(lambda h: problem_of(command, root, h), headers))
    shown = set()  # what a header says, all that include it say
    for header, said in zip(headers, results):
        new = [line for line in said.splitlines() if line not in shown]
        shown.update(new)
        if said:
            print("\n  ".join([f"{header.relative_to(root)}: does not compile alone", *new]))
    failed = sum(bool(r) for r in results)
    print(f"{len(headers) - failed} passed, {failed} failed")
    return failed > 0 or not headers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
