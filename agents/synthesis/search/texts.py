"""Texts as targets: templates of what is in the bank, found from the left in all scopes at once."""

import heapq
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from agents.synthesis.language import Expr, make
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.numbers import arithmetic
from agents.synthesis.values import Undefined, is_number, number_of, text_of

__all__ = ["formatted_numbers", "templates"]

_BEST = 6
_STATES = 1500
_PIECES = 260
_Part = str | Entry


def templates(bank: Bank, targets: tuple[str, ...], limit: float, extra: list[Entry] | None = None) -> list[Expr]:
    """Return templates whose text is the target in every scope, cheapest first."""
    pieces = _pieces(bank, targets) + [_shown(entry) for entry in extra or []]
    echoed = _field_texts(bank, targets)
    found: list[Expr] = []
    goal = tuple(len(target) for target in targets)
    order = count()
    queue: list[tuple[float, int, tuple[int, ...], tuple[_Part, ...]]] = [(0.0, next(order), (0,) * len(targets), ())]
    visits: dict[tuple[tuple[int, ...], bool], int] = {}
    while queue and len(found) < _BEST and len(visits) < _STATES:
        cost, _, places, parts = heapq.heappop(queue)
        ends_in_text = bool(parts) and isinstance(parts[-1], str)
        state = (places, ends_in_text)
        visits[state] = visits.get(state, 0) + 1
        if visits[state] > _BEST or cost > limit:
            continue
        bank.frame.budget.spend(1 + (len(pieces) >> 3))
        if places == goal:
            expr = _template(parts, cost, echoed)
            if expr is not None:
                found.append(expr)
            continue
        for step, after, part in _steps(bank.frame, targets, places, pieces, joined=ends_in_text):
            extended = (*parts[:-1], parts[-1] + part) if ends_in_text and isinstance(part, str) else (*parts, part)  # type: ignore[operator]
            heapq.heappush(queue, (cost + step, next(order), after, extended))
    return found


def _pieces(bank: Bank, targets: tuple[str, ...]) -> list[tuple[Entry, tuple[str, ...]]]:
    """Choose the entries whose text occurs in every target, cheapest first."""
    chosen: dict[tuple[str, ...], tuple[Entry, tuple[str, ...]]] = {}
    for entry in bank.of("text", "num", "any", "bool"):
        if entry.expr.op in {"text", "const", "to_unix"}:
            continue
        shown = _shown(entry)
        texts = shown[1]
        if texts and texts not in chosen and all(text in target for text, target in zip(texts, targets, strict=True)):
            chosen[texts] = shown
        if len(chosen) >= _PIECES:
            break
    return list(chosen.values())


def _shown(entry: Entry) -> tuple[Entry, tuple[str, ...]]:
    try:
        texts = tuple(text_of(value) for value in entry.values if value is not BOTTOM)
    except Undefined:
        return entry, ()
    return entry, texts if len(texts) == len(entry.values) and any(texts) else ()


def _steps(
    frame: Frame,
    targets: tuple[str, ...],
    places: tuple[int, ...],
    pieces: list[tuple[Entry, tuple[str, ...]]],
    *,
    joined: bool,
) -> Iterator[tuple[float, tuple[int, ...], _Part]]:
    for entry, texts in pieces:
        if texts and all(
            target.startswith(text, place) for target, text, place in zip(targets, texts, places, strict=True)
        ):
            yield (
                entry.expr.cost + _scrap(entry, texts),
                tuple(place + len(text) for place, text in zip(places, texts, strict=True)),
                entry,
            )
    if any(place >= len(target) for place, target in zip(places, targets, strict=True)):
        return
    char = targets[0][places[0]]
    if all(target[place] == char for target, place in zip(targets, places, strict=True)):
        yield _literal_cost(frame, targets, char, joined=joined), tuple(place + 1 for place in places), char


