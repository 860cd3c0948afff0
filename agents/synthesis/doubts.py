"""Without words, what a few rows cannot settle: literals that look like values, formats and roundings that fit too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agents.synthesis.language import LEVELS, Expr, subexpressions
from agents.synthesis.readings import fits
from agents.synthesis.rivals import rewritten
from agents.synthesis.runtime import MONTHS, WEEKDAYS

__all__ = ["doubtful"]

_CALENDAR = {name[:size].lower() for name in (*MONTHS, *WEEKDAYS) for size in (3, 9)} | {"am", "pm"}
_CONVINCED = 4
"""From so many different rows on, what they share is taken for a literal."""
_PADDED = re.compile(r"(?<!\w)(dd|MM|HH|hh)(?!\w)")
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
    rewrites = (_padding,) if any(_is_range(expr) for expr in parts) else (_padding, _way)
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


def _padding(expr: Expr) -> Iterator[Expr]:
    if expr.op == "write_date" and _PADDED.search(expr.params[0]):
        yield replace(expr, params=(_PADDED.sub(lambda token: token.group()[0], expr.params[0]),))


def _way(expr: Expr) -> Iterator[Expr]:
    if expr.op in {"snap", "snap_time"}:
        step, offset, way = expr.params
        for other in ("nearest", "down", "up"):
            if other != way:
                yield replace(expr, params=(step, offset, other))
