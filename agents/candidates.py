"""Several drafts at once, and which of them to trust: chosen by what they do, not by how they read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.attempt import Attempt, Sampling
from agents.case import Outcome
from agents.code_generator import CodeGenerator
from agents.mender import unusable, without_code
from agents.strategy import Move, code_key
from agents.task import Draft, Task
from tools.checks.report import Finding
from tools.errors import MalformedAnswer, ModelError
from tools.n8n.items import rows_from, same_value

__all__ = ["Drawn", "Trial", "best_first", "draw"]

_FIRST_TEMPERATURE = 0.2
_OTHER_TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of asking several times."""

    drafts: tuple[Draft, ...]
    """Different programs, the coolest sample first."""
    discarded: tuple[Attempt, ...]
    """Answers without code, and copies."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate and what it did."""

    draft: Draft
    findings: tuple[Finding, ...] = ()
    """Of the checks; an error among them refused it before it ran."""
    outcomes: tuple[Outcome, ...] = ()
    """Of the same cases in the same order for every candidate that ran."""
    sampling: Sampling = field(default_factory=Sampling)
    """How the model was asked for it."""

    @property
    def refused(self) -> bool:
        """Whether a check refused it."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def passed(self) -> bool:
        """Whether it ran and nothing that binds speaks against it."""
        return not self.refused and bool(self.outcomes) and not _failed_binding(self)


async def draw(generator: CodeGenerator, task: Task, count: int, *, seed: int = 0, **options: Any) -> Drawn:
    """Ask for `count` drafts concurrently: one cool, the others warm, each with its own seed.

    Args:
        options: those of `CodeGenerator.draft`.

    Raises:
        ModelError: of the first, when none of them brought a text at all.
    """
    samplings = [Sampling(_FIRST_TEMPERATURE if not n else _OTHER_TEMPERATURE, seed=seed + n) for n in range(count)]
    asked = [generator.draft(task, sampling=sampling, **options) for sampling in samplings]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    drafts: dict[str, Draft] = {}
    discarded: list[Attempt] = []
    for sampling, answer in zip(samplings, answers, strict=True):
        move = Move("draft", sampling, "one of several candidates")
        if isinstance(answer, Draft):
            key = code_key(answer.code, task.language)
            if key in drafts:
                discarded.append(unusable(answer, move, "repeats another candidate", number=len(discarded) + 1))
            drafts.setdefault(key, answer)
        elif isinstance(answer, MalformedAnswer):
            discarded.append(without_code(answer, move, number=len(discarded) + 1))
        elif not isinstance(answer, ModelError):
            raise answer
    if not drafts and not discarded:
        raise next(answer for answer in answers if isinstance(answer, BaseException))
    return Drawn(tuple(drafts.values()), tuple(discarded))


def best_first(trials: Sequence[Trial]) -> list[Trial]:
    """Order candidates: passes the checks, passes the examples, does not break on generated cases, agrees, is short.

    Agreement is the number of other candidates, among those that pass the examples, which give the same output on a
    generated input: independent drafts are seldom wrong in the same way.
    """
    fit = [trial for trial in trials if not trial.refused and not _failed_binding(trial)]

    def rank(trial: Trial) -> tuple[bool, int, int, int, int]:
        generated = [outcome for outcome in trial.outcomes if not outcome.binding]
        return (
            trial.refused or not trial.outcomes,
            _failed_binding(trial),
            sum(not outcome.passed for outcome in generated),
            -sum(_agrees(trial, other) for other in fit if other is not trial) if trial in fit else 0,
            len(trial.draft.code),
        )

    return sorted(trials, key=rank)


def _failed_binding(trial: Trial) -> int:
    return sum(outcome.counts_against for outcome in trial.outcomes)


def _agrees(trial: Trial, other: Trial) -> int:
    """On how many generated inputs two candidates give the same rows."""
    pairs = zip(trial.outcomes, other.outcomes, strict=False)
    return sum(
        one.error_type is None and two.error_type is None and same_value(rows_from(one.actual), rows_from(two.actual))
        for one, two in pairs
        if not one.binding
    )
