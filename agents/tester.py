"""Writes the tests of a task and judges what a draft did on them; each test names the oracle it stands on."""

import json
from collections.abc import Sequence
from typing import Any

from agents.case import Case, Outcome
from agents.edge_cases import edge_inputs
from agents.prompts import prompt
from agents.properties import UNSEEN, fields_stay, holds, properties_of
from agents.task import Items, Task
from agents.wording import differences, examples_text
from sandbox.types import ExecutionResult
from tools.llm.budget import Budget
from tools.llm.completion import Completer
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

__all__ = ["CaseWriter", "drops_fields", "example_cases", "generated_cases", "judge", "tally"]

_RUNS = "runs"
_LINKED = "keeps the items linked"
_SAME_AGAIN = "gives the same again"
_KEEPS_UNSEEN = "keeps the field that the example does not show"
_MOST_WRITTEN = 4
_WHOLE = frozenset({"one item", "many items", "reversed order"})
"""Inputs made only of the example's own items: properties are checked there."""


def example_cases(task: Task, bare_input: Items | None = None) -> list[Case]:
    """List what binds: the user's examples, or, without any, that the draft runs on the input."""
    cases = [
        Case(f"example {number}", example.input, "example", example.output, "equal", binding=True)
        for number, example in enumerate(task.examples, start=1)
    ]
    return cases or [Case("runs on the input example", bare_input or [{"json": {}}], "property", binding=True)]


def generated_cases(task: Task, bare_input: Items | None = None) -> list[Case]:
    """List what is worth knowing beyond the examples; none of it overrules them.

    The n8n edge battery must run without an exception; properties that follow from the task are checked on inputs made
    of the example's own items.
    """
    example = task.examples[0].input if task.examples else bare_input or []
    cases = [Case(f"{name}: runs", items, "property", rule=_RUNS) for name, items in edge_inputs(example)]
    rules = list(properties_of(task))
    for name, items in edge_inputs(example):
        if name in _WHOLE:
            cases += [Case(f"{name}: {rule}", items, "property", rule=rule) for rule in rules]
    if fields_stay(task.examples):
        more = [{**item, "json": {**item["json"], UNSEEN: 1}} for item in example]
        cases.append(Case("one field more: " + _KEEPS_UNSEEN, more, "property", rule=_KEEPS_UNSEEN))
    if example:
        linked = [{"pairedItem": {"item": number}, **item} for number, item in enumerate(example)]  # as n8n gives them
        cases.append(Case("the example: " + _LINKED, linked, "property", rule=_LINKED))
        cases.append(Case("the example: " + _SAME_AGAIN, example, "property", _first_output(task), rule=_SAME_AGAIN))
    return cases


def judge(cases: Sequence[Case], results: Sequence[ExecutionResult]) -> list[Outcome]:
    """Compare what came out with what must hold, case by case, in order."""
    return [_outcome(case, result) for case, result in zip(cases, results, strict=True)]


def drops_fields(outcomes: Sequence[Outcome]) -> bool:
    """Whether a field that the example does not show is lost, where the example keeps those that it shows."""
    return any(outcome.name.endswith(_KEEPS_UNSEEN) and not outcome.passed for outcome in outcomes)


def tally(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return `test_results` of the answer: the binding tests are counted, the generated ones beside them."""
    binding = [outcome for outcome in outcomes if outcome.binding]
    generated = [outcome for outcome in outcomes if not outcome.binding]
    passed = sum(outcome.passed for outcome in binding)
    return {
        "total_tests": len(binding),
        "passed": passed,
        "failed": len(binding) - passed,
        "all_passed": bool(binding) and passed == len(binding),
        "generated": {"total": len(generated), "passed": sum(outcome.passed for outcome in generated)},
        "tests": [_told(outcome) for outcome in outcomes],
    }


class CaseWriter:
    """Lets a model think of cases; what it expects is one opinion, never a verdict."""

    def __init__(self, llm: Completer) -> None:
        self._llm = llm

    async def written_cases(self, task: Task, budget: Budget | None = None) -> list[Case]:
        """Ask for further inputs with their outputs; an unreadable answer is no case, not an error.

        Raises:
            NoProviderAvailable: no model is there.
            ProviderError: every provider refused the request.
            BudgetExceeded: the request may not spend more.
        """
        question = prompt(
            "tester",
            description=task.description,
            examples=examples_text(list(task.examples)),
            count=str(_MOST_WRITTEN),
        )
        completion = await self._llm.complete(
            [{"role": "user", "content": question}], "pattern_analysis", json_mode=True, max_tokens=1500, budget=budget
        )
        return _read_cases(completion.text)


def _read_cases(text: str) -> list[Case]:
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1], strict=False).get("cases")
    except (ValueError, AttributeError):
        return []
    written = [one for one in found or [] if isinstance(one, dict) and "input" in one and "expected" in one]
    return [
        Case(f"a model's case: {one.get('name') or number}", items_from(one["input"]), "model",
             items_from_output(one["expected"]), "equal")
        for number, one in enumerate(written[:_MOST_WRITTEN], start=1)
    ]  # fmt: skip


def _first_output(task: Task) -> Items | None:
    return task.examples[0].output if task.examples else None


def _outcome(case: Case, result: ExecutionResult) -> Outcome:
    error = result.error
    message = f"{error.type}: {error.message}" if error else _complaint(case, result.result)
    return Outcome(
        case.name,
        case.oracle,
        not message,
        case.binding,
        message,
        rows_from(case.input),
        None if case.expected is None else rows_from(case.expected),
        rows_from(result.result) if error is None else None,
        error.type if error else None,
        error.line if error else None,
        result.execution_time_ms,
    )


def _complaint(case: Case, returned: Any) -> str:
    """What is wrong with an output, in one line; empty when nothing is."""
    if case.expected is not None:
        if same_value(rows_from(returned), rows_from(case.expected)):
            return ""
        return "; ".join(differences(case.expected, returned)[:3]) or "the output differs from the expected"
    if case.rule == _RUNS:
        return ""
    if case.rule == _LINKED:
        return _unlinked(case.input, returned)
    if case.rule == _KEEPS_UNSEEN:
        kept = all(isinstance(row, dict) and UNSEEN in row for row in rows_from(returned))
        return "" if kept else "the field is gone: rows of a workflow have more fields than an example"
    return holds(case.rule, case.input, returned) or ""


def _unlinked(given: Items, returned: Any) -> str:
    """n8n links items itself when counts are equal or there is one input; else `pairedItem` must say it."""
    count = len(rows_from(returned))
    if count in {0, len(given)} or len(given) == 1:
        return ""
    linked = isinstance(returned, list) and all(isinstance(item, dict) and "pairedItem" in item for item in returned)
    return "" if linked else "items have no pairedItem: later nodes cannot look back through this one"


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "oracle": outcome.oracle,
        "binding": outcome.binding,
        "passed": outcome.passed,
        "message": outcome.message,
        "input": outcome.input,
        "expected": outcome.expected,
        "actual": outcome.actual,
        "line": outcome.line,
        "duration_ms": round(outcome.duration_ms, 3),
    }
