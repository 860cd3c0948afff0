"""Runs variants of a piece of code on the same inputs: whether they agree, and which is better beyond the noise."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sandbox.types import Dialect, ExecutionRequest, ExecutionResult, Language, Limits, NodeRules
from tools.checks import Complexity, measure_complexity
from tools.n8n.items import rows_from, same_value

__all__ = ["Comparison", "Difference", "Spread", "Variant", "VariantReport", "Verdict", "compare"]

Execute = Callable[[ExecutionRequest], Awaitable[Sequence[ExecutionResult]]]
"""Runs the code once for each context, without a cache: a cached time is no measure."""
_BEYOND_NOISE = 1.1
"""A ratio of medians that is worth mentioning when the spreads do not touch either."""
_RUNS_A_ROUND = 20
"""Contexts of one child in one round: short inputs are repeated, so that one run's jitter does not decide."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the candidates."""

    name: str
    code: str
    language: Language
    dialect: Dialect = "auto"


@dataclass(frozen=True, slots=True)
class Spread:
    """A measured quantity: median and the quartiles around it."""

    median: float
    low: float
    """First quartile."""
    high: float
    """Third quartile."""
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread | None":
        """Sum values up; `None` when there is none."""
        if len(values) < 2:
            return cls(values[0], values[0], values[0], 1) if values else None
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(round(median, 4), round(low, 4), round(high, 4), len(values))

    def is_clearly_below(self, other: "Spread") -> bool:
        """Whether it is at least a tenth smaller, and the two spreads do not touch."""
        return self.high < other.low and self.median * _BEYOND_NOISE <= other.median


@dataclass(frozen=True, slots=True)
class VariantReport:
    """How one variant did."""

    name: str
    language: Language
    succeeded: bool
    """It ran on every input."""
    meets_expected: bool | None
    """Its outputs are the expected ones; `None` when none were given."""
    outputs: Sequence[Any]
    """One for each input; an error's message where it failed."""
    error: str | None
    """Of the first input it failed on."""
    complexity: Complexity
    time_ms: Spread | None
    """Of one pass over all inputs, by the child's own clock; `None` when it did not run."""
    memory_mb: Spread | None
    """Peak of its child in each round, where the sandbox measures it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An input on which two variants disagree."""

    input_index: int
    between: tuple[str, str]
    outputs: tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to take, and why; no winner when they are as good as each other, or do different things."""

    winner: str | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All variants side by side."""

    equal: bool
    """All ran, and gave the same outputs."""
    variants: Sequence[VariantReport]
    differences: Sequence[Difference]
    verdict: Verdict


@dataclass(slots=True)
class _Trial:
    """A variant while it is measured."""

    variant: Variant
    results: Sequence[ExecutionResult] = ()
    times_ms: list[float] = field(default_factory=list)
    peaks_mb: list[float] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return all(result.success for result in self.results)

    @property
    def outputs(self) -> list[Any]:
        return [result.result if result.success else _failure(result) for result in self.results]


