"""Whole tasks: what is claimed is right on further cases, both printings mean the same, open readings are asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.synthesis import SynthesisRequest, synthesize, verify
from agents.task import Example
from sandbox import Sandbox
from sandbox.types import ExecutionRequest
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

DATA = Path("tests/data")


def lines(name: str) -> list[dict[str, Any]]:
    """Read one file of tasks."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def request_of(task: dict[str, Any], *more: Example) -> SynthesisRequest:
    """Ask for a task with its one example and further ones."""
    first = Example(items_from(task["input_example"]), items_from_output(task["expected_output"]))
    return SynthesisRequest(task["description"], [first, *more], deadline_s=30.0)


SOLVED = [task for place, task in enumerate(lines("tasks/everyday-dev.jsonl")) if place % 3 == 0]
FURTHER = [
    *lines("synthesis/everyday-further.jsonl")[::20],
    *lines("synthesis/everyday-sixth.jsonl")[::20],
    *lines("synthesis/everyday-seventh.jsonl")[::20],
]


@pytest.mark.jail
async def test_claimed_programs_are_right_on_further_cases_in_both_languages() -> None:
    right, claimed, told = 0, 0, []
    async with Sandbox() as sandbox:
        for task in [*SOLVED, *FURTHER]:
            answer = synthesize(request_of(task))
            if answer.status != "solved":
                continue
            claimed += 1
            verdicts = []
            for language in ("javascript", "python"):
                contexts = [{"items": case["input"]} for case in task["cases"]]
                results = await sandbox.execute(ExecutionRequest(answer.code[language], language, contexts, "body"))
                verdicts += [
                    result.success and same_value(rows_from(result.result), rows_from(case["expected"]))
                    for result, case in zip(results, task["cases"], strict=True)
                ]
            right += all(verdicts)
            told += [] if all(verdicts) else [task["id"]]
    assert claimed >= 0.75 * len([*SOLVED, *FURTHER])
    assert right >= 0.97 * claimed, told


@pytest.mark.jail
async def test_both_printings_agree_with_the_interpreter_on_mutated_inputs() -> None:
    differences: list[str] = []
    async with Sandbox() as sandbox:
        for task in SOLVED[::2]:
            checked = await verify(synthesize(request_of(task)), sandbox.execute)
            differences += checked.differences
    assert differences == []


@pytest.mark.parametrize("task", lines("tasks/ambiguous-dev.jsonl"), ids=lambda task: task["id"])
def test_a_request_with_two_readings_is_asked_about_and_a_second_example_settles_it(task: dict[str, Any]) -> None:
    asked = synthesize(request_of(task))
    assert asked.status == "ambiguous"
    assert asked.ambiguity is not None
    outputs = [reading.output for reading in asked.ambiguity.readings]
    assert not same_value(outputs[0], outputs[1])
    for output in task["outputs"]:
        settled = synthesize(request_of(task, Example(task["distinguishing_input"], output)))
        assert settled.code


@pytest.mark.parametrize(
    ("description", "given", "wanted"),
    [
        ("make the message", {"name": "Ann", "n": 3}, {"message": "zq 81 % of it"}),
        ("give me the result", {"a": 5, "b": 9}, {"result": 1234567}),
    ],
    ids=["constant text", "constant number"],
)
def test_a_program_that_only_echoes_the_example_is_refused(description: str, given: Any, wanted: Any) -> None:
    answer = synthesize(request_of({"description": description, "input_example": given, "expected_output": wanted}))
    assert answer.status == "unsolved"


def test_without_an_example_nothing_is_claimed() -> None:
    assert synthesize(SynthesisRequest("double the value", [])).status == "unsolved"


def test_more_rules_than_an_example_can_show_are_not_claimed() -> None:
    words = (
        "double the value "
        + "and when it is odd or too large or older than the other one leave it as it was before " * 3
    )
    answer = synthesize(request_of({"description": words, "input_example": {"v": 2}, "expected_output": {"v": 4}}))
    assert answer.status == "unproven"
