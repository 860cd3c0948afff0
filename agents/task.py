"""What is asked, and the code that answers it before anything is proven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.types import Language, Mode

__all__ = ["Draft", "Engine", "Example", "Items", "Task"]

Items = list[dict[str, Any]]
"""n8n items: `[{"json": {...}}, ...]`."""
Engine = Literal["synthesis", "model", "synthesis+model", "memory"]


@dataclass(frozen=True, slots=True)
class Example:
    """Input items and the output items they must become."""

    input: Items
    output: Items


@dataclass(frozen=True, slots=True)
class Task:
    """One request, normalised."""

    description: str
    language: Language = "javascript"
    """What the delivered code is written in; `auto` was decided before."""
    mode: Mode = "runOnceForAllItems"
    examples: Sequence[Example] = ()
    persona: str = "terry"


@dataclass(frozen=True, slots=True)
class Draft:
    """Code not yet proved: the body of a code node in the task's language and mode."""

    code: str
    engine: Engine
    mode: Mode = "runOnceForAllItems"
    explanation: str = ""
    """The program in plain words."""
    confidence: float | None = None
    """Synthesis only: the calibrated share of such answers that are right on unseen inputs."""
    provider: str | None = None
    tokens: int = 0
    cost_usd: float = 0.0
    duration_ms: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)
