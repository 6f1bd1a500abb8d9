#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rules of sentences.py on small trees: each can hold, and each can fail."""
import pathlib
import sys
import tempfile

import sentences


def problems(library, test, exempt=(), name="test_a.cpp"):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "include/calx/api").mkdir(parents=True)
        (root / "tests").mkdir()
        (root / "include/calx/api/a.hpp").write_text(library)
        (root / "tests" / name).write_text(test)
        return sentences.problems_of(root, list(exempt))


FAIL = """g.fail(kind, text() << "sum: axis " << a << " is outside " << shape
            << "; give " "another");"""
UNREAD = ["api/a.hpp:1: no test reads: sum: axis"]
CASES = [
    (problems(FAIL, 'is("sum: axis 2 is outside (2,); give another");'), []),
    (problems(FAIL, 'is("sum: axis 2 is outside " "(2,); give another");'), []),
    (problems(FAIL, 'is("sum: axis 2 is outside (2,)");'), UNREAD),
    (problems(FAIL, 'is("sum: axis 2 is outside (2,)"); is("; give another");'), UNREAD),
    (problems(FAIL, '// "sum: axis 2 is outside (2,); give another"'), UNREAD),
    (problems(FAIL, "// says: sum: axis 2 | is outside (2,); | give another"), []),
    (problems(FAIL, "// says: sum | axis 2"), UNREAD),
    (problems(FAIL, "// error: sum: axis 2 is outside (2,); give another"), []),
    (problems(FAIL, 'is(R"(line\nsum: axis "2" is outside (2,); give another\n)");'), []),
    (problems(FAIL, 'is(R"(sum: axis 2 is outside\n(2,); give another)");'), UNREAD),
    (problems('raise(a ? "two words" : "three more words");', 'is("three more words");'), []),
    (problems('raise(a ? "two words" : "three more words");', 'is("words");'),
     ["api/a.hpp:1: no test reads: two words"]),
    (problems('// "in a comment"\n#include "some file"\nstd::string_view name = "word";', ""), []),
    (problems(FAIL, "", [("api/", "", "why")]), []),
    (problems(FAIL, "", [("api/", "prod", "why")]),
     UNREAD + ["need not be exempt: ('api/', 'prod', 'why')"]),
]

if __name__ == "__main__":
    wrong = [f"case {k}: got {got}, wanted {want}"
             for k, (got, want) in enumerate(CASES) if got != want]
    print("\n".join(wrong) or f"{len(CASES)} cases hold")
    sys.exit(bool(wrong))
