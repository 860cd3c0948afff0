"""`suggest` names what is slow or hard to read, and says nothing about good code."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.types import Language
from tools.optimise import suggest

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data/checks/optimise.json").read_text("utf-8"))
SLOW = [case for case in CASES if case["type"]]
CLEAN = [case for case in CASES if not case["type"]]


@pytest.mark.parametrize("case", SLOW, ids=[case["id"] for case in SLOW])
def test_finds_it_at_its_line(case: dict[str, Any]) -> None:
    language: Language = case["language"]
    found = suggest(case["code"], language)
    assert any(one.type == case["type"] and abs(one.line - case["line"]) <= 2 and one.message for one in found), found


@pytest.mark.parametrize("case", CLEAN, ids=[case["id"] for case in CLEAN])
def test_says_nothing_about_good_code(case: dict[str, Any]) -> None:
    language: Language = case["language"]
    assert suggest(case["code"], language) == []


def test_the_example_of_the_specification() -> None:
    [found] = suggest("result = ''\nfor i in range(10):\n    result += str(i)", "python")
    assert (found.type, found.line) == ("string_building", 2)


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_code_that_does_not_compile_has_no_suggestions(language: Language) -> None:
    assert suggest("for (", language) == []
