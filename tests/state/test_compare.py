"""Variants are judged right before fast, fast before simple, and never beyond the noise."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from sandbox import Sandbox, SandboxConfig
from sandbox.types import ExecutionError, ExecutionRequest, ExecutionResult
from tools.compare import Spread, Variant, compare

CONTEXTS = [{"items": [{"json": {"n": n}}]} for n in (1, 2)]


class Scripted:
    """Runs `answer`, in the times that are given for each code in turn."""

    def __init__(self, times_ms: Mapping[str, Sequence[float]], answers: dict[str, Any] | None = None) -> None:
        self._times = {code: list(times) for code, times in times_ms.items()}
        self._answers = answers or {}
        self._round = dict.fromkeys(times_ms, 0)

    async def __call__(self, request: ExecutionRequest) -> Sequence[ExecutionResult]:
        times, turn = self._times[request.code], self._round[request.code]
        self._round[request.code] += 1
        answer = self._answers.get(request.code, "same")
        if isinstance(answer, Exception):
            error = ExecutionError(type(answer).__name__, str(answer))
            return [ExecutionResult(success=False, error=error) for _ in request.contexts]
        return [
            ExecutionResult(success=True, result=answer, execution_time_ms=times[turn % len(times)], peak_memory_mb=3.5)
            for _ in request.contexts
        ]


def variants(*codes: str) -> list[Variant]:
    return [Variant(name, code, "python") for name, code in zip("abc", codes, strict=False)]


SLOW, FAST = "result = [n for n in [1]]", "result = [1]"


async def test_the_faster_of_equals_wins_beyond_the_noise() -> None:
    comparison = await compare(variants(SLOW, FAST), CONTEXTS, Scripted({SLOW: [9, 10, 11], FAST: [4, 5, 6]}))

    assert comparison.equal
    assert comparison.differences == []
    assert comparison.verdict.winner == "b"
    assert comparison.verdict.reasons == ["b takes 1/2.00 of the time of a"]
    assert comparison.variants[0].memory_mb == Spread(3.5, 3.5, 3.5, 9)


async def test_within_the_noise_the_simpler_one_wins() -> None:
    times = {SLOW: [4, 9, 14], FAST: [3, 8, 13]}

    comparison = await compare(variants(SLOW, FAST), CONTEXTS, Scripted(times))

    assert comparison.verdict.winner == "b"
    assert comparison.verdict.reasons[0] == "b and a take the same time within the noise"
    assert comparison.verdict.reasons[1].startswith("b is simpler: complexity")


async def test_equals_in_everything_have_no_winner() -> None:
    comparison = await compare(variants(FAST, FAST + " "), CONTEXTS, Scripted({FAST: [5, 6, 7], FAST + " ": [5, 6, 7]}))

    assert comparison.verdict.winner is None
    assert comparison.verdict.reasons[-1] == "they are as simple as each other"


async def test_different_outputs_are_shown_and_have_no_winner() -> None:
    run = Scripted({SLOW: [1], FAST: [2]}, {SLOW: [{"json": {"n": 1}}], FAST: [{"json": {"n": 2}}]})

    comparison = await compare(variants(SLOW, FAST), CONTEXTS, run)

    assert not comparison.equal
    assert [(difference.input_index, difference.between) for difference in comparison.differences] == [
        (0, ("a", "b")),
        (1, ("a", "b")),
    ]
    assert comparison.verdict.winner is None
    assert "no expected output says which is right" in comparison.verdict.reasons[-1]


async def test_the_right_one_wins_though_it_is_slower() -> None:
    run = Scripted({SLOW: [9], FAST: [1]}, {SLOW: [{"json": {"n": 1.0}}], FAST: [{"json": {"n": 2}}]})

    comparison = await compare(variants(SLOW, FAST), CONTEXTS, run, expected=[{"n": 1}, {"n": 1}])

    assert [report.meets_expected for report in comparison.variants] == [True, False]
    assert comparison.verdict.winner == "a"
    assert comparison.verdict.reasons == ["b misses the expected output", "a is the only one left"]


async def test_one_that_fails_cannot_win_and_its_error_is_shown() -> None:
    run = Scripted({SLOW: [9], FAST: [1]}, {FAST: KeyError("total")})

    comparison = await compare(variants(SLOW, FAST), CONTEXTS, run)

    assert comparison.verdict.winner == "a"
    assert comparison.verdict.reasons[0] == "b fails: KeyError: 'total'"
    assert comparison.variants[1].time_ms is None


async def test_when_all_fail_nobody_wins() -> None:
    run = Scripted({SLOW: [9], FAST: [1]}, {FAST: KeyError("x"), SLOW: KeyError("y")})

    assert (await compare(variants(SLOW, FAST), CONTEXTS, run)).verdict.winner is None


@pytest.mark.parametrize(
    ("left", "right", "clearly"),
    [
        ([1, 1, 1], [2, 2, 2], True),
        ([1.0, 1.0, 1.0], [1.05, 1.05, 1.05], False),
        ([1, 2, 3], [2, 3, 4], False),
    ],
    ids=["apart", "less-than-a-tenth", "touching"],
)
def test_a_spread_is_clearly_below_another_or_not(left: Sequence[float], right: Sequence[float], clearly: bool) -> None:
    one, other = Spread.of(left), Spread.of(right)

    assert one is not None
    assert other is not None
    assert one.is_clearly_below(other) is clearly


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(SandboxConfig()) as opened:
        yield opened


@pytest.mark.jail
async def test_real_variants_are_measured_in_the_sandbox(sandbox: Sandbox) -> None:
    quadratic = "total = ''\nfor n in range(4000):\n    total = str(n) + total\nreturn [{'json': {'n': len(total)}}]"
    linear = "return [{'json': {'n': sum(len(str(n)) for n in range(4000))}}]"

    comparison = await compare(variants(quadratic, linear), [{"items": []}], sandbox.execute, rounds=5)

    assert comparison.equal, comparison
    assert comparison.verdict.winner in {"b", None}
    assert all(report.time_ms is not None and report.time_ms.median > 0 for report in comparison.variants)
