"""Asks for second opinions on a model's draft that passes the examples: one example proves little."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agents.agreement import agree, parting
from agents.attempt import Attempt, Sampling
from agents.candidates import Trial
from agents.case import Outcome
from agents.mender import unusable, without_code
from agents.strategy import Move, code_key
from agents.task import Draft, Task
from agents.tester import drops_fields
from graph.drafting import Drafting, Try, recorded
from tools.errors import MalformedAnswer, ModelError

__all__ = ["Compare", "Confirmed", "confirm"]

Compare = Callable[[Draft], Awaitable[list[Outcome]]]
"""Runs a draft on inputs whose output nobody knows; the same ones for every draft."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What independent drafts say of one that passes the examples."""

    trial: Trial
    """The draft to deliver: another one, when others agree with each other and not with it."""
    asked: tuple[Attempt, ...] = ()
    """The further drafts, for the record."""
    ambiguity: dict[str, Any] | None = None
    """Where two drafts part that both pass the examples; nothing is claimed then."""
    doubt: str | None = None
    """Why nothing is claimed, when there is nothing to show."""
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class _Opinion:
    trial: Trial
    compared: list[Outcome]


async def confirm(
    drafting: Drafting,
    task: Task,
    trial: Trial,
    count: int,
    attempt: Try,
    compare: Compare,
    known: Sequence[Trial] = (),
    **asking: Any,
) -> Confirmed:
    """Draw up to `count` further drafts, until two that pass the examples do the same on inputs without an example.

    Args:
        trial: the draft that passes the examples.
        known: others that pass them and were drawn as blindly: they are heard before anybody is asked.
        asking: `rules`, `hints`, `similar`, `budget`, as for `CodeGenerator.draft`.
    """
    pool, asked = [_Opinion(trial, await compare(trial.draft))], list[Attempt]()
    for one in known:
        if partner := await _heard(pool, one, task, compare):
            return _chosen(partner, pool, asked)
    samplings = [Sampling(temperature=0.8, seed=1000 + number) for number in range(1, count + 1)]
    coming = drafting.others(task, samplings, **asking)
    async with aclosing(coming):
        async for sampling, came in coming:
            move = Move("opinion", sampling, "one example proves little")
            if isinstance(came, MalformedAnswer):
                asked.append(without_code(came, move))
                continue
            if isinstance(came, ModelError):
                if not asked and not known:
                    return Confirmed(trial, warning=f"No second opinion on the draft: {came}")
                break
            same = next((one.trial for one in pool if _is_same(one.trial.draft, came, task)), None)
            if same is not None:
                asked.append(unusable(came, move, "the same code again: it agrees", number=0))
                return _chosen(same, pool, asked)
            new = await attempt(came)
            asked.append(recorded(new, 0, move.strategy, sampling))
            if new.passed and (partner := await _heard(pool, new, task, compare)):
                return _chosen(partner, pool, asked)
    return _unsettled(pool, asked, len(known) + len(asked))


async def _heard(pool: list[_Opinion], new: Trial, task: Task, compare: Compare) -> Trial | None:
    """Give the draft that a new one agrees with; without any it is one more opinion."""
    same = next((one.trial for one in pool if _is_same(one.trial.draft, new.draft, task)), None)
    if same is not None or (drops_fields(new.outcomes) and not drops_fields(pool[0].trial.outcomes)):
        return same  # what loses a field that the other one keeps is no other reading, it is a mistake
    opinion = _Opinion(new, await compare(new.draft))
    partner = next((one.trial for one in pool if agree(one.compared, opinion.compared)), None)
    if partner is None:
        pool.append(opinion)
    return partner


def _is_same(one: Draft, other: Draft, task: Task) -> bool:
    return code_key(one.code, task.language) == code_key(other.code, task.language)


def _chosen(trial: Trial, pool: Sequence[_Opinion], asked: Sequence[Attempt]) -> Confirmed:
    """Deliver the draft that another one agrees with; the record then lists the one it replaces."""
    first = pool[0].trial
    if trial is first:
        return Confirmed(trial, tuple(asked))
    others = [one for one in asked if one.code != trial.draft.code]
    replaced = recorded(first, 0)
    return Confirmed(trial, (replaced, *others))


def _unsettled(pool: Sequence[_Opinion], asked: Sequence[Attempt], others: int) -> Confirmed:
    first = pool[0]
    for other in pool[1:]:
        at = parting(first.compared, other.compared)
        if at is not None:
            readings = [_reading(one, at, name) for one, name in ((first, "One draft"), (other, "Another draft"))]
            ambiguity = {"readings": readings, "input": [{"json": row} for row in first.compared[at].input]}
            return Confirmed(first.trial, tuple(asked), ambiguity)
    words = f"The draft passes the example, but none of {others} others confirms it."
    return Confirmed(first.trial, tuple(asked), doubt=words)


def _reading(opinion: _Opinion, at: int, name: str) -> dict[str, Any]:
    draft = opinion.trial.draft
    output = [{"json": row} for row in opinion.compared[at].actual]
    return {"words": draft.explanation or name, "code": draft.code, "output": output}
