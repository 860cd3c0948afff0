"""Is the answer certain? Rival readings that fit every example, the inputs that tell them apart, confidence."""

from collections.abc import Sequence
from typing import Any

from agents.synthesis.coverage import left_over, unused_numbers
from agents.synthesis.language import FAILURES, Expr, evaluate, stages_of, subexpressions
from agents.synthesis.mutations import edge_inputs, sampled_inputs
from agents.synthesis.values import same
from agents.synthesis.words import Words

__all__ = [
    "agreed_inputs",
    "confidence_of",
    "fits",
    "literals_of",
    "output_of",
    "unmet",
]

Rows = list[Any]


def fits(program: Expr, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """Whether the interpreter agrees with every example."""
    for rows, wanted in zip(inputs, outputs, strict=True):
        given = output_of(program, rows)
        if given is None or not same(given, wanted):
            return False
    return True


def output_of(program: Expr, rows: Rows) -> Rows | None:
    """Run a program; None where it means nothing."""
    try:
        output = evaluate(program, {"items": rows})
    except FAILURES:
        return None
    except RecursionError:
        return None
    return output if isinstance(output, list) else None


def literals_of(program: Expr) -> list[Any]:
    """List the literals of a program."""
    return [inner.params[0] for inner in subexpressions(program) if inner.op == "const"]


def agreed_inputs(program: Expr, inputs: Sequence[Rows]) -> list[tuple[Rows, Rows]]:
    """Mutated inputs for which the program means something, with its outputs: what both printings must reproduce."""
    pairs = []
    for rows in inputs[:2]:
        for tried in [*edge_inputs(rows), *sampled_inputs(rows, literals_of(program))]:
            output = output_of(program, tried)
            if output is not None:
                pairs.append((tried, output))
    return pairs


def unmet(program: Expr, words: Words) -> list[str]:
    """Name what the words demand and the program does not do."""
    used = {inner.op for inner in subexpressions(program)} | {stage.kind for stage in stages_of(program)}
    return words.unmet(used)


_UNUSED = 0.5
"""The most that is believed of a program for a text with numbers that it does not use."""
_MEASURED = ((1, 121 / 122), (3, 74 / 76), (8, 30 / 36))
"""Up to so many words left over: (right + 1) / (claimed + 2) of 228 claims on the tasks developed on."""


def confidence_of(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> float:
    """Say how sure an answer is: the share of right claims of its kind on the tasks that the search was developed on.

    A kind is how many content words the program leaves over; among those its cost told nothing more. Tasks never seen
    come out lower, see docs/synthesis.md.
    """
    if unused_numbers(program, words):
        return _UNUSED
    left = len(left_over(program, words, inputs, outputs))
    return next((right for most, right in _MEASURED if left <= most), _UNUSED)
