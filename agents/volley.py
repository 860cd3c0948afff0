"""Drafts of a small model: several at once, each run as it comes, and no more than it takes."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agents.attempt import Attempt, Sampling
from agents.candidates import Trial
from agents.code_generator import CodeGenerator
from agents.mender import unusable, without_code
from agents.strategy import Move, code_key
from agents.task import Draft, Task
from tools.errors import MalformedAnswer, ModelError

__all__ = ["Volley", "as_they_come", "shoot"]

_COOL, _WARM = 0.2, 0.8
_WARMER_EACH_TIME = 0.1
_WARMEST = 1.0
_ENOUGH = 2
"""Drafts that pass the examples: the second tells what the first is worth."""


@dataclass(frozen=True, slots=True)
class Volley:
    """What came of asking several times."""

    trials: tuple[Trial, ...] = ()
    """New programs that were run, in the order in which they came."""
    copies: tuple[Trial, ...] = ()
    """Drafts that are the same program as one of `trials` that passes: each is a voice for it."""
    discarded: tuple[Attempt, ...] = ()
    """Answers without code, and copies; for the record."""


async def as_they_come(
    generator: CodeGenerator, task: Task, samplings: Sequence[Sampling], at_once: int, **options: Any
) -> AsyncGenerator[tuple[Sampling, Draft | ModelError]]:
    """Yield drafts, or why there is none, as they come; closing the generator cancels those that are being written.

    Args:
        at_once: how many are asked for at the same time.
        options: those of `CodeGenerator.draft`.
    """
    waiting, running = deque(samplings), dict[asyncio.Task[Draft], Sampling]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                sampling = waiting.popleft()
                running[asyncio.create_task(generator.draft(task, sampling=sampling, **options))] = sampling
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for one in [one for one in running if one in done]:
                sampling, error = running.pop(one), one.exception()
                if error is not None and not isinstance(error, ModelError):
                    raise error
                yield sampling, error or one.result()
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def shoot(
    generator: CodeGenerator,
    task: Task,
    count: int,
    attempt: Callable[[Draft], Awaitable[Trial]],
    earlier: Sequence[Attempt] = (),
    **options: Any,
) -> Volley:
    """Ask for `count` drafts at once, until two pass the examples.

    Args:
        attempt: checks and runs a draft.
        earlier: attempts of the run so far; what they tried is not run again, and later volleys are warmer.
        options: those of `CodeGenerator.draft`.

    Raises:
        ModelError: the last one, when nobody answered at all.
    """
    failed = {code_key(one.code, task.language) for one in earlier if one.code}
    trials, copies, discarded = dict[str, Trial](), list[Trial](), list[Attempt]()
    lost: ModelError | None = None
    coming = as_they_come(generator, task, _samplings(count, earlier), count, plain=True, **options)
    async with aclosing(coming):
        async for sampling, came in coming:
            move = Move("resample" if earlier else "draft", sampling, "one of several drafts")
            if isinstance(came, MalformedAnswer):
                discarded.append(without_code(came, move))
            elif isinstance(came, ModelError):
                lost = came
            elif (key := code_key(came.code, task.language)) in failed:
                discarded.append(unusable(came, move, "repeats an attempt", number=0))
            elif key in trials:
                copies.append(replace(trials[key], sampling=sampling))
                discarded.append(unusable(came, move, "the same code again: it agrees", number=0))
            else:
                trials[key] = replace(await attempt(came), sampling=sampling)
                failed |= set() if trials[key].passed else {key}
            if len(copies) + sum(one.passed for one in trials.values()) >= _ENOUGH:
                break
    if lost is not None and not trials and not discarded:
        raise lost
    return Volley(tuple(trials.values()), tuple(copies), tuple(discarded))


def _samplings(count: int, earlier: Sequence[Attempt]) -> list[Sampling]:
    """One cool at first, the others warm, every second one with a plan; each with a seed that was not used before."""
    first = 1 + max((one.sampling.seed for one in earlier if one.sampling.seed is not None), default=-1)
    warm = min(_WARMEST, _WARM + _WARMER_EACH_TIME * (first // count))
    seeds = range(first, first + count)
    return [Sampling(warm if seed else _COOL, seed=seed, plan_first=bool(seed % 2)) for seed in seeds]
