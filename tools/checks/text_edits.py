"""Changes of a text by character ranges."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["TextEdit", "apply_edits", "offsets", "positions"]


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


def apply_edits(code: str, edits: Iterable[TextEdit]) -> str:
    """The code with the edits done; they may not overlap."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        pieces += code[done : edit.start], edit.text
        done = edit.end
    return "".join([*pieces, code[done:]])


def offsets(code: str) -> Callable[[dict[str, int]], int]:
    """A function that gives the offset of a 1-based `row` and `column`, both counted in characters."""
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return lambda place: starts[place["row"] - 1] + place["column"] - 1


def positions(code: str) -> Callable[[ast.AST], tuple[int, int]]:
    """A function that gives the character range of a Python node of this code."""
    lines = code.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(line: int, column: int) -> int:
        text = lines[line - 1]
        return starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode("utf-8", "ignore")))

    def place(node: ast.AST) -> tuple[int, int]:
        return (
            offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0)),
            offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)),
        )

    return place
