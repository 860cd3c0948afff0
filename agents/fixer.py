"""Asks a model to mend a draft that was refused, with the failure laid out side by side."""

from collections.abc import Sequence

from agents.attempt import Attempt, Sampling
from agents.case import Outcome
from agents.code_generator import SolvedTask, ask_for_code, task_messages
from agents.prompts import prompt
from agents.task import Draft, Task
from agents.wording import differences, fenced, items_text
from sandbox.types import Language, NodeRules
from tools.checks.report import Finding
from tools.llm.budget import Budget
from tools.llm.completion import Completer, Message, Sink

__all__ = ["Fixer"]

_MOST_FAILURES = 3
_MOST_ATTEMPTS = 4


class Fixer:
    """Turns a refused draft into the next one (task type `error_debugging`)."""

    def __init__(self, llm: Completer) -> None:
        self._llm = llm

    async def fix(
        self,
        task: Task,
        draft: Draft | None,
        findings: Sequence[Finding] = (),
        failures: Sequence[Outcome] = (),
        attempts: Sequence[Attempt] = (),
        *,
        rules: NodeRules | None = None,
        anew: bool = False,
        hints: Sequence[str] = (),
        similar: Sequence[SolvedTask] = (),
        sampling: Sampling | None = None,
        budget: Budget | None = None,
        on_text: Sink | None = None,
    ) -> Draft:
        """Ask once.

        Args:
            draft: what was refused; `None` when the last answer held no code (its attempt says why).
            findings: of the checks, on that draft.
            failures: of the tests, on that draft; only those that failed are shown.
            attempts: all of the run so far, oldest first.
            anew: ask for another approach instead of a repair.

        Raises:
            MalformedAnswer: the model answered without usable code; the text is kept.
            NoProviderAvailable: no model is there.
            ProviderError: every provider refused the request.
            BudgetExceeded: the request may not spend more.
        """
        sampling = sampling or Sampling()
        messages = task_messages(task, rules, hints=hints, similar=similar, plan_first=sampling.plan_first)
        messages.extend(self._refusal(task, draft, findings, failures, attempts, anew=anew))
        return await ask_for_code(self._llm, task, messages, "error_debugging", sampling, budget, on_text)

    def _refusal(
        self,
        task: Task,
        draft: Draft | None,
        findings: Sequence[Finding],
        failures: Sequence[Outcome],
        attempts: Sequence[Attempt],
        *,
        anew: bool,
    ) -> list[Message]:
        """The model's own answer, then what is wrong with it."""
        if draft is None:
            reason = attempts[-1].problem if attempts else "it holds no code"
            return [
                {"role": "assistant", "content": (attempts[-1].answer if attempts else "")[-1000:] or "..."},
                {"role": "user", "content": prompt("fix_unreadable", reason=reason)},
            ]
        problems = [finding_text(finding) for finding in findings if finding.severity == "error"]
        problems += [failure_text(outcome) for outcome in failures if not outcome.passed][:_MOST_FAILURES]
        told = prompt(
            "fixer",
            code=fenced(draft.code, task.language),
            problems="\n\n".join(problems),
            attempts=_earlier(attempts, draft.code, task.language),
            instruction=prompt("fix_anew" if anew else "fix_instruction"),
        )
        return [
            {"role": "assistant", "content": fenced(draft.code, task.language)},
            {"role": "user", "content": told},
        ]


def finding_text(finding: Finding) -> str:
    """Return a finding with its line and remedy."""
    where = f"line {finding.line}: " if finding.line else ""
    source = f"\n    {finding.text.strip()}" if finding.text else ""
    remedy = f"\nRemedy: {finding.remedy}" if finding.remedy else ""
    return f"{where}{finding.message} ({finding.rule}){source}{remedy}"


def failure_text(outcome: Outcome) -> str:
    """Return a failed test: input, expected and actual side by side, and where they part."""
    parted = [] if outcome.error_type or outcome.expected is None else differences(outcome.expected, outcome.actual)
    line = f" in line {outcome.line}" if outcome.line else ""
    return prompt(
        "failed_case",
        name=outcome.name,
        input=items_text(outcome.input, longest=1500),
        expected="" if outcome.expected is None else f"Expected: {items_text(outcome.expected, longest=1500)}",
        actual="" if outcome.error_type else f"Actual:   {items_text(outcome.actual, longest=1500)}",
        difference="Differences:\n" + "\n".join(f"- {one}" for one in parted) if parted else "",
        error=f"It raised {outcome.error_type}{line}: {outcome.message}" if outcome.error_type else "",
    )


def _earlier(attempts: Sequence[Attempt], current: str, language: Language) -> str:
    """What was tried before and why it failed, the latest last."""
    tried = [attempt for attempt in attempts if attempt.code and attempt.code != current and attempt.problem]
    return "\n\n".join(
        f"An earlier version, which failed too ({attempt.problem[:300]}):\n{fenced(attempt.code, language)}"
        for attempt in tried[-_MOST_ATTEMPTS:]
    )
