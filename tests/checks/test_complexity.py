"""`measure_complexity` counts alike in both languages, and rates by stated thresholds."""

import json
import textwrap
from pathlib import Path

import lizard
import pytest

from sandbox.types import Language
from tools.checks import measure_complexity

DATA = Path(__file__).parents[1] / "data" / "checks"


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


def test_each_language_counts_paths_as_lizard_does() -> None:
    """Lizard counts in functions only, so the body is put into one; 1 is the path of each function itself."""
    wrong = [
        (case["id"], ours, lizards)
        for case in json.loads((DATA / "optimise.json").read_text("utf-8"))
        if (ours := measure_complexity(case["code"], case["language"]).cyclomatic)
        != (lizards := _lizards_count(case["code"], case["language"]))
    ]
    assert wrong == []


def _lizards_count(code: str, language: Language) -> int:
    body = textwrap.indent(code, "    ")
    name, text = (
        ("x.py", f"def node():\n{body}\n") if language == "python" else ("x.js", f"function node() {{\n{code}\n}}")
    )
    functions = lizard.analyze_file.analyze_source_code(name, text).function_list
    return int(1 + sum(function.cyclomatic_complexity - 1 for function in functions))


@pytest.mark.parametrize(
    ("code", "cognitive"),
    [
        ("if (a) b();", 1),
        ("if (a) b(); else if (c) d(); else e();", 3),
        ("for (const i of items) { if (i) a(); }", 3),
        ("return a && b && c;", 1),
        ("return a && b || c;", 2),
        ("switch (a) { case 1: b(); break; default: c(); }", 1),
        ("try { a(); } catch (e) { if (e) b(); }", 3),
        ("return items.map(i => i.a ? 1 : 2);", 3),
        ("function f(a) { if (a) return 1; }", 1),
        ("const f = (a) => { if (a) return 1; };", 1),
        ("run(() => { if (a) b(); });", 2),
    ],
)
def test_javascript_is_as_hard_to_read_as_sonarsource_says(code: str, cognitive: int) -> None:
    assert measure_complexity(code, "javascript").cognitive == cognitive


@pytest.mark.parametrize(
    ("python", "script"),
    [
        ("x = [1 if i else 2 for i in items]", "x = items.map(i => i ? 1 : 2);"),
        ("for i in items:\n    if i and a:\n        b()", "for (const i of items) { if (i && a) b(); }"),
        (
            "while a:\n    try:\n        b()\n    except E:\n        c()",
            "while (a) { try { b(); } catch (e) { c(); } }",
        ),
    ],
    ids=["comprehension-and-callback", "loop-and-condition", "handler"],
)
def test_javascript_is_counted_as_complexipy_counts_python(python: str, script: str) -> None:
    assert measure_complexity(python, "python").cognitive == measure_complexity(script, "javascript").cognitive
