"""Parts of texts by positions: runs of a class of characters, and from one position to another, as the targets ask."""

from collections.abc import Iterator
from itertools import chain, product

from agents.synthesis.language import FAILURES
from agents.synthesis.operators.positions import CLASSES, place
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built

__all__ = ["parts"]

_FIELDS = 6
_LONGEST = 160
_WORK = 20_000
"""Counted steps after which no further field is cut."""
_UNASKED = 1.0
"""Cost of a run of characters beside words that speak of something else."""
_RUNS = ("digits", "letters", "alnum", "upper", "solid", "decimal", "lower")
_INDEXES = (0, 1, 2, 3, 4, -1, -2)
_CASES = ("upper", "lower", "capital_only", "title")
_Position = tuple[float, tuple[object, ...]]


def parts(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield one cheapest entry for each column of texts that occur in the targets, and its changes of case."""
    chosen: dict[tuple[str, ...], Entry] = {}
    folded = tuple(target.lower() for target in targets)
    fields = [e for e in bank.of("text") if e.expr.op in {"field", "var"} and all(isinstance(v, str) for v in e.values)]
    enough = bank.frame.budget.spent + _WORK
    for field in fields[:_FIELDS]:
        if bank.frame.budget.spent > enough:
            break
        for entry in chain(_runs(bank.frame, field, folded), _between_positions(bank.frame, field, folded)):
            if entry.values not in chosen or chosen[entry.values].expr.cost > entry.expr.cost:
                chosen[entry.values] = entry
    for entry in chosen.values():
        if all(value in target for value, target in zip(entry.values, targets, strict=True)):
            yield entry
        else:
            for name in _CASES:
                cased = built(bank.frame, name, (entry,), (), -0.7)
                if cased and all(value in target for value, target in zip(cased.values, targets, strict=True)):
                    yield cased


def _runs(frame: Frame, field: Entry, folded: tuple[str, ...]) -> Iterator[Entry]:
    unasked = _UNASKED * (bool(frame.words.tokens) and not frame.words.topic("runs"))
    for rank, name in enumerate(_RUNS):
        for index in _INDEXES:
            extra = unasked + 0.1 * rank + 0.1 * abs(index) + 0.3 * (index < -1)
            run = built(frame, "run_of", (field,), (name, index), extra)
            if run is None or any(value is BOTTOM for value in run.values):
                continue
            if _occurs(run, folded):
                yield run
            for short, size in product(("first_chars", "last_chars"), (1, 2, 3, 4)):
                cut = built(frame, short, (run,), (size,), -0.6 + 0.1 * size) if rank < 5 else None
                if cut and all(len(value) == size for value in cut.values) and _occurs(cut, folded):
                    yield cut


def _between_positions(frame: Frame, field: Entry, folded: tuple[str, ...]) -> Iterator[Entry]:
    if max(map(len, field.values), default=0) > _LONGEST:
        return
    positions = _positions(frame, field)
    first, target = field.values[0], folded[0]
    for (starts, (left, start)), (ends, (right, end)) in product(positions.items(), positions.items()):
        if not starts[0] < ends[0] or first[starts[0] : ends[0]].lower() not in target or not _matched(start, end):
            continue
        values = tuple(t[i:j] for t, i, j in zip(field.values, starts, ends, strict=True))
        if all(value and value.lower() in target for value, target in zip(values, folded, strict=True)):
            entry = built(frame, "cut", (field,), (start, end), left + right)
            if entry:
                yield entry


def _matched(start: tuple[object, ...], end: tuple[object, ...]) -> bool:
    """A number of characters on one side goes with an end of the text or another number on the other."""
    if len(start) == 3 or len(end) == 3:
        return (len(start) == 3 or start == (0,)) and (len(end) == 3 or end == (None,))
    return True


def _occurs(entry: Entry, folded: tuple[str, ...]) -> bool:
    return all(value and value.lower() in target for value, target in zip(entry.values, folded, strict=True))


def _positions(frame: Frame, field: Entry) -> dict[tuple[int, ...], _Position]:
    """Each distinct column of positions with its cheapest wording."""
    found: dict[tuple[int, ...], _Position] = {}
    for cost, at in _wordings(field):
        try:
            places = tuple(place(text, at) for text in field.values)
        except FAILURES:
            continue
        if places not in found or found[places][0] > cost:
            found[places] = (cost, at)
    frame.budget.spend(len(found) * len(found) >> 4)
    return found


def _wordings(field: Entry) -> Iterator[tuple[float, tuple[object, ...]]]:
    yield 0.0, (0,)
    yield 0.0, (None,)
    fixed = 0.15 if len(set(map(len, field.values))) == 1 and len(field.values) > 1 else 0.5
    for size in range(1, 13):
        yield fixed + 0.16 * fixed * size, (size,)
        yield 0.6 + 0.08 * size, (-size,)
    shared = set(field.values[0])
    for text in field.values[1:]:
        shared &= set(text)
    marks = [f"={char}" for char in sorted(shared) if not char.isalnum()]
    for rank, name in enumerate(marks + [name for name in _RUNS if name in CLASSES]):
        base = 0.45 if rank < len(marks) else 0.55 + 0.06 * (rank - len(marks))
        for index, side in product(_INDEXES, (0, 1)):
            yield base + 0.1 * abs(index if index >= 0 else index + 1) + 0.05 * (index < 0), (name, index, side)
