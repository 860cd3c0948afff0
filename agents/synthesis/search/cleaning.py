"""Texts as targets that hold the letters and digits of a field: cleaned in several steps, one after the other."""

import heapq
from collections.abc import Iterator
from itertools import count

from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built

__all__ = ["cleaned"]

_FIELDS = 6
_STATES = 160
_STEPS = 4
_NEVER = 99.0
_CASES = ("lower", "upper", "title", "capital_only", "capital")
_FURTHER = -0.5
"""What a further step costs less: the words name them one by one."""


def cleaned(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield fields after steps of cleaning (case, spaces, marks removed or replaced) that give the targets."""
    letters = tuple(_letters(target) for target in targets)
    fields = [e for e in bank.of("text") if e.expr.op in {"field", "var"} and all(isinstance(v, str) for v in e.values)]
    for field in fields[:_FIELDS]:
        if any(letters) and tuple(_letters(value) for value in field.values) in (letters, _digitless(field, letters)):
            yield from _steps_to(bank.frame, field, targets)


def _digitless(field: Entry, letters: tuple[str, ...]) -> tuple[str, ...]:
    """The letters of the targets where no digit of the field is left in them."""
    bare = tuple("".join(char for char in _letters(value) if not char.isdigit()) for value in field.values)
    return tuple(_letters(value) for value in field.values) if bare == letters else ()


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _steps_to(frame: Frame, field: Entry, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Search the cheapest steps first; a column of values is reached once."""
    order = count()
    queue = [(field.expr.cost, next(order), 0, field)]
    seen = {field.values: field.expr.cost}
    while queue and len(seen) < _STATES:
        _, _, steps, entry = heapq.heappop(queue)
        if entry.values == targets:
            yield entry
            return
        if steps == _STEPS:
            continue
        for changed in _changes(frame, entry, targets, _FURTHER if steps else 0.0):
            if changed is None or BOTTOM in changed.values:
                continue
            if changed.expr.cost < seen.get(changed.values, _NEVER):
                seen[changed.values] = changed.expr.cost
                heapq.heappush(queue, (changed.expr.cost, next(order), steps + 1, changed))


def _changes(frame: Frame, entry: Entry, targets: tuple[str, ...], extra: float) -> Iterator[Entry | None]:
    """Yield every change that may bring the texts closer to the targets."""
    spaced = any(text != text.strip() or "  " in text for text in entry.values)
    for name in ("trim", "squeeze") if spaced else ():
        yield built(frame, name, (entry,), (), extra)
    if any(text not in target for text, target in zip(entry.values, targets, strict=True)):
        for name in _CASES:
            yield built(frame, name, (entry,), (), extra)
    kept = "".join(
        sorted({"0" if char.isdigit() else char for target in targets for char in target if not char.isalpha()})
    )
    for also in dict.fromkeys([kept, kept + " " if " " not in kept else kept]):
        named = all(char in frame.words.symbols or char in "0 " for char in also)
        yield built(frame, "only_letters", (entry,), (also,), extra + 0.3 * (not named))
    wanted = sorted({char for target in targets for char in target if not char.isalnum()})
    for char in sorted({char for text in entry.values for char in text if not char.isalnum()}):
        if all(text.count(char) == target.count(char) for text, target in zip(entry.values, targets, strict=True)):
            continue
        named = char in frame.words.symbols or char in frame.words.quoted
        yield built(frame, "remove", (entry,), (char,), extra + (0.0 if named else 0.4))
        for other in wanted:
            if other != char:
                shown = named + (other in frame.words.symbols or other in frame.words.quoted)
                yield built(frame, "replace", (entry,), (char, other), extra + 0.4 - 0.3 * shown)
