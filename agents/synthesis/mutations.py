"""Inputs that an example did not show but a workflow will: other values, more rows, none, gaps."""

import re
from collections.abc import Iterator
from typing import Any

from agents.synthesis.values import is_number

__all__ = ["edge_inputs", "revealing_inputs", "sampled_inputs"]

Rows = list[dict[str, Any]]
_HOLLOW: tuple[Any, ...] = (None, "", 0)
_LIMIT = 6
"""Fields of a row that are changed one by one."""


def revealing_inputs(rows: Rows, literals: list[Any], *, odd: bool = True) -> Iterator[Rows]:
    """Yield inputs like the example's with something changed, the most ordinary ones first.

    `literals`: of the programs to be told apart; values at and around them are tried.
    `odd`: also gaps, blanks, repeated marks and the like.
    """
    if not rows or not all(isinstance(row, dict) for row in rows):
        return
    names = list(dict.fromkeys(name for row in rows for name in row))[:_LIMIT]
    yield from ([{**row, name: other} for row, other in zip(rows, _turned(rows, name), strict=True)] for name in names)
    for name in names:
        for place, row in list(enumerate(rows))[:2]:
            for value in _others(row.get(name), literals, odd=odd):
                changed = {**row, name: value}
                yield [*rows[:place], changed, *rows[place + 1 :]]
                yield [*rows, changed]
                yield [changed, *rows]
    yield rows[::-1]
    yield from ([{**row, name: rows[0].get(name)} for row in rows] for name in names)
    for turn in range(len(_HOLLOW)) if odd else ():
        yield [*rows, {name: (_HOLLOW * _LIMIT)[place + turn] for place, name in enumerate(names)}]
    for name in names if odd else ():
        yield [*rows, {key: value for key, value in rows[0].items() if key != name}]
        yield [*rows, {**rows[0], name: None}]


def sampled_inputs(rows: Rows, literals: list[Any], most: int = 14) -> list[Rows]:
    """Return a spread of the ordinary revealing inputs, `most` at most."""
    found = list(revealing_inputs(rows, literals, odd=False))
    return found[:: len(found) // most + 1]


def edge_inputs(rows: Rows) -> list[Rows]:
    """Return inputs at the edges: none, one, twice the same, missing and null fields, unicode."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [
        [],
        rows[:1],
        rows + rows,
        *[[{key: value for key, value in row.items() if key != name} for row in rows] for name in names[:6]],
        *[[{**row, name: None} for row in rows] for name in names[:6]],
        [_map(row, _unicode) for row in rows],
    ]


def _map(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {name: _map(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_map(inner, change) for inner in value]
    return change(value)


def _unicode(value: Any) -> Any:
    return f"{value} Größe ñ" if isinstance(value, str) and not any(char.isdigit() for char in value) else value


def _turned(rows: Rows, name: str) -> list[Any]:
    """The values of a field, each one row further."""
    values = [row.get(name) for row in rows]
    return [*values[1:], *values[:1]]


def _others(value: Any, literals: list[Any], *, odd: bool) -> Iterator[Any]:
    """Yield other values of the same kind."""
    if isinstance(value, bool):
        yield not value
    elif is_number(value):
        yield from _numbers(value, literals)
    elif isinstance(value, str):
        yield from _texts(value, literals)
        yield from _odd_texts(value) if odd else ()
    elif isinstance(value, list):
        yield from _lists(value, literals, odd=odd)
    elif isinstance(value, dict):
        yield from _objects(value, literals, odd=odd)


def _numbers(value: float, literals: list[Any]) -> Iterator[Any]:
    yield from (literal for literal in literals if is_number(literal))
    yield value * 2 + 3
    yield from (literal + step for literal in literals if is_number(literal) for step in (5, -5))
    whole = int(value)
    yield from (whole + 0.2, whole + 0.8, whole + 0.5, whole + 1.5, -value - 1, 0, value * 100 + 90)


def _texts(value: str, literals: list[Any]) -> Iterator[str]:
    if re.match(r"\d{4}-\d{2}-\d{2}", value):
        days = [f"{literal:02d}" for literal in literals if isinstance(literal, int) and 0 < literal < 32]
        yield from (literal for literal in literals if isinstance(literal, str) and len(literal) == len(value))
        yield from (value[:8] + day + value[10:] for day in days)
        yield from (value[:5] + day + value[10:] for day in ("07-05", "01-31", "12-24", "02-03"))
        return
    if re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{4}.*", value):
        yield re.sub(r"^\d{1,2}([./])\d{1,2}", r"03\g<1>04", value)
        return
    if re.fullmatch(r"\d+(\.\d+)*", value):
        yield from _numerals(value)
    words = value.split(" ")
    yield from (literal.upper() for literal in literals if isinstance(literal, str) and literal.isalpha())
    yield from (value.swapcase(), value.lower(), value.capitalize())
    yield from _longer(value, words)
    for literal in literals:
        if isinstance(literal, str) and literal:
            yield from (literal, f"{literal} more", f"p{literal}y", f"pre {literal} post", f"{literal.upper()} now")
    yield "trial"


def _odd_texts(value: str) -> Iterator[str]:
    """Nothing, blanks, marks that come twice."""
    for mark in dict.fromkeys(re.findall(r"[^\w\s]", value)):
        head, tail = value.split(mark, 1)
        yield f"{head}{mark}two{mark}{tail}"
        yield f"{head}{mark} {tail}"
        yield f"{head}{mark}{mark}{tail}{mark}"
    yield from ("", "  ", f" {value} ")


def _numerals(value: str) -> Iterator[str]:
    if "." in value:
        head, _, tail = value.rpartition(".")
        yield from (f"{head}.10", f"{head}.9", f"{head}.{tail}.1")
    else:
        yield from ("10", "9", "100", value + "0")
    yield from (f"{value} pcs", f"{value}x")


def _longer(value: str, words: list[str]) -> Iterator[str]:
    """Texts with one more part, mark or number than shown."""
    if len(words) > 1:
        yield " ".join([words[0], "Ann", *words[1:]])
        yield " ".join(words[1:])
    elif value.isalpha():
        yield f"{value} {value}"
        yield f"{value}s"
    if re.search(r"\d", value):
        yield f"{value}, seat 14"
        yield f"3 of {value}"
    if value:
        yield f"{value[:4]} {value}  x"


def _lists(value: list[Any], literals: list[Any], *, odd: bool) -> Iterator[list[Any]]:
    if value and isinstance(value[0], dict):
        for element in value[:2]:
            for name, inner in list(element.items())[:4]:
                for other in list(_others(inner, literals, odd=odd))[:6]:
                    yield [*value, {**element, name: other}]
    else:
        yield [*value, *value[:1]]
        for literal in literals:
            if isinstance(literal, str) and value and isinstance(value[0], str):
                yield [literal]
                yield [*value, literal]
        yield [*value, "", None] if value and isinstance(value[0], str) else [*value, None]
        if value and is_number(value[0]):
            yield [*value, -value[0] - 1]
    yield value[:1]
    yield value[::-1]
    yield []


def _objects(value: dict[str, Any], literals: list[Any], *, odd: bool) -> Iterator[dict[str, Any]]:
    for name, inner in list(value.items())[:4]:
        for other in list(_others(inner, literals, odd=odd))[:8]:
            yield {**value, name: other}
    yield {**value, "extra": 30}
    yield {}
