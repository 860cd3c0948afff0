"""What the engine answers to a sentence and an example."""

from typing import Any

import pytest

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.task import Example
from tools.n8n.items import items_from, items_from_output


def ask(description: str, given: Any, wanted: Any) -> Synthesis:
    """Ask with one example in the shapes that people write."""
    return synthesize(
        SynthesisRequest(description, [Example(items_from(given), items_from_output(wanted))], deadline_s=20.0)
    )


@pytest.mark.parametrize(
    ("description", "given", "wanted", "javascript"),
    [
        ("Multiply input value by 2 and return result", {"value": 5}, {"result": 10}, "json.value * 2"),
        (
            "only paid orders",
            [{"id": 1, "status": "paid"}, {"id": 2, "status": "open"}, {"id": 3, "status": "paid"}],
            [{"id": 1, "status": "paid"}, {"id": 3, "status": "paid"}],
            ".filter(({ json }) => json.status === 'paid')",
        ),
    ],
    ids=["arithmetic", "filter"],
)
def test_the_body_reads_as_a_colleague_writes_it(description: str, given: Any, wanted: Any, javascript: str) -> None:
    answer = ask(description, given, wanted)
    assert javascript in answer.code["javascript"]


def test_the_same_request_gives_the_same_answer() -> None:
    given = [{"name": "Ann", "team": "red"}, {"name": "Bo", "team": "blue"}, {"name": "Cy", "team": "red"}]
    wanted = [{"team": "red", "members": 2}, {"team": "blue", "members": 1}]
    codes = {ask("count the members per team", given, wanted).code["python"] for _ in range(3)}
    assert len(codes) == 1
