"""The tests we write: which inputs, which oracle, and what they say of a draft."""

import json
from typing import Any

import pytest

from agents.case import Case
from agents.edge_cases import edge_inputs
from agents.properties import PROPERTIES, holds, properties_of
from agents.task import Example, Items, Task
from agents.tester import CaseWriter, example_cases, generated_cases, judge, tally
from sandbox.types import ExecutionError, ExecutionResult
from tools.llm import ScriptedProvider


def items(*rows: dict[str, Any]) -> Items:
    return [{"json": row} for row in rows]


def task(words: str, given: Items, wanted: Items) -> Task:
    return Task(words, "python", examples=(Example(given, wanted),))


FILTER = task(
    "Keep only the paid orders",
    items({"id": 1, "paid": True}, {"id": 2, "paid": False}),
    items({"id": 1, "paid": True}),
)


def test_the_battery_holds_what_n8n_hands_over() -> None:
    named = dict(edge_inputs(items({"a": 1, "b": "x"}, {"a": 2, "b": "y"})))
    assert list(named) == [
        "no item", "one item", "many items", "reversed order", "a missing", "a null", "a of another type",
        "b missing", "b null", "b of another type", "unicode text",
    ]  # fmt: skip
    assert named["a missing"] == items({"a": 1, "b": "x"}, {"b": "y"})
    assert named["a of another type"][1]["json"]["a"] == "2"
    assert len(named["many items"]) == 25


def test_the_battery_does_not_change_the_example() -> None:
    example = items({"a": {"b": [1]}})
    before = json.dumps(example)
    for _, given in edge_inputs(example):
        for item in given:
            item["json"]["new"] = 1
    assert json.dumps(example) == before


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (FILTER, ["keeps some of the items as they are, in order"]),
        (
            task("Sort by n, highest first", items({"n": 1}, {"n": 2}), items({"n": 2}, {"n": 1})),
            ["gives the same items in another order", "gives one item for each"],
        ),
        (
            task("Add the total", items({"n": 1}, {"n": 2}), items({"n": 1, "t": 1}, {"n": 2, "t": 2})),
            ["gives one item for each", "keeps the fields that were there"],
        ),
        (
            task("Remove duplicates", items({"n": 1}, {"n": 1}), items({"n": 1})),
            ["keeps some of the items as they are, in order", "gives no item twice"],
        ),
        (task("Sum up n", items({"n": 1}, {"n": 2}), items({"n": 3})), []),
        (task("Keep only n", items({"n": 1, "m": 2}, {"n": 3}), items({"n": 1}, {"n": 3})), []),
    ],
    ids=["filter", "sort", "add", "dedupe", "sum", "pick"],
)
def test_properties_follow_from_words_and_example_together(given: Task, rules: list[str]) -> None:
    assert list(properties_of(given)) == rules


@pytest.mark.parametrize(
    ("rule", "given", "returned", "broken"),
    [
        ("keeps some of the items as they are, in order", [1, 2, 3], [3, 1], "out of order"),
        ("gives the same items in another order", [1, 2], [1], "1 input items are gone"),
        ("gives one item for each", [1, 2], [1], "2 items in, 1 out"),
        ("gives no item twice", [1], [1, 1], "stands there twice"),
    ],
)
def test_a_broken_property_says_how(rule: str, given: list[int], returned: list[int], broken: str) -> None:
    assert broken in (holds(rule, items(*({"n": n} for n in given)), items(*({"n": n} for n in returned))) or "")


def test_a_lost_field_is_named() -> None:
    assert holds("keeps the fields that were there", items({"a": 1, "b": 2}), items({"a": 1})) == "output item 0 lost b"


def test_only_the_users_examples_bind() -> None:
    assert [case.binding for case in example_cases(FILTER)] == [True]
    assert not any(case.binding for case in generated_cases(FILTER))
    assert {case.oracle for case in generated_cases(FILTER)} == {"property"}
    assert [case.name for case in example_cases(Task("x"), items({"a": 1}))] == ["runs on the input example"]


def outcome_of(case: Case, result: ExecutionResult) -> Any:
    return judge([case], [result])[0]


def test_a_wrong_output_is_told_by_its_difference() -> None:
    case = example_cases(FILTER)[0]
    outcome = outcome_of(case, ExecutionResult(success=True, result=items({"id": 2, "paid": True})))
    assert not outcome.passed
    assert outcome.counts_against
    assert outcome.message == "item 0, id: expected 1, got 2"


def test_an_exception_keeps_its_type_and_line() -> None:
    error = ExecutionError("KeyError", "'paid'", line=2)
    outcome = outcome_of(generated_cases(FILTER)[0], ExecutionResult(success=False, error=error))
    assert (outcome.error_type, outcome.line, outcome.passed) == ("KeyError", 2, False)
    assert not outcome.counts_against


@pytest.mark.parametrize(
    ("returned", "passed"),
    [
        (items({"id": 1, "paid": True}), False),
        ([{"json": {"id": 1, "paid": True}, "pairedItem": {"item": 0}}], True),
        (items({"id": 1}, {"id": 2}), True),
        ([], True),
    ],
    ids=["fewer without link", "fewer with link", "as many", "none"],
)
def test_items_stay_linked(returned: Items, passed: bool) -> None:
    case = next(case for case in generated_cases(FILTER) if "linked" in case.name)
    assert outcome_of(case, ExecutionResult(success=True, result=returned)).passed == passed


def test_links_are_looked_for_on_items_that_have_them_as_in_n8n() -> None:
    case = next(case for case in generated_cases(FILTER) if "linked" in case.name)
    assert [item["pairedItem"] for item in case.input] == [{"item": number} for number in range(len(case.input))]


def test_results_count_the_binding_tests_and_list_all() -> None:
    cases = [*example_cases(FILTER), *generated_cases(FILTER)]
    results = [ExecutionResult(success=True, result=items({"id": 1, "paid": True})) for _ in cases]
    told = tally(judge(cases, results))
    assert (told["total_tests"], told["passed"], told["failed"], told["all_passed"]) == (1, 1, 0, True)
    assert told["generated"]["total"] == len(cases) - 1
    assert told["generated"]["passed"] < told["generated"]["total"]
    assert [test["oracle"] for test in told["tests"]].count("example") == 1


def test_nothing_tested_is_nothing_passed() -> None:
    assert tally([])["all_passed"] is False


WRITTEN = {"cases": [{"name": "none paid", "input": [{"id": 3, "paid": False}], "expected": []}]}


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (json.dumps(WRITTEN), 1),
        (f"```json\n{json.dumps(WRITTEN)}\n```", 1),
        ("no idea", 0),
        ('{"cases": [{"input": 1}, 2]}', 0),
        ('{"cases": null}', 0),
        ("[]", 0),
    ],
)
async def test_a_model_writes_cases_and_what_cannot_be_read_is_no_case(answer: str, count: int) -> None:
    llm = ScriptedProvider([answer])
    cases = await CaseWriter(llm).written_cases(FILTER)
    assert len(cases) == count
    assert all(case.oracle == "model" and not case.binding for case in cases)
    assert llm.requests[0].task_type == "pattern_analysis"


@pytest.mark.parametrize("rule", PROPERTIES.values(), ids=lambda rule: rule.name)
def test_every_property_has_a_name_that_reads_as_a_sentence(rule: Any) -> None:
    assert rule.name.split()[0] in {"keeps", "gives"}
