"""Gets the next draft after a refusal: chooses the move, asks for it, and never takes the same code twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.attempt import Attempt
from agents.case import Outcome
from agents.code_generator import CodeGenerator
from agents.fixer import Fixer
from agents.strategy import Move, Style, next_move, repeated
from agents.task import Draft, Task
from tools.checks.report import Finding
from tools.errors import MalformedAnswer

__all__ = ["Mended", "Mender", "Refusal", "unusable", "without_code"]

_MOST_QUESTIONS = 3
"""Questions in one fix: an answer that repeats an attempt, or cannot be read, is put aside and asked for again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and why."""

    draft: Draft | None
    """`None` when the last answer held no code; its attempt says why."""
    findings: tuple[Finding, ...] = ()
    """Of the checks."""
    failures: tuple[Outcome, ...] = ()
    """Of the tests."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What one fix came to."""

    draft: Draft | None
    """`None`: nothing new came, however it was asked."""
    move: Move
    discarded: tuple[Attempt, ...] = ()
    """Answers put aside on the way, to be recorded with the others."""


class Mender:
    """The model's half of the fix stage."""

    def __init__(self, generator: CodeGenerator, fixer: Fixer) -> None:
        self._generator = generator
        self._fixer = fixer

    async def mend(
        self,
        task: Task,
        refusal: Refusal,
        attempts: Sequence[Attempt],
        *,
        style: Style = "feedback",
        providers: Collection[str] = (),
        **options: Any,
    ) -> Mended:
        """Ask until something new comes, at most three times.

        Args:
            attempts: all of the run so far, the refused draft among them.
            style: what the provider in use makes most of (`style` in `Draft.details`).
            providers: names of all that could be asked.
            options: `rules`, `hints`, `similar`, `budget`, `on_text`, as for `CodeGenerator.draft`.

        Raises:
            NoProviderAvailable: no model is there.
            ProviderError: every provider refused the request.
            BudgetExceeded: the request may not spend more.
        """
        known, discarded = list(attempts), list[Attempt]()
        for _ in range(_MOST_QUESTIONS):
            move = next_move(known, style=style, providers=providers)
            try:
                new = await self._ask(task, refusal, known, move, **options)
            except MalformedAnswer as error:
                discarded.append(without_code(error, move, number=len(known) + 1))
            else:
                reason = repeated(new.code, known, task.language)
                if reason is None:
                    return Mended(new, move, tuple(discarded))
                discarded.append(unusable(new, move, reason, number=len(known) + 1))
            known.append(discarded[-1])
        return Mended(None, move, tuple(discarded))

    async def _ask(
        self, task: Task, refusal: Refusal, attempts: Sequence[Attempt], move: Move, **options: Any
    ) -> Draft:
        if move.strategy in {"resample", "other_provider"}:
            new = await self._generator.draft(task, sampling=move.sampling, **options)
        else:
            anew = move.strategy == "anew"
            new = await self._fixer.fix(
                task, refusal.draft, refusal.findings, refusal.failures, attempts,
                anew=anew, sampling=move.sampling, **options,
            )  # fmt: skip
        began = refusal.draft is not None and refusal.draft.engine.startswith("synthesis")
        return replace(new, engine="synthesis+model") if began else new


def unusable(draft: Draft, move: Move, reason: str, *, number: int, answer: str = "") -> Attempt:
    """Record an answer that was not tried, and why."""
    return Attempt(
        number,
        move.strategy,
        draft.engine,
        error=reason,
        answer=answer,
        provider=draft.provider,
        sampling=move.sampling,
        tokens=draft.tokens,
        cost_usd=draft.cost_usd,
        duration_ms=draft.duration_ms,
    )


def without_code(error: MalformedAnswer, move: Move, *, number: int = 0) -> Attempt:
    """Record an answer that could not be read."""
    empty = Draft("", "model", provider=error.provider, tokens=error.tokens, cost_usd=error.cost_usd)
    return unusable(empty, move, str(error), number=number, answer=error.text)
