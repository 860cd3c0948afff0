"""What the optimiser answers: suggestions, the code to use, and the evidence."""

from dataclasses import dataclass
from typing import Literal

from tools.charts import draw_lines
from tools.checks.report import Complexity
from tools.optimise.match import Suggestion

__all__ = ["Measurement", "Optimisation", "Proof", "Verdict"]

Verdict = Literal["faster", "readability", "unchanged", "unproven"]
"""`faster`: equal and at least 10 % faster beyond noise. `readability`: equal, not slower, easier to read.

`unchanged`: nothing to rewrite, or no rewrite was equal and faster. `unproven`: the original could not be run."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Original and rewrite on one input, the best of several runs, milliseconds inside the sandbox."""

    size: int
    """Number of items."""
    original_ms: float
    optimised_ms: float

    @property
    def speedup(self) -> float:
        """How many times faster the rewrite is."""
        return self.original_ms / self.optimised_ms if self.optimised_ms > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Proof:
    """Why the answer is what it is."""

    verdict: Verdict
    reason: str
    """In words; says what was not tried, too."""
    inputs: Literal["example", "derived", "self-contained", "none"] = "none"
    """Where the inputs came from: grown from the example, read off the code, or the code needs none."""
    compared: int = 0
    """Inputs on which original and rewrite gave equal results (or failed alike)."""
    measurements: tuple[Measurement, ...] = ()
    noise: float = 0.0
    """How far the second best run was from the best, as a share of it, at the size that decided."""
    applied: tuple[str, ...] = ()
    """Types of the rewrites that are in the code."""
    rejected: tuple[str, ...] = ()
    """Types of the rewrites that were tried and given up: not equal, or no gain."""


@dataclass(frozen=True, slots=True)
class Optimisation:
    """The whole answer of `/optimize`."""

    code: str
    """The rewrite, or the original when nothing was proven."""
    changed: bool
    suggestions: tuple[Suggestion, ...]
    original_complexity: Complexity
    optimised_complexity: Complexity
    proof: Proof

    @property
    def complexity_score_reduction(self) -> int:
        """How much the complexity score fell; negative when speed cost some simplicity."""
        return self.original_complexity.complexity_score - self.optimised_complexity.complexity_score

    @property
    def speedup(self) -> float | None:
        """At the largest size that was measured; None without a rewrite."""
        return round(self.proof.measurements[-1].speedup, 2) if self.proof.measurements else None

    @property
    def chart_svg(self) -> str | None:
        """Time against the number of items, original and rewrite, as SVG text; None when fewer than two sizes ran."""
        measured = self.proof.measurements
        if len(measured) < 2:
            return None
        lines = {
            "original": [one.original_ms for one in measured],
            "optimised": [one.optimised_ms for one in measured],
        }
        return draw_lines("Time of one run", "ms against items", [one.size for one in measured], lines)
