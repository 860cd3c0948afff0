"""Inputs that an example did not show but a workflow will: other values, more rows, none, gaps."""

import re
from typing import Any

__all__ = ["edge_inputs", "plausible_inputs"]

_NAMES = ("Mary Ann Poe", "zoe", "Émile Zo", "Ann Lee Poe", "Dan")
Rows = list[dict[str, Any]]


def plausible_inputs(rows: Rows, literals: list[Any]) -> list[Rows]:
    """Return inputs as real as the example: everything here should get a sensible output."""
    if not rows:
        return []
    twice = [*rows, *[_shifted(row, step) for step, row in enumerate(rows, start=1)]]
    found = [
        [_shifted(row, step) for step, row in enumerate(rows)],
        [_shifted(row, step + 3) for step, row in enumerate([*rows, *rows])],
        twice[::-1],
        [_lowered(row, step) for step, row in enumerate([*rows, *rows, *rows])],
        [*rows, _renewed(rows[0]), _renewed(rows[-1])],
        [*(_dotted(row, step) for step, row in enumerate([*rows, *rows]))],
        [_kept_keys(rows[place % len(rows)], place) for place in range(len(rows) * 2)],
        [_hollow(row) for row in rows[:1]] + rows,
        [_lettered(row, step) for step, row in enumerate([*rows, *rows])],
        [_map(row, _repeated_mark) for row in rows],
        [_map(row, _without_first_word) for row in rows],
    ]
    found += [[_bounded(row, literal) for row in rows] for literal in literals[:4] if isinstance(literal, int | float)]
    return found


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


def _shifted(row: dict[str, Any], step: int) -> dict[str, Any]:
    """Other numbers (negative ones too), other dates, other numerals in texts."""
    factors = (2.5, -3, 1.25, 7, 11)

    def change(value: Any) -> Any:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return int(value * factors[step % 5]) + step * 13 + 1
        if isinstance(value, float):
            return round(value * factors[step % 5] + step * 1.37, 2)
        return _other_text(value, step)

    changed: dict[str, Any] = _map(row, change)
    return changed


def _other_text(text: str, step: int) -> str:
    if re.fullmatch(r"\d+", text):
        return str(int(text) * (10, 9, 101, 7)[step % 4] + step)
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        day = (int(text[8:10]) * 3 + step * 5) % 27 + 1
        return f"{text[:8]}{day:02d}{text[10:]}"
    if re.match(r"\d{2}[./]\d{2}[./]\d{4}", text):
        return f"{(step * 2) % 11 + 1:02d}{text[2]}{(step * 5 + 3) % 11 + 1:02d}{text[5:]}"
    if " " in text and "," not in text and not any(char.isdigit() for char in text):
        return _NAMES[step % 4] if step % 2 == 0 and len(text) < 30 else text
    return text


def _lowered(row: dict[str, Any], step: int) -> dict[str, Any]:
    """Small differences: fractions below one half, small letters here and capitals there."""

    def change(value: Any) -> Any:
        if isinstance(value, float):
            return int(value) + (0.2, 0.8, 0.4)[step % 3]
        if isinstance(value, str) and value.isalpha():
            return value.capitalize() if step % 2 else value.lower()
        return value

    changed: dict[str, Any] = _map(row, change)
    return changed


def _repeated_mark(value: Any) -> Any:
    """A text with one more part behind its mark: `red-shoes` is `red-shoes-shoes`."""
    found = re.fullmatch(r"[^\W\d]+([-_/])[^\W\d]+", value) if isinstance(value, str) else None
    return f"{value}{found.group(1)}{value.split(found.group(1))[1]}" if found else value


def _without_first_word(value: Any) -> Any:
    """A longer text that starts later: its parts stand at other places."""
    return value.split(" ", 1)[1] if isinstance(value, str) and value.strip().count(" ") > 2 else value


def _renewed(row: dict[str, Any]) -> dict[str, Any]:
    """A row with labels that were not seen before."""
    changed: dict[str, Any] = _map(row, lambda value: "trial" if isinstance(value, str) and value.isalpha() else value)
    return changed


def _dotted(row: dict[str, Any], step: int) -> dict[str, Any]:
    """Texts with one more part: another dot, word, number, blank after the comma."""

    def change(value: Any) -> Any:
        if not isinstance(value, str) or "@" in value or re.match(r"\d", value):
            return value
        if re.fullmatch(r"[\w-]+\.\w+", value):
            return value.replace(".", ".tar.", 1)
        if "," in value:
            return value.replace(",", ", dark ", 1)
        if re.search(r"[a-z] ?#?\d", value):
            return f"{value}, seat {14 + step}"
        return f"  {value} x" if value.strip() == value and " " in value else value

    changed: dict[str, Any] = _map(row, change)
    return changed


def _kept_keys(row: dict[str, Any], step: int) -> dict[str, Any]:
    """The same texts with other numbers and names beside them: rows that repeat a key and differ in the rest."""
    changed = dict(row)
    for place, (name, value) in enumerate(row.items()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            changed[name] = (7, 10, 7, 12, 5)[step % 5] * (place + 1)
        elif place and isinstance(value, str):
            changed[name] = _other_text(value, step)[: 4 + step] if value.isalpha() else _other_text(value, step)
    return changed


def _hollow(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose optional scalars are empty texts and zeros."""
    return {
        name: ""
        if isinstance(value, str)
        else 0
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in row.items()
    }


def _lettered(row: dict[str, Any], step: int) -> dict[str, Any]:
    """Rows that share their highest values; ties."""
    changed: dict[str, Any] = _map(
        row, lambda value: 8 if isinstance(value, int | float) and not isinstance(value, bool) else value
    )
    first = next((name for name, value in row.items() if isinstance(value, str) and value.isalpha()), None)
    return {**changed, first: _NAMES[step % 5]} if first else changed


def _bounded(row: dict[str, Any], literal: float) -> dict[str, Any]:
    """Every number exactly at a bound."""
    return {
        name: literal if isinstance(value, int | float) and not isinstance(value, bool) else value
        for name, value in row.items()
    }
