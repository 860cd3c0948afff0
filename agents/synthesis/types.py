"""What synthesis is asked and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agents.task import Example, Items
from sandbox.types import Language

__all__ = ["Ambiguity", "Reading", "Status", "Synthesis", "SynthesisRequest"]

Status = Literal["solved", "ambiguous", "unproven", "unsolved"]
"""`unproven`: a program fits, and the example and the words are too little to claim it."""


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """A task for the search: the words and at least one example."""

    description: str
    examples: Sequence[Example]
    deadline_s: float = 2.0
    """The last guard; the search is bounded by counted work well before it, so that answers repeat."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the task: a program that fits every example."""

    words: str
    code: Mapping[Language, str]
    output: Items
    """What this reading makes of `Ambiguity.input`."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Readings that all fit, and an input on which they differ."""

    readings: tuple[Reading, ...]
    input: Items


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The answer. `ambiguous` and `unproven` still carry the code of the reading that leads."""

    status: Status
    code: Mapping[Language, str] = field(default_factory=dict)
    """The body of a code node (all-items mode) by language."""
    item_code: Mapping[Language, str] = field(default_factory=dict)
    """The same for the mode Run Once for Each Item; empty when the program needs more than one item at a time."""
    explanation: str = ""
    confidence: float = 0.0
    """The share of right claims among development tasks of that kind (by the words left over), 0 to 1."""
    ambiguity: Ambiguity | None = None
    partial: str = ""
    """For a model's prompt: which output fields are solved, how, and which are open."""
    elapsed_ms: float = 0.0
    inputs: tuple[Items, ...] = ()
    """Mutated inputs on which the program is defined."""
    outputs: tuple[Items, ...] = ()
    """What the interpreter makes of `inputs`; both printings must agree (see `verify`)."""
