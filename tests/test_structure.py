#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shows that every rule of structure.py fires on what it forbids, and on nothing else."""
import sys
import unittest

import structure

GOOD = structure.SPDX + """
// A header in which every rule holds, with what looks like a breach of one.
#pragma once

#include <calx/base/config.hpp>
#include <vector>

#define CALX_SOMETHING(x) x

namespace calx::inline CALX_ABI {
inline constexpr int limits[] = {1, 2, 3};
template <class T>
inline constexpr char token = 0;
inline const char* const words = "static int x; { ( thread_local";
constexpr auto raw = R"(static int y; {)";
inline constexpr long digits = 1'000'000;
enum class colour : int { red, green };
template <class T>
concept small = requires(T x) { x.size(); } || requires { typename T::type; };
struct point {
  static constexpr int rank = 2;
  static int count(int n) { return n; }
  int x = 0, y{1};
  template <class T>
    requires requires(T t) { t.get(); }
  constexpr bool operator==(const T& t) const { return x == t.get(); }
  point() : x{1}, y(2) {}
};
extern const int elsewhere;
int function(int a, std::vector<int> b = {});
inline int steps(int n) {
  static constexpr int table[] = {1, 2};
  auto f = [](int i) { return table[i]; };
  for (int i = 0; i < n; ++i) { n += f(0); }
  return n;
}
}  // namespace calx::inline CALX_ABI
"""


def with_line(line):
    return GOOD.replace("}  // namespace", line + "\n}  // namespace")


class Rules(unittest.TestCase):
    def says(self, phrase, text, here="graph"):
        found = structure.check_header(text, here)
        self.assertTrue(any(phrase in f for f in found), f"{phrase!r} is not in {found}")
        self.assertEqual(len(found), 1, found)

    def test_good(self):
        self.assertEqual(structure.check_header(GOOD, "graph"), [])

    def test_first_lines(self):
        self.says("SPDX", GOOD.replace("Apache-2.0", "MIT", 1))
        self.says("line 2", GOOD.replace("// A header in which every rule holds, with", "// A"
                                         ).replace(" what looks like a breach of one.", ""))
        self.says("#pragma once", GOOD.replace("#pragma once", ""))

    def test_lengths(self):
        self.says("columns", with_line("// " + "x" * 98))
        self.says("lines, at most 400", GOOD + "\n" * 400)
        body = "  n += 1;\n" * 39
        self.says("a function of 41 lines", with_line("inline int f(int n) {\n" + body + "}"))
        self.assertEqual(structure.check_header(with_line(
            "inline int f(int n) {\n" + body[:-10] + "}"), "graph"), [])
        self.says("a function of 42 lines", with_line(
            "struct s {\n int f() const\n {\n" + body + "}\n};"))

    def test_layers(self):
        self.says("includes api, right of graph", GOOD.replace("base/config", "api/grad"))
        self.says("includes bases", GOOD.replace("base/config", "bases/config"))
        self.says("right of base", GOOD.replace("base/config", "graph/graph"), "base")
        self.says("includes array, right of tree", GOOD.replace("base/config", "array/a"), "tree")
        self.says("includes random, beside numpy", GOOD.replace("base/config", "random/a"), "numpy")
        self.assertEqual(structure.check_header(
            GOOD.replace("base/config", "tree/a"), "array"), [])
        self.assertEqual(structure.check_header(
            GOOD.replace("base/config", "numpy/a"), "numpy"), [])

    def test_order(self):
        self.assertTrue(all(len(row) == 1 for row in structure.LAYERS[:-1]))

    def test_words(self):
        for word in ("TO" + "DO", "fix" + "me", "X" + "XX", "st" + "ub"):
            self.says(word, with_line("// " + word + ": later"))

    def test_macros(self):
        self.says("macro SIZE", with_line("#define SIZE 3"))

    def test_state(self):
        for line in ("inline int counter = 0;", "static int counter;", "int counter{0};",
                     "inline std::vector<int> cache;", "inline const char* name = nullptr;",
                     "template <class T>\ninline T last = {};",
                     "struct s {\n static inline int n = 0;\n};",
                     "struct s {\n public: static int n;\n};",
                     "inline int f() {\n  static int n = 0;\n  return n++;\n}",
                     "inline int f() {\n  if (true) {\n    static int n{1};\n  }\n  return 0;\n}",
                     "inline int f() {\n  auto g = [] { static int n = 0; return n; };\n"
                     "  return g();\n}"):
            with self.subTest(line):
                self.says("global state", with_line(line))
        self.says("thread-local", with_line(
            "inline int f() {\n  thread_local int n = 0;\n  return n;\n}"))


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    sys.exit(not result.wasSuccessful())
