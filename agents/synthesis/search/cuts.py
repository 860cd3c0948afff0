"""Texts that are part of a field: between the characters that always stand around them, or without some characters."""

import re
from collections.abc import Iterator

from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import Entry, Frame, built

__all__ = ["cuts"]

_LEFT = 5
_FIELDS = 12


def cuts(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield cuts of the text fields that give the targets."""
    fields = [e for e in bank.of("text") if e.expr.op in {"field", "var"} and all(isinstance(v, str) for v in e.values)]
    for entry in fields[:_FIELDS]:
        if all(target in text for target, text in zip(targets, entry.values, strict=True)):
            for new in _around(bank.frame, entry, targets):
                if new is not None and new.values == targets:
                    yield new
        yield from _without(bank.frame, entry, targets)


def _around(frame: Frame, entry: Entry, targets: tuple[str, ...]) -> Iterator[Entry | None]:
    """Try the characters left and right of the target in the first text."""
    text, target = entry.values[0], targets[0]
    place = text.find(target)
    if not target or place < 0:
        return
    lefts = [text[place - size : place] for size in range(1, min(_LEFT, place) + 1)]
    word = text[:place].rstrip().split(" ")[-1] + text[len(text[:place].rstrip()) : place]
    lefts = list(dict.fromkeys([*lefts, word])) if word else lefts
    lefts = [left for left in lefts if not (frame.words.tokens and _holds_data(frame, left))]
    rights = [text[place + len(target) :][:size] for size in (1, 2) if len(text) >= place + len(target) + size]
    for left in lefts:
        for right in rights:
            yield built(frame, "between", (entry,), (left, right), _price(frame, left) + _price(frame, right) - 0.4)
        yield built(frame, "after", (entry,), (left,), _price(frame, left) + 0.2)
        prose = 0.6 * (" " in target.strip() and bool(frame.words.tokens) and not frame.words.has("last"))
        yield built(frame, "last_piece", (entry,), (left,), _price(frame, left) + 0.2 + prose)
    for right in rights:
        yield built(frame, "before", (entry,), (right,), _price(frame, right) + 0.2)


def _holds_data(frame: Frame, mark: str) -> bool:
    """Whether a mark holds digits that no word does: they belong to the value."""
    runs = re.findall(r"\d+", mark)
    return any(re.search(rf"(?<!\d){run}(?!\d)", frame.words.folded) is None for run in runs)


def _price(frame: Frame, mark: str) -> float:
    """Letters and digits as a mark are chance, unless the words hold them."""
    if (
        mark.strip() in frame.words.quoted
        or mark in frame.words.symbols
        or (len(mark) > 2 and mark.strip().lower() in frame.words.folded)
    ):
        return 0.0
    if all(char in frame.words.symbols for char in mark):
        return -0.3
    return 0.15 + sum(0.5 if char.isalnum() else 0.05 for char in mark)


def _without(frame: Frame, entry: Entry, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Take away every character that the targets do not have; characters that the words name go too."""
    gone = {char for text, target in zip(entry.values, targets, strict=True) for char in text if char not in target}
    if (
        len(gone) < 2
        or any(char.isalnum() for char in gone)
        or any(char in target for char in gone for target in targets)
    ):
        return
    pairs = {"(": ")", "[": "]", "{": "}"}
    named = {char for char in frame.words.symbols if len(char) == 1 and not any(char in target for target in targets)}
    gone |= named | {pairs[char] for char in gone | named if char in pairs}
    new = built(frame, "remove_chars", (entry,), ("".join(sorted(gone)),), 0.1 * len(gone - named) - 0.2 * bool(named))
    if new is not None and new.values == targets:
        yield new