def _scrap(entry: Entry, texts: tuple[str, ...]) -> float:
    """A single character cut out of somewhere fits anywhere: it has to be dear."""
    inner = entry.expr.args[0] if entry.expr.op in {"lower", "upper"} else entry.expr
    if inner.op == "first_chars" or (inner.op == "cut" and inner.params[0] == (0,)):
        return 0.05
    if entry.expr.op in {"field", "var", "initials"} or max(map(len, texts)) > 2:
        return 0.05
    return 0.6 if max(map(len, texts)) == 2 else 1.2


def _literal_cost(frame: Frame, targets: tuple[str, ...], char: str, *, joined: bool) -> float:
    """A literal costs less when it is no letter or digit, when the words hold it, and when several targets show it."""
    start = 0.0 if joined else 0.3
    if not char.isalnum():
        return start + (0.02 if joined else 0.1)
    several = len(set(targets)) > 1
    if char.isdigit():
        return start + (0.3 if several else 0.7) * (0.4 if char in frame.words.folded else 1.0)
    return start + (0.12 if several else 0.2)


def _template(parts: tuple[_Part, ...], cost: float, echoed: set[str]) -> Expr | None:
    args = [part.expr for part in parts if isinstance(part, Entry)]
    if not args:
        return None
    if len(parts) == 1:
        only = args[0]
        return only if only.type == "text" else make("text", only)
    numbered = count()
    params: tuple[Any, ...] = tuple(part if isinstance(part, str) else next(numbered) for part in parts)
    literals = " ".join(part for part in parts if isinstance(part, str))
    repeated = sum(text in literals for text in echoed)
    return Expr("template", tuple(args), params, "text", cost + 1.5 * repeated)


def _field_texts(bank: Bank, targets: tuple[str, ...]) -> set[str]:
    """Values of fields that a literal should not spell out, when there is one target only."""
    if len(set(targets)) > 1:
        return set()
    fields = [e for e in bank.of("text", "num") if e.expr.op == "field"]
    return {text for e in fields for text in _shown(e)[1] if len(text) >= 2}


def formatted_numbers(bank: Bank, targets: tuple[str, ...], limit: float) -> list[Expr]:
    """Return number expressions written with fixed decimals (`12.50`) or thousands separators."""
    words = bank.frame.words
    found: list[Expr] = []
    for pattern, separator, decimal in (
        (r"-?\d+(?:\.(\d+))?", "", "."),
        (r"-?\d{1,3}(?:,\d{3})*(?:\.(\d+))?", ",", "."),
        (r"-?\d{1,3}(?:\.\d{3})*(?:,(\d+))?", ".", ","),
    ):
        matches = [re.fullmatch(pattern, target) for target in targets]
        digits = {len(match.group(1) or "") for match in matches if match}
        if not all(matches) or len(digits) != 1 or (not separator and digits == {0}):
            continue
        places = digits.pop()
        try:
            numbers = tuple(number_of(target.replace(separator, "").replace(decimal, ".")) for target in targets)
        except Undefined:
            continue
        for expr in _with_places(bank, numbers, places, limit):
            if separator:
                extra = words.operator_cost("thousands") + 0.3 * (not any(separator in target for target in targets))
                found.append(make("thousands", expr, params=(places, separator, decimal), extra=extra))
            else:
                found.append(make("fixed", expr, params=(places,), extra=words.operator_cost("fixed")))
    return sorted(found, key=lambda expr: expr.cost)


def _with_places(bank: Bank, numbers: tuple[Any, ...], places: int, limit: float) -> Iterator[Expr]:
    """Yield expressions equal to the numbers when rounded to these places."""
    for entry in bank.of("num")[:60]:
        if all(
            is_number(v) and abs(v - n) <= 0.5 * 10**-places + 1e-9 for v, n in zip(entry.values, numbers, strict=True)
        ):
            yield entry.expr
    for expr in arithmetic(bank, numbers, limit)[:4]:
        yield expr.args[0] if expr.op == "round" else expr
