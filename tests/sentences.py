#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that some test reads each sentence that calx says to its users.

sentences.py ROOT takes each statement of include/calx that holds texts of two words or more: what
is written between the texts is anything. A sentence is read if a literal of a test, or what a
program of tests/compile_fail lists, has all its texts in order. EXEMPT lists the others, with
reasons; an entry that no unread sentence needs is an error too.
"""
import json
import pathlib
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|^[ \t]*#[ \t]*(?:include|define|pragma)[^\n]*'
                   r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'|[;{}?:]|[^"\'/;{}?:#\n]+|.',
                   re.DOTALL | re.MULTILINE)
RAW = re.compile(r'R"\((.*?)\)"', re.DOTALL)
NO_CODE = ("//", "/*", "#include", "#define", "#pragma")
INSERT = ".{0,120}?"  # what a sentence may be told between two texts
# File or folder under include/calx, the beginning of the sentences (all of them if empty), why.
EXEMPT = [
    ("base/static_error.hpp", "", "points to the sentence, which tests read"),
    ("codegen/", "", "said to whoever writes plans and kernels, not to users"),
    ("ops/region.hpp", "has bodies", "of programs that passes make wrong, as verify's others"),
    ("plan/print.hpp", "", "the language of printed loops; tests/plan/test_print.cpp"),
    ("graph/print.hpp", "", "the language of DOT, no sentence"),
    ("random/key.hpp", "calx: a draw takes one key", "g++ 12 shows another error before it"),
]


def statements(text):
    """The tokens between ; { and }, of each statement that has a literal: (line, tokens)."""
    line, begin, tokens = 1, 1, []
    text = RAW.sub(lambda m: json.dumps(m.group(1), ensure_ascii=False), text)
    for m in TOKEN.finditer(text):
        s = m.group(0)
        if s in (";", "{", "}"):
            if any(t[0] == '"' for t in tokens):
                yield begin, tokens
            tokens = []
        elif s.strip() and not s.lstrip().startswith(NO_CODE):
            begin = begin if tokens else line
            tokens.append(s.strip())
        line += s.count("\n")


def literal(token):
    return re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m.group(1), m.group(1)), token[1:-1])


def pieces(tokens):
    """The texts of a statement: adjacent literals are one; of `c ? "a" : "b"` either, a tuple."""
    out, choice = [], False
    for i, t in enumerate(tokens):
        if t[0] != '"':
            choice = t == "?" or (choice and t == ":")
            out.append(None)
        elif choice and tokens[i - 1] == ":" and len(out) > 1 and isinstance(out[-2], tuple):
            out[-2] += (literal(t),)
        elif choice:
            out.append((literal(t),))
        elif out and isinstance(out[-1], str):
            out[-1] += literal(t)
        else:
            out.append(literal(t))
    return [(p,) if isinstance(p, str) else p for p in out if p]


def sentences(root):
    """(file, line, first text, pattern) of each sentence of the library."""
    for path in sorted((root / "include/calx").rglob("*.hpp")):
        name = str(path.relative_to(root / "include/calx"))
        for line, tokens in statements(path.read_text()):
            parts = pieces(tokens)
            if max((len(re.findall(r"\w+", t)) for p in parts for t in p), default=0) < 2:
                continue
            say = INSERT.join("(?:" + "|".join(re.escape(t) for t in p) + ")" for p in parts)
            yield name, line, parts[0][0], re.compile(say)


def what_tests_read(root):
    """All texts of tests, one a line; a program that must not compile lists the pieces of one."""
    for path in sorted((root / "tests").rglob("*.[ch]pp")):
        text = path.read_text()
        says = re.match(r"// (?:says|error): (.+)", text)
        if says:
            yield " ".join(p.strip() for p in says.group(1).split("|"))
        else:
            for _, tokens in statements(text):
                yield from (t for p in pieces(tokens) for t in p)


def problems_of(root, exempt):
    read = "\n".join(what_tests_read(root))
    needed, out = set(), []
    for name, line, start, pattern in sentences(root):
        if pattern.search(read):
            continue
        found = [e for e in exempt if name.startswith(e[0]) and start.startswith(e[1])]
        needed.update(found[:1])
        if not found:
            out.append(f"{name}:{line}: no test reads: {start.strip()}")
    return out + [f"need not be exempt: {e}" for e in exempt if e not in needed]


if __name__ == "__main__":
    problems = problems_of(pathlib.Path(sys.argv[1]), EXEMPT)
    print("\n".join(problems) or "each sentence is read")
    sys.exit(bool(problems))
