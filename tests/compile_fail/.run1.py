#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles programs that must not compile, and reads what the compiler says.

run.py COMPILER FLAG... takes each .cpp file beside it. The first line, `// says: a | b`, lists
phrases that must all be within the first ten lines of the output, or, `// error: a | b`, in the
first line with an error; a second line, `// flags: -x -y`, adds flags, and `// flags NAME: -x`
those of the compiler whose name begins with NAME.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LINES = 10
HERE = pathlib.Path(__file__).resolve().parent


def expectation(source, compiler):
    """The phrases, where they are said, and the additional flags that a program states."""
    lines = source.read_text().splitlines() + [""]
    says = re.fullmatch(r"// (says|error): (.+)", lines[0])
    flags = []
    for line in lines[1:]:
        stated = re.fullmatch(r"// flags(?: (\S+))?: (.+)", line)
        if not stated:
            break
        flags += stated.group(2).split() if compiler.startswith(stated.group(1) or "") else []
    phrases = [p.strip() for p in says.group(2).split("|")] if says else []
    where = says.group(1) if says else "says"
    return [p for p in phrases if p], where, flags


def problem_of(command, source):
    """What is wrong with how a program fails, and the output; None if nothing is."""
    phrases, where, flags = expectation(source, os.path.basename(command[0]))
    if not phrases:
        return "its first line must be '// says: a | b' or '// error: a | b'", ""
    with tempfile.TemporaryFile("w+") as log:
        status = subprocess.run([*command, *flags, "-fsyntax-only", str(source)], stdout=log,
                                stderr=subprocess.STDOUT, timeout=600).returncode
        log.seek(0)
        # The name of the file says nothing about the error. Compilers write \\' for ' in a text;
        # clang shows a sentence in pieces.
        output = log.read(1 << 20).replace(str(source), "program.cpp").replace("\\'", "'")
        output = output.replace(' ", "', " ")
    if status == 0:
        return "it compiles", ""
    if status != 1:
        return f"the compiler ended with status {status}", output
    lines = output.splitlines()
    errors = [line for line in lines if " error: " in line]
    top = "\n".join(lines[:LINES] if where == "says" else errors[:1])
    missing = [p for p in phrases if p not in top]
    if missing:
        place = f"first {LINES} lines do" if where == "says" else "first error does"
        return f"its {place} not say: {' | '.join(missing)}", output
    return None


def main(command):
    sources = sorted(HERE.glob("*.cpp"))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        results = list(pool.map(lambda s: problem_of(command, s), sources))
    for source, result in zip(sources, results):
        print(f"{source.name}: {result[0] if result else 'ok'}")
        if result:
            print("\n".join("    " + line[:300] for line in result[1].splitlines()[:LINES]))
    failed = sum(r is not None for r in results)
    print(f"{len(sources) - failed} passed, {failed} failed")
    return failed > 0 or not sources


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
