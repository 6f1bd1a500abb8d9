#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what no compiler checks: include direction, file and line lengths, SPDX lines."""
import pathlib, re, statistics, sys

LAYERS = [["base"], ["graph"], ["ops"], ["trace"], ["passes"], ["plan"], ["codegen"], ["runtime"],
          ["array", "tree"], ["api"], ["numpy", "random", "linalg", "nn", "dist", "testing"]]
RANK = {name: i for i, row in enumerate(LAYERS) for name in row}

def problems_of(root, path):
    lines = path.read_text().splitlines()
    here = path.relative_to(root / "include/calx").parts[0]
    out = [] if "SPDX-License-Identifier" in lines[0] else ["no SPDX line"]
    if "#pragma once" not in lines: out.append("no #pragma once")
    if len(lines) > 700: out.append(f"{len(lines)} lines, at most 700")
    out += [f"line {i} is over 100 columns" for i, l in enumerate(lines, 1) if len(l) > 100]
    for to in re.findall(r"#include <calx/(\w+)/", "\n".join(lines)):
        if here in RANK and RANK[to] > RANK[here]: out.append(f"includes {to}, right of {here}")
    return [f"{path}: {p}" for p in out]

root = pathlib.Path(sys.argv[1])
files = sorted((root / "include/calx").rglob("*.hpp"))
assert files, "no headers found"
bad = [p for f in files for p in problems_of(root, f)]
median = statistics.median(len(f.read_text().splitlines()) for f in files)
if median > 150: bad.append(f"median header length {median}, at most 150")
print("\n".join(bad) or f"{len(files)} headers in order")
sys.exit(bool(bad))
