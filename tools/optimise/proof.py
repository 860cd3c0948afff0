"""Whether a rewrite is equal to the original and faster, by running both in the sandbox."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.types import ExecutionRequest, ExecutionResult, Language, Limits
from tools.n8n.items import same_value
from tools.optimise.inputs import Inputs
from tools.optimise.outcome import Measurement

__all__ = [
    "DEADLINE_S",
    "LONGEST_RUN_MS",
    "MIN_GAIN",
    "SIZES",
    "Bench",
    "Deadline",
    "Execute",
    "OutOfTime",
    "Timing",
    "agree",
]

Execute = Callable[[ExecutionRequest], Awaitable[list[ExecutionResult]]]
SIZES = (1, 10, 1_000, 10_000)
MIN_GAIN = 0.10
"""A rewrite must save at least this share of the time."""
_NOTHING_MS = 0.2
"""A run's own jitter: less is no loss."""
_MANY = 1_000
"""Where so many items do not run to the end, more will not."""
_SAMPLES = 5
_ROUNDS = 4
_STEADY = 0.1
"""Rounds end early when the best two runs of both are as near as this."""
DEADLINE_S = 8.0
"""Seconds for the whole proof: every run of the original and of its rewrites."""
_TIMEOUT_S = 10.0
_QUICK_TIMEOUT_S = 2.0
LONGEST_RUN_MS = 1_500.0
"""No larger size is tried when one run of it may take longer than this."""
_SLOW_MS = 150.0
"""Runs that may take longer are measured fewer times."""
_QUADRATIC_MS = 5.0
"""A run longer than this is taken to grow with the square of its input, until it shows otherwise."""


class OutOfTime(Exception):
    """The proof has used the seconds it was given."""


class Deadline:
    """The seconds that are left to a proof."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end_s = time.monotonic() + seconds

    def left_s(self) -> float:
        """Seconds left.

        Raises:
            OutOfTime: when there are none.
        """
        left_s = self._end_s - time.monotonic()
        if left_s <= 0:
            raise OutOfTime
        return left_s


@dataclass(frozen=True, slots=True)
class Timing:
    """Measurements of one pair, and how sure they are."""

    measurements: tuple[Measurement, ...]
    noise: float
    stopped: str = ""
    """Why the largest size was not measured; empty when it was."""

    @property
    def is_faster(self) -> bool:
        """Whether the gain at the largest size is at least `MIN_GAIN`, and beyond the noise."""
        if not self.measurements:
            return False
        last = self.measurements[-1]
        saved = 1 - last.optimised_ms / last.original_ms if last.original_ms > 0 else 0.0
        return saved >= MIN_GAIN and saved > self.noise

    @property
    def is_slower(self) -> bool:
        """Whether the rewrite costs more than the noise at the largest size."""
        if not self.measurements:
            return False
        last = self.measurements[-1]
        lost_ms = last.optimised_ms - last.original_ms
        return lost_ms > max(_NOTHING_MS, last.original_ms * max(MIN_GAIN, self.noise))


class Bench:
    """Runs programs of one language on inputs of one kind."""

    def __init__(self, execute: Execute, language: Language, inputs: Inputs, deadline: Deadline) -> None:
        self._execute = execute
        self._language = language
        self._deadline = deadline
        self.inputs = inputs
        self.contexts = list(inputs.small())

    async def outputs(self, code: str) -> list[ExecutionResult]:
        """What the code answers to the small inputs.

        Raises:
            OutOfTime: when the proof's deadline passes.
        """
        return await self._run(code, self.contexts, _QUICK_TIMEOUT_S)

    async def time(
        self, original: str, rewrite: str, sizes: Sequence[int] = SIZES, longest_run_ms: float = LONGEST_RUN_MS
    ) -> Timing:
        """Time both on growing inputs, in turns; stop where either fails or a run may take longer than that."""
        measured: list[Measurement] = []
        noise, stopped = 0.0, ""
        for size in [1] if self.inputs.source == "self-contained" else sizes:
            expected_ms = _predicted(measured, size)
            if expected_ms > longest_run_ms:
                stopped = f"{size} items may take the original {expected_ms / 1000:.1f} s and were left out"
                break
            try:
                pair = await self._pair(original, rewrite, size, 2 if expected_ms > _SLOW_MS else _SAMPLES)
            except OutOfTime:
                stopped = f"{size} items were not measured within the proof's {self._deadline.seconds:g} s"
                break
            if pair is None:
                stopped = f"{size} items did not run to the end"
                if size >= _MANY:
                    break
                continue
            measurement, noise = pair
            stopped = ""
            measured.append(measurement)
        return Timing(tuple(measured), noise, stopped)

    async def _pair(self, original: str, rewrite: str, size: int, samples: int) -> tuple[Measurement, float] | None:
        context = self.inputs.context(size)
        times: dict[str, list[float]] = {original: [], rewrite: []}
        answers: dict[str, list[ExecutionResult]] = {}
        for round_ in range(_ROUNDS):
            try:
                for code, found in times.items():
                    answers[code] = await self._run(code, [context] * samples, _TIMEOUT_S)
                    found.extend(_cost(result) for result in answers[code] if result.success)
                    if len(found) < 2:
                        return None
            except OutOfTime:
                if round_ == 0:
                    raise
                break
            if max(map(_spread, times.values())) < _STEADY:
                break
        if not _equal(answers[original][-1], answers[rewrite][-1]):
            return None
        old, new = (min(found) for found in times.values())
        return Measurement(size, round(old, 4), round(new, 4)), max(map(_spread, times.values()))

    async def _run(self, code: str, contexts: Sequence[dict[str, Any]], timeout_s: float) -> list[ExecutionResult]:
        left_s = self._deadline.left_s()
        request = ExecutionRequest(
            code, self._language, tuple(contexts), limits=Limits(timeout_s=min(timeout_s, left_s))
        )
        try:
            async with asyncio.timeout(left_s):  # one input may take the timeout, and there are dozens
                return await self._execute(request)
        except TimeoutError as exc:
            raise OutOfTime from exc


def agree(left: Sequence[ExecutionResult], right: Sequence[ExecutionResult]) -> bool:
    """Whether two programs answered alike everywhere: equal results, or errors of one type."""
    return len(left) == len(right) and all(map(_equal, left, right))


def _equal(left: ExecutionResult, right: ExecutionResult) -> bool:
    if left.success != right.success or left.stdout != right.stdout:
        return False
    if not left.success:
        return (left.error.type if left.error else "") == (right.error.type if right.error else "")
    return same_value(left.result, right.result)


def _cost(result: ExecutionResult) -> float:
    return result.run_time_ms if result.run_time_ms is not None else result.execution_time_ms


def _spread(times: Sequence[float]) -> float:
    """How far the second best is from the best: other work on the machine only ever makes a run slower."""
    best, second = sorted(times)[:2]
    return (second - best) / best if best > 0 else 0.0


def _predicted(measured: Sequence[Measurement], size: int) -> float:
    """The most milliseconds that one run of the original is likely to take at this size."""
    if not measured:
        return 0.0
    last = measured[-1]
    power = 2 if last.original_ms - measured[0].original_ms > _QUADRATIC_MS else 1
    return last.original_ms * float(size / last.size) ** power
