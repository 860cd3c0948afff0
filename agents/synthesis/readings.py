"""Is the answer certain? Rival readings that fit every example, the inputs that tell them apart, confidence."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from agents.synthesis.coverage import left_over, unused_numbers
from agents.synthesis.echoes import is_spoken_of
from agents.synthesis.language import FAILURES, Expr, evaluate, stages_of, subexpressions, var
from agents.synthesis.mutations import edge_inputs, plausible_inputs
from agents.synthesis.rivals import dated_rule, rewritten, rivals, worded_rules
from agents.synthesis.search.dates import layouts_of
from agents.synthesis.values import same
from agents.synthesis.words import Words

__all__ = [
    "agreed_inputs",
    "confidence_of",
    "difference",
    "fits",
    "open_readings",
    "other_readings",
    "output_of",
    "unmet",
]

Rows = list[Any]
_NEAR = 12
"""How many of the cheapest programs of the search are looked at as other readings."""
_CLOSE = 0.25
"""The most that another program may cost more and still be asked about."""
_OPEN = 0.55
"""The same when it leaves fewer words over."""


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


def other_readings(program: Expr, words: Words, inputs: Sequence[Rows], *, all_rules: bool) -> Iterator[Expr]:
    """Yield the rival readings of a program."""
    yield from rivals(program, words, all_rules=all_rules)
    fields = tuple(_date_fields(inputs))
    rule = dated_rule(fields)
    if fields and (all_rules or not words.decides(rule.name)):
        yield from rule.rewrite(program)
    names = dict.fromkeys(name for rows in inputs for row in rows if isinstance(row, dict) for name in row)
    for worded in worded_rules(words, names):
        if all_rules or not words.decides(worded.name):
            yield from rewritten(program, worded.rewrite)


def _date_fields(inputs: Sequence[Rows]) -> Iterator[Expr]:
    rows = [row for rows in inputs for row in rows if isinstance(row, dict)]
    for name in dict.fromkeys(name for row in rows for name in row):
        values = tuple(row.get(name) for row in rows)
        if layouts_of(values) and layouts_of(values)[0].startswith("yyyy"):
            yield Expr("field", (var("row"),), (name,), "text", 0.3)


def literals_of(program: Expr) -> list[Any]:
    """List the literals of a program."""
    return [inner.params[0] for inner in subexpressions(program) if inner.op == "const"]


def difference(left: Expr, right: Expr, inputs: Sequence[Rows]) -> Rows | None:
    """Return a plausible input for which two programs give different outputs, the shortest one."""
    found = []
    for rows in inputs:
        for tried in plausible_inputs(rows, [*literals_of(left), *literals_of(right)]):
            first, second = output_of(left, tried), output_of(right, tried)
            if first is not None and second is not None and not same(first, second):
                found.append(tried)
    return _shortened(left, right, min(found, key=len)) if found else None


def _shortened(left: Expr, right: Expr, rows: Rows) -> Rows:
    """Leave out rows that the difference does not need."""
    place = 0
    while place < len(rows) and len(rows) > 1:
        fewer = rows[:place] + rows[place + 1 :]
        first, second = output_of(left, fewer), output_of(right, fewer)
        if first is not None and second is not None and not same(first, second):
            rows = fewer
        else:
            place += 1
    return rows


def open_readings(
    programs: list[Expr], words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]
) -> tuple[list[Expr], Rows] | None:
    """Return the leading program with a rival that fits as well and differs on a plausible input, and that input."""
    best = programs[0]
    near = programs[1:_NEAR] if len(inputs) == 1 else []
    window = _window(best, words, inputs, outputs)
    close = [one for one in near if one.cost - best.cost <= window(one)]
    for rival in [*other_readings(best, words, inputs, all_rules=False), *close]:
        if fits(rival, inputs, outputs):
            rows = difference(best, rival, inputs)
            if rows is not None:
                return [best, rival], rows
    return None


def _window(best: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> Callable[[Expr], float]:
    """How much more another program of the search may cost and still be asked about: little where the words decide."""
    guessed = _guesses(best, words)
    left = len(left_over(best, words, inputs, outputs))

    def window(one: Expr) -> float:
        if _guesses(one, words) > guessed:
            return -1.0
        return _OPEN if len(left_over(one, words, inputs, outputs)) < left else _CLOSE

    return window


def _guesses(program: Expr, words: Words) -> int:
    """Count the literals that the words do not hold."""
    scalars = [value for value in literals_of(program) if not isinstance(value, dict | list | tuple)]
    return sum(not is_spoken_of(value, words) for value in scalars)


def agreed_inputs(program: Expr, inputs: Sequence[Rows]) -> list[tuple[Rows, Rows]]:
    """Mutated inputs for which the program means something, with its outputs: what both printings must reproduce."""
    pairs = []
    for rows in inputs[:2]:
        for tried in [*edge_inputs(rows), *plausible_inputs(rows, literals_of(program))]:
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
