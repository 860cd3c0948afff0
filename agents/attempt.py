"""One try at a task, as it is recorded: what was asked, what came, what the proof said."""

from dataclasses import dataclass, field
from typing import Literal

from agents.case import Outcome
from agents.task import Engine
from tools.checks.report import Finding

__all__ = ["Attempt", "Sampling", "Strategy"]

Strategy = Literal[
    "memory", "synthesis", "draft", "automatic", "feedback", "resample", "other_provider", "anew", "opinion"
]
"""How the code came to be: from the memory of proven nodes, by search, first draft, a fix without a model, with the
failure explained, drawn again, drawn again from another provider, solved anew by another approach, or drawn to confirm
one that passes."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model is asked this time."""

    temperature: float = 0.2
    seed: int | None = None
    plan_first: bool = False
    """Let the model list the steps before the code: slower, steadier with small models."""
    avoid: tuple[str, ...] = ()
    """Providers to ask last."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One draft and its fate."""

    number: int
    """From 1, in the order of the run."""
    strategy: Strategy
    engine: Engine
    code: str = ""
    """Empty when no code could be read."""
    passed: bool = False
    findings: tuple[Finding, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    error: str | None = None
    """Why there is no code: the answer was unreadable, no provider answered."""
    answer: str = ""
    """The text of an unreadable answer."""
    provider: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
    tokens: int = 0
    cost_usd: float = 0.0
    duration_ms: float = 0.0

    @property
    def problem(self) -> str:
        """What went wrong, in one line: the same line twice means that we are stuck."""
        if self.error:
            return self.error
        errors = [f"{finding.rule}: {finding.message}" for finding in self.findings if finding.severity == "error"]
        failed = [f"{outcome.name}: {outcome.message}" for outcome in self.outcomes if outcome.counts_against]
        return "; ".join(errors or failed)
