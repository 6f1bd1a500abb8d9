#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what no compiler checks: layers, lengths, first lines, words, global state.

structure.py ROOT checks a checkout; tests/test_structure.py checks that every rule can fail.
"""
import pathlib
import re
import statistics
import sys

# One folder a rank; those of the last row stand beside each other, and none includes another.
LAYERS = [["base"], ["graph"], ["ops"], ["trace"], ["tree"], ["passes"], ["plan"], ["codegen"],
          ["array"], ["run"], ["api"], ["numpy", "random", "linalg", "nn", "dist", "testing"]]
RANK = {name: i for i, row in enumerate(LAYERS) for name in row}
MAX_FILE, MAX_HEADER, MAX_MEDIAN, MAX_COLUMNS, MAX_FUNCTION = 700, 400, 150, 100, 40
SPDX = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# Split, so that this file does not hold the words that it looks for.
UNFINISHED = re.compile(
    r"\b(TO" r"DO|FIX" r"ME|X" r"XX|place" r"holder|st" r"ub|not implemented yet)\b", re.IGNORECASE)
# Programs as a user writes them: they follow no rule of the house.
USER_CODE = ("tests/programs/", "tests/compile_fail/")
# Included any number of times.
REPEATED = re.compile(r"^#pragma (push|pop)_macro\(", re.MULTILINE)


def code_of(text):
    """The text with comments, literals and preprocessor lines blanked, line by line in place."""
    token = re.compile(
        r'R"([^()\s\\]{0,16})\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\\n]|\\.)+\''
        r"|//[^\n]*|/\*.*?\*/|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.DOTALL | re.MULTILINE)

    def blank(m):
        s = m.group(0)
        if s[0] in "\"'R":  # a literal stays an operand
            return '""' + "\n" * s.count("\n")
        return "\n" * s.count("\n")

    return token.sub(blank, text)


def kind_of(head, parents):
    """What a brace opens, from the words before it and the braces around it."""
    inner = parents[-1] if parents else "namespace"
    if inner not in ("namespace", "class"):
        return "body"
    # Template parameters and requires-clauses tell nothing about what is declared.
    words = re.sub(r"\btemplate\s*<[^{}]*?>\s*(?=\w|\[|~)", "", head)
    if re.search(r"\bnamespace\b", words) or re.search(r'\bextern\s*""\s*$', words):
        return "namespace"
    if re.search(r"\brequires\s*(\([^()]*\)\s*)?$", head) or head.count("(") > head.count(")"):
        return "expression"
    if re.search(r"(^|\s)(class|struct|union)\s[^()=]*(\([^()]*\))?[^()=]*$", words):
        return "class"
    if re.search(r"(^|\s)enum\b", words):
        return "enum"
    outside = re.sub(r"operator\s*[=<>!+\-*/%&|^]+|[<>=!]=|\(.*\)", "", words, flags=re.DOTALL)
    if "=" in outside:
        return "expression"
    return "function" if "(" in words else "expression"


def scan(code):
    """Yields ('function', first line, last line) and ('statement', line, braces around, text)."""
    stack, start, depth = [], 0, 0  # of open braces; of the current statement; of parentheses
    line_at = lambda i: code.count("\n", 0, i) + 1
    around = lambda: [kind for kind, _, _ in stack]
    for i, c in enumerate(code):
        if c not in "(){};" or (c == ";" and depth):
            continue
        text = code[start:i]
        begin = start + len(text) - len(text.lstrip())
        if c in "()":
            depth += 1 if c == "(" else -1
        elif c == ";":
            yield "statement", line_at(begin), around(), text.strip()
            start = i + 1
        elif c == "{":
            kind = "expression" if depth else kind_of(text, around())
            if kind == "body":  # a block, or what initialises a variable
                yield "statement", line_at(begin), around(), text.strip()
            stack.append((kind, begin, depth))
            depth = 0
            start = start if kind == "expression" else i + 1
        elif stack:
            kind, begin, depth = stack.pop()
            if kind == "function":
                yield "function", line_at(begin), line_at(i)
            start = start if kind == "expression" else i + 1


NOT_A_VARIABLE = re.compile(
    r"^(using|typedef|namespace|template|struct|class|enum|union|friend|extern|static_assert"
    r"|concept|return|public|private|protected|requires|export)\b")


def is_mutable_state(scopes, text):
    """True if the statement defines a variable that outlives its block and may change."""
    text = re.sub(r"^((public|private|protected)\s*:\s*)+", "", text)
    text = re.sub(r"^template\s*<[^;]*?>\s*(?=(inline|static|constexpr|const)\b)", "", text)
    text = re.sub(r"^(\[\[[^\]]*\]\]\s*)+", "", text)
    before = re.split(r"[={]", re.sub(r"\[[^\]]*\]", "", text), maxsplit=1)[0]
    if re.search(r"\b(constexpr|consteval)\b", before):
        return False
    if re.search(r"\bconst\b", before) and not re.search(r"\*(?!\s*const\b)", before):
        return False
    inner = scopes[-1] if scopes else "namespace"
    if inner == "namespace":
        variable = r"([\w:]+(\s*<[^;]*>)?[\s&*]+)+[\w:]+\s*$"
        return "(" not in before and not NOT_A_VARIABLE.match(text) and \
            bool(re.match(variable, before, re.DOTALL))
    if inner == "class":
        return bool(re.match(r"(inline\s+)?static\b", text)) and "(" not in before
    return inner != "enum" and bool(re.match(r"static\b", text))


def check_text(text, limit=MAX_FILE):
    """The rules that hold for every C++ file of the house."""
    lines, out = text.splitlines(), []
    if not lines or lines[0] != SPDX:
        out.append("line 1 is not the SPDX line")
    if len(lines) < 2 or not re.match(r"// \S+( \S+)+", lines[1]):
        out.append("line 2 is not a sentence that says what the file is for")
    if len(lines) > limit:
        out.append(f"{len(lines)} lines, at most {limit}")
    for i, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            out.append(f"line {i} has {len(line)} columns, at most {MAX_COLUMNS}")
        if UNFINISHED.search(line):
            out.append(f"line {i} says '{UNFINISHED.search(line).group(0)}'")
    for kind, first, last, *_ in scan(code_of(text)):
        if kind == "function" and last - first + 1 > MAX_FUNCTION:
            length = last - first + 1
            out.append(f"line {first}: a function of {length} lines, at most {MAX_FUNCTION}")
    return out


def check_header(text, here):
    """The rules of the library's headers; `here` is the layer, or None for an umbrella."""
    out = check_text(text, MAX_HEADER)
    if "#pragma once" not in text.splitlines() and not REPEATED.search(text):
        out.append("no #pragma once")
    for to in re.findall(r'#include [<"](?:\.\./|calx/)(\w+)/', text):
        if to not in RANK:
            out.append(f"includes {to}, which is no layer")
        elif here is not None and to != here and RANK[to] >= RANK[here]:
            where = "right of" if RANK[to] > RANK[here] else "beside"
            out.append(f"includes {to}, {where} {here}")
    for name in re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.MULTILINE):
        if not name.startswith("CALX_"):
            out.append(f"defines the macro {name}, which does not begin with CALX_")
    code = code_of(text)
    for i, line in enumerate(code.splitlines(), 1):
        if re.search(r"\bthread_local\b", line):
            out.append(f"line {i} has thread-local state")
    for item in scan(code):
        if item[0] == "statement" and is_mutable_state(item[2], item[3]):
            out.append(f"line {item[1]} has global state: {' '.join(item[3].split())[:60]}")
    return out


