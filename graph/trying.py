"""Runs a draft as the stages would, and finds the form of it that passes: what running proves costs no attempt."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from agents.candidates import Trial
from agents.case import Outcome
from agents.node_forms import keeping_forms, node_forms
from agents.task import Draft, Task
from agents.tester import drops_fields
from sandbox.types import Language
from tools.checks import check_n8n, check_security, check_syntax
from tools.checks.report import Finding
from tools.n8n.profile import RunnerProfile

__all__ = ["Trying"]


class Trying:
    """Tries drafts of one task under one profile."""

    def __init__(self, task: Task, profile: RunnerProfile, tests: Callable[[Draft], Awaitable[list[Outcome]]]) -> None:
        self._task = task
        self._profile = profile
        self._tests = tests

    async def run(self, draft: Draft) -> Trial:
        """Check and run a draft; in the form in which it passes, and keeps what it should keep, if there is one."""
        trial = await self._as_it_is(draft)
        if not trial.passed:
            trial = await self.formed(trial) or trial
        return await self.kept(trial)

    async def formed(self, refused: Trial) -> Trial | None:
        """Find the node that a refused draft may be meant as: only one that passes counts."""
        draft = refused.draft
        for code in [] if _in_form(refused) else node_forms(draft.code, self._task, draft.mode):
            trial = await self._as_it_is(replace(draft, code=code))
            if trial.passed:
                return trial
        return None

    async def kept(self, trial: Trial) -> Trial:
        """Copy rows whole where a draft that passes loses fields that the example does not show; else give it back."""
        if not trial.passed or not drops_fields(trial.outcomes):
            return trial
        for code in keeping_forms(trial.draft.code, self._task):
            other = await self._as_it_is(replace(trial.draft, code=code))
            if other.passed and not drops_fields(other.outcomes):
                return replace(other, sampling=trial.sampling)
        return trial

    async def _as_it_is(self, draft: Draft) -> Trial:
        findings = _refusing(draft, self._task.language, self._profile)
        return Trial(draft, findings) if findings else Trial(draft, outcomes=tuple(await self._tests(draft)))


def _in_form(trial: Trial) -> bool:
    """Whether it gives rows of the right shape: then its form is right, and what it computes is wrong."""
    ran = [outcome for outcome in trial.outcomes if outcome.binding and outcome.error_type is None]
    return any(map(_is_alike, (one.expected for one in ran), (one.actual for one in ran)))


def _is_alike(expected: Any, actual: Any) -> bool:
    """Whether two values have the same keys at the same places, and values of the same kind there."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(_is_alike(expected[key], actual[key]) for key in expected)
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_is_alike, expected, actual))
    return _kind(expected) is _kind(actual)


def _kind(value: Any) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _refusing(draft: Draft, language: Language, profile: RunnerProfile) -> tuple[Finding, ...]:
    """What the checks would refuse a draft for."""
    reports = [check_syntax(draft.code, language)]
    if reports[0].ok:
        reports.append(check_n8n(draft.code, language, draft.mode, profile))
        reports.append(check_security(draft.code, language, profile))
    return tuple(finding for report in reports for finding in report.findings if finding.severity == "error")
