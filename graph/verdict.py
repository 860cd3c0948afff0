"""Which cases a draft must pass, and whether it did."""

from collections.abc import Sequence

from agents.case import Case, Outcome
from agents.task import Items, Task
from sandbox.types import ExecutionResult
from tools.n8n.items import rows_from, same_value

__all__ = ["judge", "plan_cases"]


def plan_cases(task: Task, bare_input: Items | None) -> list[Case]:
    """List the examples; an input without an expected output at least has to run."""
    cases = [
        Case(f"example {number}", example.input, "example", example.output, "equal", binding=True)
        for number, example in enumerate(task.examples, start=1)
    ]
    return cases or [Case("runs on the input example", bare_input or [{"json": {}}], "property", binding=True)]


def judge(cases: Sequence[Case], results: Sequence[ExecutionResult]) -> list[Outcome]:
    """Compare what came out with what was asked, case by case."""
    return [_outcome(case, result) for case, result in zip(cases, results, strict=True)]


def _outcome(case: Case, result: ExecutionResult) -> Outcome:
    error = result.error
    expected = None if case.expected is None else rows_from(case.expected)
    actual = rows_from(result.result) if error is None else None
    passed = error is None and (expected is None or same_value(actual, expected))
    message = f"{error.type}: {error.message}" if error else "" if passed else "the output differs from the expected"
    return Outcome(
        case.name,
        case.oracle,
        passed,
        case.binding,
        message,
        rows_from(case.input),
        expected,
        actual,
        error.type if error else None,
        error.line if error else None,
        result.execution_time_ms,
    )
