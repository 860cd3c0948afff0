"""Parts of texts in plain words: where they start and end, and which run of characters they are."""

from typing import Any

from agents.synthesis.operators.positions import CLASSES

__all__ = ["part_in_words", "run_in_words"]

_ORDINALS = {
    0: "first",
    1: "second",
    2: "third",
    3: "fourth",
    4: "fifth",
    -1: "last",
    -2: "last but one",
}
Position = tuple[Any, ...]


def part_in_words(text: str, start: Position, end: Position) -> str:
    """Say which part of a text lies between two positions."""
    if start == (0,) and len(end) == 1:
        return text if end[0] is None else _counted(text, end[0], "first", "last")
    if end == (None,) and len(start) == 1:
        return _counted(text, -start[0], "last", "first")
    if start == (0,):
        return f"the part of {text} {_beside(end, 'before', 'up to')}"
    if end == (None,):
        return f"the part of {text} {_beside(start, 'from', 'after')}"
    if len(start) == len(end) == 3 and (start[2], end[2]) == (1, 0):
        return f"the part of {text} between {_mark(start)} and {_mark(end)}"
    return f"the part of {text} from {_place(start)} to {_place(end)}"


def run_in_words(text: str, name: str, index: int) -> str:
    """Say which run of a class of characters is meant."""
    return f"the {_ordinal(index)} run of {CLASSES[name].says} in {text}"


def _counted(text: str, count: int, kept: str, dropped: str) -> str:
    """A number of characters kept at one end, or, when negative, dropped at the other."""
    characters = "character" if abs(count) == 1 else f"{abs(count)} characters"
    return f"the {kept} {characters} of {text}" if count > 0 else f"{text} without its {dropped} {characters}"


def _beside(at: Position, before: str, after: str) -> str:
    return f"{after if at[2] else before} {_mark(at)}"


def _place(at: Position) -> str:
    if len(at) == 3:
        return _beside(at, "the start of", "the end of")
    count = at[0]
    if count in (0, None):
        return "the start" if count == 0 else "the end"
    characters = "character" if abs(count) == 1 else f"{abs(count)} characters"
    return f"after the first {characters}" if count > 0 else f"before the last {characters}"


def _mark(at: Position) -> str:
    name, index, _ = at
    if name == "= ":
        return f"the {_ordinal(index)} space"
    return (
        f'the {_ordinal(index)} "{name[1:]}"'
        if name.startswith("=")
        else f"the {_ordinal(index)} run of {CLASSES[name].says}"
    )


def _ordinal(index: int) -> str:
    return _ORDINALS.get(index, f"{index + 1}th" if index >= 0 else f"{-index}th from the end")