async def compare(
    variants: Sequence[Variant],
    contexts: list[dict[str, Any]],
    execute: Execute,
    *,
    expected: Sequence[Any] | None = None,
    rounds: int = 9,
    limits: Limits | None = None,
    rules: NodeRules | None = None,
) -> Comparison:
    """Run two or more variants on the same inputs and judge them.

    Args:
        variants: with different names.
        contexts: one mapping of names for each input (`{"items": [...]}`).
        execute: the sandbox; every variant runs `1 + rounds` times in it.
        expected: the right output for each input; a variant that misses one cannot win.
        rounds: measured rounds, in which the variants take turns, so that the machine's moods meet them alike.
        limits: of one execution.
        rules: needed by variants of the dialect `node`.
    """
    trials = [_Trial(variant) for variant in variants]
    for trial in trials:
        trial.results = await execute(_request(trial.variant, contexts, limits, rules))
    alive = [trial for trial in trials if trial.succeeded]
    repeats = max(1, _RUNS_A_ROUND // max(1, len(contexts)))
    for _ in range(rounds):
        for trial in alive:
            # The child's first run pays for its start: it warms up and is not counted.
            _, *results = await execute(_request(trial.variant, [contexts[0], *(contexts * repeats)], limits, rules))
            trial.peaks_mb += _peak(results)
            if all(result.success for result in results):
                trial.times_ms.append(sum(result.execution_time_ms for result in results) / repeats)
    reports = [_report(trial, expected) for trial in trials]
    differences = _differences(trials)
    equal = len(alive) == len(trials) and not differences
    return Comparison(equal, reports, differences, _judge(reports, equal=equal))


def _request(
    variant: Variant, contexts: Sequence[dict[str, Any]], limits: Limits | None, rules: NodeRules | None
) -> ExecutionRequest:
    return ExecutionRequest(
        variant.code,
        variant.language,
        contexts,
        variant.dialect,
        limits or Limits(),
        rules if variant.dialect == "node" else None,
    )


def _peak(results: Sequence[ExecutionResult]) -> list[float]:
    """The most memory that any of them took, or nothing where none was measured."""
    measured = [result.peak_memory_mb for result in results if result.peak_memory_mb is not None]
    return [max(measured)] if measured else []


def _failure(result: ExecutionResult) -> str:
    return f"{result.error.type}: {result.error.message}" if result.error else "failed"


def _report(trial: _Trial, expected: Sequence[Any] | None) -> VariantReport:
    right = None if expected is None else trial.succeeded and all(map(_same, trial.outputs, expected))
    return VariantReport(
        name=trial.variant.name,
        language=trial.variant.language,
        succeeded=trial.succeeded,
        meets_expected=right,
        outputs=trial.outputs,
        error=next((_failure(result) for result in trial.results if not result.success), None),
        complexity=measure_complexity(trial.variant.code, trial.variant.language),
        time_ms=Spread.of(trial.times_ms),
        memory_mb=Spread.of(trial.peaks_mb or _peak(trial.results)),
    )


def _same(left: Any, right: Any) -> bool:
    return same_value(rows_from(left), rows_from(right))


def _differences(trials: Sequence[_Trial]) -> list[Difference]:
    """Each variant against the one before it; being the same is passed on along the row."""
    return [
        Difference(index, (one.variant.name, other.variant.name), (left, right))
        for one, other in pairwise(trials)
        for index, (left, right) in enumerate(zip(one.outputs, other.outputs, strict=True))
        if not _same(left, right)
    ]


def _judge(reports: Sequence[VariantReport], *, equal: bool) -> Verdict:
    """Right before fast, fast before simple."""
    reasons = [f"{report.name} fails: {report.error}" for report in reports if not report.succeeded]
    reasons += [f"{report.name} misses the expected output" for report in reports if report.meets_expected is False]
    fit = [report for report in reports if report.succeeded and report.meets_expected is not False]
    if not fit:
        return Verdict(None, reasons)
    if len(fit) == 1 and len(reports) > 1:
        return Verdict(fit[0].name, [*reasons, f"{fit[0].name} is the only one left"])
    if not equal and all(report.meets_expected is None for report in fit):
        return Verdict(None, [*reasons, "they give different outputs, and no expected output says which is right"])
    return _choose(fit, reasons)


def _choose(fit: Sequence[VariantReport], reasons: list[str]) -> Verdict:
    by_time = sorted((report for report in fit if report.time_ms), key=_median_ms)
    if len(by_time) > 1:
        first, second = by_time[0], by_time[1]
        ratio = _median_ms(second) / max(_median_ms(first), 1e-6)
        if first.time_ms and second.time_ms and first.time_ms.is_clearly_below(second.time_ms):
            return Verdict(first.name, [*reasons, f"{first.name} takes 1/{ratio:.2f} of the time of {second.name}"])
        reasons = [*reasons, f"{first.name} and {second.name} take the same time within the noise"]
    by_score = sorted(fit, key=_score)
    if _score(by_score[0]) < _score(by_score[1]):
        words = f"{by_score[0].name} is simpler: complexity {_score(by_score[0])} against {_score(by_score[1])}"
        return Verdict(by_score[0].name, [*reasons, words])
    return Verdict(None, [*reasons, "they are as simple as each other"])


def _median_ms(report: VariantReport) -> float:
    return report.time_ms.median if report.time_ms else float("inf")


def _score(report: VariantReport) -> float:
    return report.complexity.complexity_score
