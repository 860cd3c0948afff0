"""`measure_complexity` counts alike in both languages, and rates by stated thresholds."""

import pytest

from sandbox.types import Language
from tools.checks import measure_complexity


@pytest.mark.parametrize(
    ("language", "code", "growth"),
    [
        ("python", "result = items[0]", "O(1)"),
        ("python", "for i in range(10):\n    pass", "O(1)"),
        ("python", "result = [i for i in items]", "O(n)"),
        ("python", "result = sorted(i['json']['a'] for i in items)", "O(n log n)"),
        ("python", "for a in items:\n    for b in items:\n        pass", "O(n^2)"),
        ("python", "result = [[b for b in x] for a in items]", "O(n^2)"),
        ("javascript", "return items;", "O(1)"),
        ("javascript", "return items.map(i => i);", "O(n)"),
        ("javascript", "return items.map(i => users.find(u => u.id === i.json.id));", "O(n^2)"),
        ("javascript", "return items.filter((a, i) => ids.indexOf(a) === i);", "O(n^2)"),
        ("javascript", "for (const a of x) for (const b of y) for (const c of z) f();", "O(n^3)"),
    ],
)
def test_growth_is_read_off_nested_loops(language: Language, code: str, growth: str) -> None:
    assert measure_complexity(code, language).growth == growth


def test_both_languages_measure_the_same_program_alike() -> None:
    python = "for i in items:\n    if i:\n        a = 1\n    elif b:\n        a = 2\n    else:\n        a = 3"
    script = "for (const i of items) {\n if (i) {\n a = 1;\n } else if (b) {\n a = 2;\n } else {\n a = 3;\n }\n}"
    left, right = measure_complexity(python, "python"), measure_complexity(script, "javascript")
    assert (left.cyclomatic, left.cognitive, left.max_nesting) == (right.cyclomatic, right.cognitive, right.max_nesting)


@pytest.mark.parametrize(
    ("branches", "rating"), [(1, "low"), (8, "medium"), (20, "high")], ids=["low", "medium", "high"]
)
def test_rating(branches: int, rating: str) -> None:
    code = "".join(f"if x == {n}:\n    y = {n}\n" for n in range(branches))
    assert measure_complexity(code, "python").complexity_rating == rating


def test_lines_and_functions() -> None:
    found = measure_complexity("# note\n\ndef f():\n    return 1\nresult = f()", "python")
    assert (found.lines_of_code, found.functions) == (3, 1)
    assert measure_complexity("const f = x => x;\n// note\nreturn f(1);", "javascript").functions == 1


def test_code_that_does_not_compile_is_measured_by_its_lines() -> None:
    assert measure_complexity("for (\nx", "python").lines_of_code == 2
