"""Without words, what a few rows cannot settle: literals that look like values, formats and roundings that fit too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agents.synthesis.language import LEVELS, Expr, make, subexpressions
from agents.synthesis.readings import fits
from agents.synthesis.rivals import rewritten
from agents.synthesis.runtime_of_dates import MONTHS, WEEKDAYS

__all__ = ["doubtful"]

_CALENDAR = {name[:size].lower() for name in (*MONTHS, *WEEKDAYS) for size in (3, 9)} | {"am", "pm"}
_CONVINCED = 4
"""From so many different rows on, what they share is taken for a literal."""
_PADDED = re.compile(r"(?<!\w)(dd|MM|HH|hh)(?!\w)")
_SHORT = re.compile(r"(?<!\w)[dMHh](?!\w)")
_EXTREMES = frozenset(
    ["min", "max", "sum", "average", "median", "length", "reversed_text", "word_count", "occurrences", "slug"]
)
Rows = list[Any]


def doubtful(program: Expr, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """Whether a program that no words describe rests on what its rows share by chance."""
    shown = len({repr(row) for rows in outputs for row in rows})
    if shown < 2 or shown >= _CONVINCED:
        return False
    parts = list(subexpressions(program))
    indexes = {level.index for level in LEVELS}
    if any(expr.op == "var" and expr.params[0] in indexes for expr in parts):
        return True
    if any(_is_far_fetched(expr) for expr in parts):
        return True
    if any(_looks_like_a_value(text) for expr in parts if expr.op == "template" for text in expr.params):
        return True
    if any(_completes(expr) for expr in parts if expr.op == "template"):
        return True
    if _only_copies(program, inputs) or _pads_some(parts) or _drops_the_same(parts, inputs):
        return True
    rewrites = (_padding,) if any(_is_range(expr) for expr in parts) else (_padding, _filling, _way, _step)
    return any(fits(other, inputs, outputs) for rewrite in rewrites for other in rewritten(program, rewrite))


def _is_range(expr: Expr) -> bool:
    """The end of a range that its start belongs to: the value lies between, so nothing was rounded."""
    return expr.op in {"add", "add_time"} and expr.args[0].op in {"snap", "snap_time"}


def _is_far_fetched(expr: Expr) -> bool:
    """A measure of a text, a rounding up, one of many runs, a slug, digits grouped by dots: not meant without words."""
    if expr.op == "run_of":
        return not -2 <= expr.params[1] <= 2
    if expr.op in _EXTREMES or (expr.op == "snap" and expr.params[2] == "up"):
        return True
    if expr.op == "thousands":
        return bool(expr.params[0] == 0 and expr.params[1] == ".")
    return False


def _looks_like_a_value(text: Any) -> bool:
    """Digits, a single letter or a word of the calendar between the parts."""
    if not isinstance(text, str):
        return False
    words = re.findall(r"[^\W\d_]+", text)
    return any(char.isdigit() for char in text) or any(len(word) == 1 or word.lower() in _CALENDAR for word in words)


def _completes(template: Expr) -> bool:
    """A closing bracket without its opening one: other rows may be complete already."""
    literals = "".join(text for text in template.params if isinstance(text, str))
    return any(literals.count(closing) > literals.count(opening) for opening, closing in ("()", "[]", "{}"))


def _only_copies(program: Expr, inputs: Sequence[Rows]) -> bool:
    """The only field as it is: rows that need no change do not show one."""
    body = program.params[2] if program.op == "pipe" else program.args[0] if program.op == "list" else None
    if body is None or body.op != "object" or len(body.args) != 1 or body.args[0].op != "field":
        return False
    return all(len(row) == 1 for rows in inputs for row in rows)


def _pads_some(parts: list[Expr]) -> bool:
    """One field filled with zeros beside another as it is: that one may have been long enough."""
    return any(expr.op == "template" and {"pad", "field"} <= {arg.op for arg in expr.args} for expr in parts)


def _drops_the_same(parts: list[Expr], inputs: Sequence[Rows]) -> bool:
    """A number of characters left out at the start that are the same in every row: they may be what is left out."""
    rows = [row for given in inputs for row in given]
    for expr in parts:
        if expr.op == "cut" and expr.args[0].op == "field" and len(expr.params[0]) == 1 and expr.params[0] != (0,):
            count, name = expr.params[0][0], expr.args[0].params[0]
            dropped = {str(row.get(name))[:count] for row in rows}
            if expr.params[1] == (None,) and len(dropped) == 1:
                return True
    return False


def _padding(expr: Expr) -> Iterator[Expr]:
    """Hours, days and months with as many digits as they need, where two were written."""
    if expr.op == "write_date" and _PADDED.search(expr.params[0]):
        yield replace(expr, params=(_PADDED.sub(lambda token: token.group()[0], expr.params[0]),))


def _filling(expr: Expr) -> Iterator[Expr]:
    """Always two digits, where as many as needed were written; beside a month's name that is unusual."""
    if expr.op == "write_date" and _SHORT.search(expr.params[0]) and "MMM" not in expr.params[0]:
        yield replace(expr, params=(_SHORT.sub(lambda token: token.group() * 2, expr.params[0]),))


def _step(expr: Expr) -> Iterator[Expr]:
    """Rounded to decimals, or to steps of two or five in the last one."""
    if expr.op == "fixed":
        for step in (5, 2, 2.5):
            size = step * 10.0 ** -(expr.params[0] + (step != 2))
            yield make("text", make("snap", *expr.args, params=(size, 0, "nearest")))


def _way(expr: Expr) -> Iterator[Expr]:
    if expr.op in {"snap", "snap_time"}:
        step, offset, way = expr.params
        for other in ("nearest", "down", "up"):
            if other != way:
                yield replace(expr, params=(step, offset, other))
