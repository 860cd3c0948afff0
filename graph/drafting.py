"""The models' half of `generate` and `fix`: how they are asked, within what budget, and what is put aside."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agents.attempt import Attempt, Sampling, Strategy
from agents.candidates import Trial, best_first, draw
from agents.case import Case
from agents.code_generator import CodeGenerator
from agents.explainer import Explainer
from agents.mender import Mended, Mender, Refusal
from agents.strategy import Style
from agents.task import Draft, Task
from agents.tester import CaseWriter
from agents.volley import as_they_come, shoot
from graph.state import RunOptions
from tools.errors import ModelError
from tools.llm import Budget, Router

__all__ = ["Drafted", "Drafting", "Try", "budget_left", "recorded"]

Try = Callable[[Draft], Awaitable[Trial]]
"""Checks and runs a candidate, as the stages would."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What asking came to."""

    draft: Draft | None
    """`None`: no answer was of use, however it was asked."""
    strategy: Strategy
    sampling: Sampling
    discarded: tuple[Attempt, ...]
    """Copies, unreadable answers, and candidates that another one beat; for the record."""
    opinions: tuple[Trial, ...] = ()
    """Other drafts that pass the examples, drawn blind like this one; a copy of it is one, too."""


class Drafting:
    """Asks the models for one run after the other."""

    def __init__(self, llm: Router, generator: CodeGenerator, mender: Mender) -> None:
        self._llm = llm
        self._generator = generator
        self._mender = mender
        self._explainer = Explainer(llm)
        self._writer = CaseWriter(llm)

    async def first(self, task: Task, options: RunOptions, attempt: Try, **asking: Any) -> Drafted:
        """Draw the candidates and keep the best; when no answer can be read, ask again.

        Args:
            attempt: checks and runs a draft; each draft of a small model, and each of several candidates.
            asking: `rules`, `hints`, `similar`, as for `CodeGenerator.draft`.

        Raises:
            ModelError: nobody answered, or the budget forbids it.
        """
        asking["budget"] = budget_left(options, ())
        if small := self._small():
            return await self._volley(task, max(options.candidates, small), attempt, (), **asking)
        drawn = await draw(self._generator, task, options.candidates, **asking)
        if not drawn.drafts:
            return _drafted(await self._mend(task, Refusal(None), drawn.discarded, **asking), drawn.discarded)
        tried = [await attempt(draft) for draft in drawn.drafts] if len(drawn.drafts) > 1 else []
        ranked = best_first(tried)
        best = ranked[0].draft if ranked else drawn.drafts[0]
        beaten = [recorded(trial, number) for number, trial in enumerate(ranked[1:], len(drawn.discarded) + 1)]
        return Drafted(best, "draft", Sampling(), (*drawn.discarded, *beaten))

    async def next(
        self,
        task: Task,
        refusal: Refusal,
        attempts: Sequence[Attempt],
        options: RunOptions,
        attempt: Try,
        **asking: Any,
    ) -> Drafted:
        """Get something new after a refusal; `attempt` and `asking` as for `first`.

        Raises:
            ModelError: nobody answered, or the budget forbids it.
        """
        asking["budget"] = budget_left(options, attempts)
        if small := self._small():
            return await self._volley(task, max(options.candidates, small), attempt, attempts, **asking)
        return _drafted(await self._mend(task, refusal, attempts, **asking))

    async def others(
        self, task: Task, samplings: Sequence[Sampling], **asking: Any
    ) -> AsyncGenerator[tuple[Sampling, Draft | ModelError]]:
        """Yield drafts that know nothing of those before, or why there is none: from a small model several at once."""
        small = self._small()
        coming = as_they_come(self._generator, task, samplings, small or 1, plain=bool(small), **asking)
        async with aclosing(coming):
            async for came in coming:
                yield came

    async def cases(self, task: Task, budget: Budget | None) -> list[Case]:
        """Let the model think of test cases; none when nobody answers."""
        try:
            return await self._writer.written_cases(task, budget)
        except ModelError:
            return []

    async def explanation(self, task: Task, draft: Draft, budget: Budget | None) -> str:
        """Say in the persona's tone what a draft does; its own words when nobody answers."""
        return await self._explainer.explain(task, draft, budget)

    def _small(self) -> int:
        """How many drafts at once the model in use is asked for; 0: it is none of the small ones."""
        config = self._llm.first_choice("code_generation")
        return config.drafts_at_once if config is not None and config.style == "resample" else 0

    async def _volley(self, task: Task, count: int, attempt: Try, earlier: Sequence[Attempt], **asking: Any) -> Drafted:
        """Draw drafts of a small model and keep the best; when nothing new can be read, once more and warmer."""
        strategy: Strategy = "resample" if earlier else "draft"
        shot = await shoot(self._generator, task, count, attempt, earlier, **asking)
        discarded = shot.discarded
        if not shot.trials:
            shot = await shoot(self._generator, task, count, attempt, (*earlier, *discarded), **asking)
            discarded += shot.discarded
        if not shot.trials:
            return Drafted(None, strategy, Sampling(), discarded)
        best, *beaten = best_first(shot.trials)
        told = [recorded(trial, 0, strategy, trial.sampling) for trial in beaten]
        opinions = tuple(one for one in (*beaten, *shot.copies) if one.passed)
        return Drafted(best.draft, strategy, best.sampling, (*discarded, *told), opinions)

    async def _mend(self, task: Task, refusal: Refusal, attempts: Sequence[Attempt], **asking: Any) -> Mended:
        style: Style = "feedback"
        configs = {circuit.name: circuit.provider.config for circuit in self._llm.circuits}
        served = next((one.provider for one in reversed(attempts) if one.provider in configs), None)
        if served or configs:
            style = configs[served or next(iter(configs))].style
        return await self._mender.mend(task, refusal, attempts, style=style, providers=list(configs), **asking)


def budget_left(options: RunOptions, attempts: Sequence[Attempt]) -> Budget | None:
    """What is left for the run; a run that resumes on another machine counts its attempts anew."""
    if options.max_tokens is None and options.max_cost_usd is None:
        return None
    budget = Budget(options.max_tokens, options.max_cost_usd)
    budget.tokens = sum(attempt.tokens for attempt in attempts)
    budget.cost_usd = sum(attempt.cost_usd for attempt in attempts)
    return budget


def _drafted(mended: Mended, before: Sequence[Attempt] = ()) -> Drafted:
    return Drafted(mended.draft, mended.move.strategy, mended.move.sampling, (*before, *mended.discarded))


def recorded(trial: Trial, number: int, strategy: Strategy = "draft", sampling: Sampling | None = None) -> Attempt:
    """Write down a draft that was tried and is not the one delivered."""
    failing = tuple(outcome for outcome in trial.outcomes if outcome.counts_against)
    draft = trial.draft
    return Attempt(
        number,
        strategy,
        draft.engine,
        draft.code,
        passed=not failing and not trial.refused,
        findings=trial.findings,
        outcomes=failing,
        provider=draft.provider,
        sampling=sampling or Sampling(),
        tokens=draft.tokens,
        cost_usd=draft.cost_usd,
        duration_ms=draft.duration_ms,
    )