def check_listed(root):
    """Every source file of the tests must be named in the build, or it would never run."""
    build = "".join(p.read_text() for p in (root / "tests").rglob("meson.build"))
    sources = [p for p in (root / "tests").rglob("*") if p.suffix in (".cpp", ".cu")]
    return [f"{p.relative_to(root)}: no meson.build of the tests names it" for p in sorted(sources)
            if p.parent.name not in ("compile_fail", "install")  # their scripts find them
            and not re.search(rf"\b{re.escape(p.stem)}\b", build)]


def check_tree(root):
    headers = sorted((root / "include/calx").rglob("*.hpp"))
    if not headers:
        return ["include/calx: no headers found"], 0
    bad = []
    for path in headers:
        layer = path.relative_to(root / "include/calx").parts[0]
        if layer not in RANK and path.parent != root / "include/calx":
            bad.append(f"{path.relative_to(root)}: {layer} is no layer")
        here = layer if layer in RANK else None
        bad += [f"{path.relative_to(root)}: {p}" for p in check_header(path.read_text(), here)]
    median = statistics.median(len(p.read_text().splitlines()) for p in headers)
    if median > MAX_MEDIAN:
        bad.append(f"include/calx: the median header has {median} lines, at most {MAX_MEDIAN}")
    others = [p for top in ("tests", "examples", "benchmarks")
              for p in sorted((root / top).rglob("*"))
              if p.suffix in (".cpp", ".hpp", ".cu", ".cuh")
              and not str(p.relative_to(root)).startswith(USER_CODE)]
    for path in others:
        bad += [f"{path.relative_to(root)}: {p}" for p in check_text(path.read_text())]
    return bad + check_listed(root), len(headers) + len(others)


if __name__ == "__main__":
    problems, count = check_tree(pathlib.Path(sys.argv[1]))
    print("\n".join(problems) or f"{count} files in order")
    sys.exit(bool(problems))
