"""What the engine answers to a sentence and an example."""

from dataclasses import replace
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


def test_five_equal_requests_give_five_equal_answers() -> None:
    given = [{"name": "Ann", "team": "red"}, {"name": "Bo", "team": "blue"}, {"name": "Cy", "team": "red"}]
    wanted = [{"team": "red", "members": 2}, {"team": "blue", "members": 1}]
    answers = [replace(ask("count the members per team", given, wanted), elapsed_ms=0.0) for _ in range(5)]
    assert answers[0].code
    assert answers == [answers[0]] * 5


def test_a_number_in_the_words_that_no_part_of_the_program_uses_is_not_passed_over() -> None:
    assert ask("double the value", {"value": 5}, {"result": 10}).status == "solved"
    assert ask("double the value up to 5000", {"value": 5}, {"result": 10}).status != "solved"


def test_a_sample_of_the_form_is_no_unused_number() -> None:
    given, wanted = [{"price": "1.234,50"}, {"price": "9,10"}], [{"price": 1234.5}, {"price": 9.1}]
    assert ask("price is german style like 7.310,25, make it a number", given, wanted).status == "solved"


def test_more_words_left_over_mean_less_confidence() -> None:
    short = ask("double the value", {"value": 5}, {"result": 10})
    talk = "double the value when customers ordered something special through our partner portal yesterday"
    long = ask(talk, {"value": 5}, {"result": 10})
    assert long.confidence < short.confidence
