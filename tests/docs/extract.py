#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Joins the blocks of C++ of a Markdown file: extract.py FILE.md OUT.cpp."""
import pathlib
import re
import sys

source, out = map(pathlib.Path, sys.argv[1:3])
text = source.read_text()
blocks = list(re.finditer(r"^```cpp\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
if not blocks:
    sys.exit(f"{source}: no block begins with ```cpp")
# The compiler speaks of lines of the Markdown file.
out.write_text("".join(f'#line {text.count(chr(10), 0, m.start(1)) + 1} "{source.name}"\n{m[1]}'
                       for m in blocks))
