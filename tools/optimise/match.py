"""What an optimisation rule finds: a suggestion, and the text edits that carry it out where they are known."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Gain", "Match", "Suggestion", "TextEdit", "apply_edits"]

Gain = Literal["speed", "readability"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that could be better."""

    type: str
    """`string_building`, `list_membership`, ...: the table in docs/checks.md has them all."""
    line: int
    """1-based."""
    message: str
    """What to do, and why it matters."""
    gain: Gain = "speed"
    """`readability` promises no speed."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A suggestion with its rewrite; without edits it is advice only."""

    suggestion: Suggestion
    edits: tuple[TextEdit, ...] = ()


def apply_edits(code: str, edits: tuple[TextEdit, ...]) -> str:
    """The code with the edits done; they may not overlap."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        code = code[: edit.start] + edit.text + code[edit.end :]
    return code
