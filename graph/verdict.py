"""Which tests a draft must pass, and whether it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.task import Items, Task
from graph.state import TestOutcome
from sandbox.types import ExecutionResult
from tools.n8n.items import rows_from, same_value

__all__ = ["TestCase", "judge", "plan_tests"]


@dataclass(frozen=True, slots=True)
class TestCase:
    """Input items, and the rows they must become (`None`: it only has to run)."""

    __test__ = False  # pytest: not a test class

    name: str
    input: Items
    expected: list[Any] | None
    oracle: str


def plan_tests(task: Task, bare_input: Items | None) -> list[TestCase]:
    """List the examples; an input without an expected output at least has to run."""
    cases = [
        TestCase(f"example {number}", example.input, rows_from(example.output), "example")
        for number, example in enumerate(task.examples, start=1)
    ]
    return cases or [TestCase("runs on the input example", bare_input or [{"json": {}}], None, "property")]


def judge(cases: Sequence[TestCase], results: Sequence[ExecutionResult]) -> list[TestOutcome]:
    """Compare what came out with what was asked, case by case."""
    return [_outcome(case, result) for case, result in zip(cases, results, strict=True)]


def _outcome(case: TestCase, result: ExecutionResult) -> TestOutcome:
    if not result.success:
        assert result.error is not None
        error = f"{result.error.type}: {result.error.message}"
        return TestOutcome(
            case.name, case.oracle, False, case.input, case.expected, None, error=error, line=result.error.line
        )
    actual = rows_from(result.result)
    passed = case.expected is None or same_value(actual, case.expected)
    error = "" if passed else "the output differs from the expected one"
    return TestOutcome(case.name, case.oracle, passed, case.input, case.expected, actual, error=error)
