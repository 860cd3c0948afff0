"""One input on which a draft is tried, what must hold there and how we know: the oracle."""

from dataclasses import dataclass
from typing import Any, Literal

from agents.task import Items

__all__ = ["Case", "Oracle", "Outcome"]

Oracle = Literal["example", "property", "agreement", "model"]
"""`example`: the user said so. `property`: it follows from the task or from n8n. `agreement`: independent drafts say
the same. `model`: a model wrote the expectation."""


@dataclass(frozen=True, slots=True)
class Case:
    """An input with its expectation."""

    name: str
    input: Items
    oracle: Oracle
    expected: Items | None = None
    """`None`: no value is known, `rule` says what must hold."""
    rule: str = "runs"
    """Name of the property that is checked (`agents.properties`), for oracles without a value."""
    binding: bool = False
    """Whether a failure refuses the draft; only the user's examples and n8n's own rules do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a draft did on one case."""

    name: str
    oracle: Oracle
    passed: bool
    binding: bool = False
    message: str = ""
    """What differs, in one line, when it failed."""
    input: Any = None
    expected: Any = None
    actual: Any = None
    """What came out: items, or whatever the code returned."""
    error_type: str | None = None
    """The exception of the draft, when it raised one."""
    line: int | None = None
    """1-based line of the draft that raised."""
    duration_ms: float = 0.0

    @property
    def counts_against(self) -> bool:
        """Whether this refuses the draft: a generated case never overrules the user's example."""
        return self.binding and not self.passed
