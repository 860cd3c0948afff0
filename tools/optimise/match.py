"""What an optimisation rule finds: a suggestion, and the text edits that carry it out where they are known."""

from dataclasses import dataclass
from typing import Literal

from tools.checks.text_edits import TextEdit

__all__ = ["Gain", "Match", "Suggestion"]

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
class Match:
    """A suggestion with its rewrite; without edits it is advice only."""

    suggestion: Suggestion
    edits: tuple[TextEdit, ...] = ()
