"""What to try next when a draft was refused: pure decisions over the attempts so far."""

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.attempt import Attempt, Sampling, Strategy
from sandbox.types import Language

__all__ = ["Move", "Style", "code_key", "mending_base", "next_move", "repeated", "stuck"]

Style = Literal["feedback", "resample"]
_FEEDBACK_TEMPERATURE = 0.2
_FIRST_RESAMPLE_TEMPERATURE = 0.7
_WARMER_EACH_TIME = 0.15
_WARMEST = 1.1
_CHANGES: tuple[Strategy, ...] = ("resample", "other_provider", "anew")
_NOT_ASKED: frozenset[Strategy] = frozenset({"synthesis", "automatic"})


@dataclass(frozen=True, slots=True)
class Move:
    """The next try."""

    strategy: Strategy
    sampling: Sampling
    reason: str
    """In words, for the record."""


def next_move(attempts: Sequence[Attempt], *, style: Style = "feedback", providers: Collection[str] = ()) -> Move:
    """Choose how the model is asked next.

    A large model (`feedback`) is told the failure; a small one (`resample`) is asked anew twice before it is told.
    Whoever is stuck gets a change: a warmer sample with another seed, another provider, another approach, in turn.

    Args:
        providers: names of all that could be asked.
    """
    asked = [attempt for attempt in attempts if attempt.strategy not in _NOT_ASKED]
    changes = sum(attempt.strategy in _CHANGES for attempt in asked)
    reason = stuck(attempts)
    if reason:
        others = [name for name in providers if asked and name != asked[-1].provider]
        ladder = [change for change in _CHANGES if others or change != "other_provider"]
        strategy = ladder[changes % len(ladder)]
        avoid = (asked[-1].provider,) if strategy == "other_provider" and asked[-1].provider else ()
        return Move(strategy, _warmer(changes, len(attempts), avoid, plan_first=strategy == "anew"), reason)
    if style == "resample" and len(asked) % 3:
        return Move("resample", _warmer(changes, len(attempts)), "a small model does better anew than corrected")
    return Move("feedback", Sampling(_FEEDBACK_TEMPERATURE, seed=len(attempts)), "the failure is told")


def stuck(attempts: Sequence[Attempt]) -> str | None:
    """Say in what way the model goes in circles, or `None`: the same code or the same problem again."""
    asked = [attempt for attempt in attempts if attempt.strategy not in _NOT_ASKED]
    if len(asked) < 2:
        return None
    last, before = asked[-1], asked[-2]
    if last.error and last.error.startswith(_REPEATS):
        return "the same code came again"
    if last.problem and _without_numbers(last.problem) == _without_numbers(before.problem):
        return "the same problem came again"
    return None


_REPEATS = "repeats attempt"


def mending_base(attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt to mend: the last one, but not a mechanical edit that changed nothing for the better.

    Edits are tried beside each other on the same code; one on top of another only where the first made progress.
    """
    base = attempts[0]
    for attempt in attempts:
        if attempt.strategy != "automatic" or _is_progress(base, attempt):
            base = attempt if attempt.code else base
    return base


def _is_progress(base: Attempt, attempt: Attempt) -> bool:
    if bool(base.findings) != bool(attempt.findings):
        return bool(base.findings)
    return _without_numbers(base.problem) != _without_numbers(attempt.problem)


def repeated(code: str, attempts: Sequence[Attempt], language: Language) -> str | None:
    """Say which attempt this code is a copy of, but for comments and layout; `None` when it is new."""
    key = code_key(code, language)
    same = next((attempt for attempt in attempts if attempt.code and code_key(attempt.code, language) == key), None)
    return f"{_REPEATS} {same.number}" if same else None


def code_key(code: str, language: Language) -> str:
    """Return what code is, without comments and layout: equal keys are equal programs.

    >>> code_key("x = 1  # one", "python") == code_key("x=1", "python")
    True
    """
    if language == "python":
        try:
            return ast.dump(ast.parse("def _():\n" + "\n".join(f" {line}" for line in code.split("\n"))))
        except (SyntaxError, ValueError, RecursionError):
            return " ".join(code.split())
    lines = (
        re.sub(r"(^|\s)//.*$", "", line).strip() for line in re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL).split("\n")
    )
    return " ".join(line.rstrip(";") for line in lines if line)


def _warmer(changes: int, number: int, avoid: tuple[str, ...] = (), *, plan_first: bool = False) -> Sampling:
    temperature = min(_WARMEST, _FIRST_RESAMPLE_TEMPERATURE + _WARMER_EACH_TIME * changes)
    return Sampling(temperature, seed=number, plan_first=plan_first, avoid=avoid)


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)
