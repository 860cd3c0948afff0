"""What takes several operators together: joins, numbers by group, turns, repeated items, mappings, markup."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.synthesis import SynthesisRequest, synthesize
from agents.synthesis.interpret import run_rows
from agents.task import Example
from tools.n8n.items import items_from, items_from_output

Rows = list[dict[str, Any]]
DATA = Path("tests/data/synthesis/compositions.jsonl")
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def request(description: str, given: Rows, wanted: Rows) -> SynthesisRequest:
    """Ask with one example."""
    return SynthesisRequest(description, [Example(items_from(given), items_from_output(wanted))], deadline_s=20.0)


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_the_rule_holds_for_items_that_the_example_does_not_show(case: dict[str, Any]) -> None:
    asked = request(case["description"], case["given"], case["wanted"])
    assert run_rows(asked, case["other"], claimed=False) == case["expected"]


@pytest.mark.parametrize(
    ("description", "given", "wanted"),
    [
        (
            "write who leads",
            [{"name": "Bo"}, {"name": "Cy"}],
            [{"name": "Bo", "lead": "Ann"}, {"name": "Cy", "lead": "Eve"}],
        ),
        ("work out the score", [{"id": 1}], [{"id": 1, "score": 37.25}]),
    ],
    ids=["rows told apart", "numbers made up"],
)
def test_what_only_repeats_the_example_is_no_claim(description: str, given: Rows, wanted: Rows) -> None:
    assert synthesize(request(description, given, wanted)).status != "solved"
