"""Questions: what a program leaves open is asked, what the words or a second example say is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.synthesis.language import field_of, make, var
from agents.synthesis.rivals.kin import kin_of
from agents.task import Example
from sandbox import Sandbox
from sandbox.types import ExecutionRequest
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

REQUESTS = Path("tests/data/synthesis/ambiguous-b.jsonl").read_text(encoding="utf-8").splitlines()
PRICES = [{"p": "A", "price": 15}, {"p": "B", "price": 5}, {"p": "C", "price": 30}]


def ask(description: str, given: Any, wanted: Any, *more: tuple[Any, Any]) -> Synthesis:
    """Ask with one example or several."""
    examples = [Example(items_from(one), items_from_output(other)) for one, other in [(given, wanted), *more]]
    return synthesize(SynthesisRequest(description, examples, deadline_s=30.0))


def readings_of(description: str, rows: list[Any]) -> str:
    """Say the readings that are open when the second of three rows goes."""
    question = ask(description, rows, [rows[0], rows[2]]).ambiguity
    return " ".join(reading.words for reading in question.readings) if question is not None else ""


@pytest.mark.jail
async def test_every_reading_of_a_question_gives_its_output_in_both_languages() -> None:
    told = []
    async with Sandbox() as sandbox:
        for line in REQUESTS[1::6]:
            task = json.loads(line)
            question = ask(task["description"], task["input_example"], task["expected_output"]).ambiguity
            assert question is not None, task["id"]
            for reading in question.readings:
                for language, code in reading.code.items():
                    [result] = await sandbox.execute(
                        ExecutionRequest(code, language, [{"items": question.input}], "body")
                    )
                    if not same_value(rows_from(result.result), rows_from(reading.output)):
                        told.append(f"{task['id']} {language}: {reading.words} gave {result.result or result.error}")
    assert told == []


def test_readings_give_different_outputs() -> None:
    question = ask("dish with a capital letter", [{"dish": "soup"}], [{"dish": "Soup"}]).ambiguity
    assert question is not None
    outputs = [json.dumps(reading.output) for reading in question.readings]
    assert len(set(outputs)) == len(outputs) >= 2


@pytest.mark.parametrize(
    ("description", "status"),
    [("keep the prices between 10 and 20", "ambiguous"), ("keep the prices of at least 10 and at most 20", "solved")],
)
def test_words_that_decide_end_the_question(description: str, status: str) -> None:
    assert ask(description, PRICES, PRICES[:1]).status == status


def test_the_name_of_a_field_decides_nothing() -> None:
    """`title case` would settle which letters are capitals; a field called `title` does not."""
    assert ask("title with a capital letter", [{"title": "soup"}], [{"title": "Soup"}]).status == "ambiguous"


def test_an_example_that_shows_the_difference_ends_the_question() -> None:
    rows = [{"mail": "a@x.io", "n": 1}, {"mail": "a@x.io", "n": 1}, {"mail": "b@x.io", "n": 3}]
    assert "last" in readings_of("one row per mail", rows)
    rows[1] = {"mail": "a@x.io", "n": 2}
    assert "last" not in readings_of("one row per mail", rows)


def test_a_second_example_settles_the_question() -> None:
    second = ([{"p": "D", "price": 10}, {"p": "E", "price": 12}], [{"p": "E", "price": 12}])
    answer = ask("keep the prices between 10 and 20", PRICES, PRICES[:1], second)
    assert answer.status == "solved"
    assert ">= 10" not in answer.code["javascript"]


def test_operators_of_one_signature_are_kin() -> None:
    number = make("first_number", field_of(var("row"), "text", "text", 0.0))
    assert {"last_number", "length"} <= {other.op for other in kin_of(number)}
    assert "first_digits" not in {other.op for other in kin_of(number)}
