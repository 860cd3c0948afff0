"""Asks for second opinions on a model's draft that passes the examples: one example proves little."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.agreement import agree, parting
from agents.attempt import Attempt, Sampling
from agents.candidates import Trial
from agents.case import Outcome
from agents.mender import unusable
from agents.strategy import Move, code_key
from agents.task import Draft, Task
from graph.drafting import Drafting, Try, recorded
from tools.errors import MalformedAnswer, ModelError
from tools.llm import Budget

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
    budget: Budget | None = None,
    **asking: Any,
) -> Confirmed:
    """Draw up to `count` further drafts, until two that pass the examples do the same on inputs without an example.

    Args:
        trial: the draft that passes the examples.
        asking: `rules`, `hints`, `similar`, as for `CodeGenerator.draft`.
    """
    pool, asked = [_Opinion(trial, await compare(trial.draft))], list[Attempt]()
    for number in range(1, count + 1):
        move = Move("opinion", Sampling(temperature=0.8, seed=1000 + number), "one example proves little")
        try:
            draft = await drafting.another(task, move.sampling, budget=budget, **asking)
        except MalformedAnswer as error:
            empty = Draft("", "model", provider=error.provider, tokens=error.tokens, cost_usd=error.cost_usd)
            asked.append(unusable(empty, move, str(error), number=number, answer=error.text))
            continue
        except ModelError as error:
            if not asked:
                return Confirmed(trial, warning=f"No second opinion on the draft: {error}")
            break
        key = code_key(draft.code, task.language)
        same = next((one for one in pool if code_key(one.trial.draft.code, task.language) == key), None)
        if same is not None:
            asked.append(unusable(draft, move, "the same code again: it agrees", number=number))
            return _chosen(same.trial, pool, asked)
        new = await attempt(draft)
        asked.append(recorded(new, number, move.strategy, move.sampling))
        if not asked[-1].passed:
            continue
        opinion = _Opinion(new, await compare(draft))
        partner = next((one for one in pool if agree(one.compared, opinion.compared)), None)
        if partner is not None:
            return _chosen(partner.trial, pool, asked)
        pool.append(opinion)
    return _unsettled(pool, asked)


def _chosen(trial: Trial, pool: Sequence[_Opinion], asked: Sequence[Attempt]) -> Confirmed:
    """Deliver the draft that another one agrees with; the record then lists the one it replaces."""
    first = pool[0].trial
    if trial is first:
        return Confirmed(trial, tuple(asked))
    others = [one for one in asked if one.code != trial.draft.code]
    replaced = recorded(first, 0)
    return Confirmed(trial, (replaced, *others))


def _unsettled(pool: Sequence[_Opinion], asked: Sequence[Attempt]) -> Confirmed:
    first = pool[0]
    for other in pool[1:]:
        at = parting(first.compared, other.compared)
        if at is not None:
            readings = [_reading(one, at, name) for one, name in ((first, "One draft"), (other, "Another draft"))]
            ambiguity = {"readings": readings, "input": [{"json": row} for row in first.compared[at].input]}
            return Confirmed(first.trial, tuple(asked), ambiguity)
    words = f"The draft passes the example, but none of {len(asked)} further drafts confirms it."
    return Confirmed(first.trial, tuple(asked), doubt=words)


def _reading(opinion: _Opinion, at: int, name: str) -> dict[str, Any]:
    draft = opinion.trial.draft
    output = [{"json": row} for row in opinion.compared[at].actual]
    return {"words": draft.explanation or name, "code": draft.code, "output": output}
