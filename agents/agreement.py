"""Whether independent drafts do the same where no example says what is right: what a claim on a model's draft needs."""

from collections.abc import Sequence

from agents.case import Case, Outcome
from agents.properties import UNSEEN
from agents.synthesis.mutations import sampled_inputs
from agents.task import Task
from tools.n8n.items import rows_from, same_value

__all__ = ["agree", "comparison_cases", "parting"]

_FEWEST_COMPARED = 0.5
"""Share of the inputs on which both must have run, or nothing is known."""


def comparison_cases(task: Task) -> list[Case]:
    """List inputs as real as the examples: other values, more rows, another order; what is right is not known."""
    inputs = [
        rows
        for example in task.examples
        if all(isinstance(item.get("json"), dict) for item in example.input)
        for rows in sampled_inputs([item["json"] for item in example.input], [])
    ]
    inputs += [[{**row, UNSEEN: 1} for row in rows] for rows in inputs[:1]]
    return [
        Case(f"other values {number}", [{"json": row} for row in rows], "agreement")
        for number, rows in enumerate(inputs, start=1)
    ]


def parting(one: Sequence[Outcome], other: Sequence[Outcome]) -> int | None:
    """Return the first case on which two drafts ran and differ, `None` when there is none."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=True)) if _both_ran(*pair) and not _same(*pair)), None
    )


def agree(one: Sequence[Outcome], other: Sequence[Outcome]) -> bool:
    """Whether two drafts do the same wherever both ran, and both ran on most inputs."""
    ran = sum(_both_ran(*pair) for pair in zip(one, other, strict=True))
    return parting(one, other) is None and ran >= _FEWEST_COMPARED * len(one)


def _both_ran(one: Outcome, other: Outcome) -> bool:
    return one.error_type is None and other.error_type is None


def _same(one: Outcome, other: Outcome) -> bool:
    return same_value(rows_from(one.actual), rows_from(other.actual))
