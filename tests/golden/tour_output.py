#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the tour and compares what it prints with examples/tour.expected and with tour.jsonl.

    tour_output.py TOUR EXPECTED GOLDEN            compares
    tour_output.py TOUR EXPECTED GOLDEN --update   compares with GOLDEN, then writes EXPECTED

Lines that begin with "time:" are left out on both sides, blanks count as one, and numbers may
differ by rounding: the longest chain of operations is 200 steps of descent with some 20 roundings
each, so 4096 epsilons of the number, or of 1 if that is larger. Compilers evaluate the operands of
an operator in the order they like, and nodes are numbered as they come: two printed programs are
equal if their nodes are, written out in full.
"""
import json, pathlib, re, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

NUMBER = re.compile(r"(?<![\w%.])-?\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\w.])")
TOLERANCE = 4096 * 2.0 ** -52

def near(a, b): return abs(a - b) <= TOLERANCE * max(1.0, abs(b))

def lines_of(text):
    return [re.sub(r"\[ ", "[", " ".join(l.split())) for l in text.splitlines()
            if not l.startswith("time:")]

def numbers_of(line): return [float(n) for n in NUMBER.findall(line)]

def differences(got, want):
    out = []
    if len(got) != len(want): out.append(f"{len(got)} lines, wanted {len(want)}")
    for i, (g, w) in enumerate(zip(got, want), 1):
        a, b = numbers_of(g), numbers_of(w)
        if NUMBER.sub("#", g) != NUMBER.sub("#", w) or not all(map(near, a, b)):
            out.append(f"line {i}\n  got    {g}\n  wanted {w}")
    return out

NODE = re.compile(r"%(\d+):(\S+) = (\w+)((?: %\d+)*)(.*)")
COMMUTATIVE = {"add", "mul", "max", "min"}

def without_numbers(lines):
    """The lines with each program's nodes written out as expressions, sorted."""
    out, known, program = [], {}, []
    for line in lines:
        node = NODE.fullmatch(line)
        returned = re.fullmatch(r"return((?: %\d+)*)", line)
        if node:
            number, type, op, operands, rest = node.groups()
            args = [known[n] for n in re.findall(r"\d+", operands)]
            if op in COMMUTATIVE: args.sort()
            known[number] = f"{op}({', '.join(args)}){rest}:{type}"
            program.append(known[number])
        elif returned:
            results = [known[n] for n in re.findall(r"\d+", returned[1])]
            out += sorted(program) + ["return " + ", ".join(results)]
            known, program = {}, []
        else: out.append(line)
    return out + program

def references(path):
    """The runs of numbers of tour.jsonl that the tour prints."""
    records = {r["id"]: r for r in map(json.loads, path.read_text().splitlines())}
    out = lambda id: records[id + "/f64"]["out"]
    for k, array in enumerate(out("cube")): yield f"cube {k}", array["data"][::10]
    yield "product", [out("vmap/big/apply_0")["sum"]]
    yield "mv", out("vmap/big/mv_one")["corner"]["data"]
    value, gradient, hessian = out("point")
    yield "dist", value["data"]
    yield "gradient of dist", gradient["data"]
    yield "Hessian of dist", hessian["data"][:3]
    logistic = lambda name: out(f"logistic/{name}/drawn_f64")
    for part in records["logistic/loss/drawn_f64/f64"]["args"][:2]: yield "drawn", part["data"]
    for name in ("loss", "grad_W", "grad_b", "jacobian_rows", "hessian_loss"):
        yield name, logistic(name)["data"]
    for name in ("jvp", "value_and_grad"):
        for part in logistic(name): yield name, part["data"]
    losses, W, b = logistic("descent")
    for value in losses["data"]: yield "descent", [value]
    yield "descent", W["data"]
    yield "descent", b["data"]

def missing(got, golden):
    """The runs that the output does not hold as neighbours."""
    numbers = [n for line in got for n in numbers_of(line)]
    holds = lambda run: any(all(map(near, numbers[i:], run))
                            for i in range(len(numbers) - len(run) + 1))
    return [f"not printed: {name} {run}" for name, run in references(golden) if not holds(run)]

def wrong_files(folder):
    out = []
    chart = xml.parse(folder / "derivatives.svg").getroot()
    curves = chart.findall("{http://www.w3.org/2000/svg}polyline")
    points = [len(c.get("points").split()) for c in curves]
    if points != [41] * 4: out.append(f"derivatives.svg: points {points}, wanted 4 curves of 41")
    if not (folder / "gradient.dot").read_text().startswith("digraph"):
        out.append("gradient.dot does not begin with digraph")
    return out

tour, expected, golden = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
with tempfile.TemporaryDirectory() as folder:
    text = subprocess.run([tour], cwd=folder, check=True, capture_output=True, text=True).stdout
    problems = wrong_files(pathlib.Path(folder))
got = lines_of(text)
if len(text.splitlines()) - len(got) != 1: problems.append("wanted one line that begins with time:")
problems += missing(got, golden)
if any(line.endswith(": NO") for line in got): problems.append("a claim does not hold")
if sys.argv[4:] == ["--update"] and not problems:
    expected.write_text("".join(l + "\n" for l in text.splitlines() if not l.startswith("time:")))
wanted = lines_of(expected.read_text())
problems += differences(without_numbers(got), without_numbers(wanted))
print("\n".join(problems) or f"{len(got)} lines as expected")
sys.exit(bool(problems))
