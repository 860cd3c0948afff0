"""The stages: each calls one hand, writes down what changed, and returns."""

import asyncio
import logging
from dataclasses import asdict, replace
from typing import Any

from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime

from agents.agreement import comparison_cases
from agents.attempt import Attempt
from agents.candidates import Trial
from agents.case import Case, Outcome
from agents.mender import Refusal
from agents.strategy import mending_base, repeated
from agents.synthesis import Synthesis, SynthesisRequest, synthesize, verify
from agents.task import Draft, Task
from agents.tester import example_cases, generated_cases, judge
from graph.answer import answer_from, attempt_of, optimisation_answer, renumbered
from graph.confirming import Confirmed, confirm
from graph.drafting import Drafted, budget_left
from graph.memories import solved_tasks
from graph.request import input_items, task_from
from graph.requirements import Requirements, refused_for_settings
from graph.services import Services
from graph.state import PipelineState, RunOptions, StageFailure
from graph.trying import Trying
from tools.checks import Failure, automatic_edits, check_n8n, check_security, check_syntax, measure_complexity
from tools.checks.report import Report
from tools.errors import ModelError
from tools.llm import Budget
from tools.n8n.profile import RunnerProfile, profile_from
from tools.optimise import optimise
from tools.toolbox import execute_code_tool

__all__ = ["Nodes"]

Update = dict[str, Any]
Run = Runtime[RunOptions]
_log = logging.getLogger(__name__)
_OTHER_MODE = "This task needs all items at once: the node runs in the mode Run Once for All Items."
_UNPROVEN = "The program fits the example, but one example and these words say too little to claim it."
_MOST_AUTOMATIC = 8
"""Mechanical edits in one run; each is a new text, so they end by themselves as a rule."""
_LONGEST_RUN_MS = 50.0
"""Of a run that measures the optimiser's gain: somebody waits for the node, and a join of 10,000 rows takes seconds."""


class Nodes:
    """The pipeline's stages over the services they use."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tools = ToolNode([execute_code_tool(services.sandbox)])

    async def generate(self, state: PipelineState, runtime: Run) -> Update:
        """Find a first draft: the same request's of an earlier run, else by search over the examples or by a model."""
        task = task_from(state, self._services.settings.generation.default_language)
        update: Update = {"task": task, "fixes_left": runtime.context.max_fix_attempts}
        if draft := await self._services.memories.recall(task, _profile(runtime)):
            return update | {"draft": draft, "strategy": "memory"}
        similar = await self._services.memories.similar(task)
        return update | {"similar": similar} | await self._solve(task, state, runtime, similar)

    async def _solve(self, task: Task, state: PipelineState, runtime: Run, similar: list[dict[str, Any]]) -> Update:
        update: Update = {"strategy": "synthesis"}
        found = Synthesis("unsolved")
        if runtime.context.synthesis and task.examples:
            found = await self._search(task)
        if found.status in {"solved", "ambiguous"}:
            return update | _offered(found, task)
        if not self._services.llm.configured:
            return update | (_offered(found, task) if found.code else {"error": _undecided(task, found)})
        hints = [found.partial] if found.partial else []
        hints += [f"This fits the example and may be wrong elsewhere: {found.explanation}"] if found.code else []
        try:
            drafted = await self._services.drafting.first(
                task,
                runtime.context,
                self._trying(task, state, runtime).run,
                rules=_profile(runtime).rules(task.mode),
                hints=hints,
                similar=solved_tasks(similar, task),
            )
        except ModelError as error:
            return update | (_offered(found, task) if found.code else {"error": _model_error(error)})
        return update | {"hints": hints} | _taken(drafted, state)

    async def _search(self, task: Task) -> Synthesis:
        """Offer a program only if both its printings do what it says, on inputs that the example did not show."""
        found = await asyncio.to_thread(synthesize, SynthesisRequest(task.description, tuple(task.examples)))
        verification = await verify(found, self._services.sandbox.execute)
        if verification.ok:
            return found
        _log.error("printings of one program differ: %s", "; ".join(verification.differences[:3]))
        return Synthesis("unsolved", partial=found.partial, elapsed_ms=found.elapsed_ms)

    async def _solve_again(self, state: PipelineState, remembered: Draft, runtime: Run) -> Update:
        """What was remembered does not hold any more: forget it, and solve the task as if it were new."""
        await self._services.memories.forget(remembered)
        solved = await self._solve(state["task"], state, runtime, await self._services.memories.similar(state["task"]))
        return {"draft": None} | solved | ({"failure": None} if "draft" in solved else {})

    async def validate(self, state: PipelineState, runtime: Run) -> Update:
        """Does it compile as n8n compiles it, and does it keep n8n's rules?"""
        draft, language = _draft(state), state["task"].language
        report = check_syntax(draft.code, language)
        if report.ok:
            rules = check_n8n(draft.code, language, draft.mode, _profile(runtime))
            report = Report(report.findings + rules.findings)
        return _checked(state, "validate", report) | {"findings_syntax": list(report.findings), "tests": []}

    async def security(self, state: PipelineState, runtime: Run) -> Update:
        """Is it dangerous, or would n8n's own checker refuse it?"""
        report = check_security(_draft(state).code, state["task"].language, _profile(runtime))
        return _checked(state, "security", report) | {"findings_security": list(report.findings)}

    async def test(self, state: PipelineState, runtime: Run) -> Update:
        """Run it on the examples under n8n's rules and compare; then, if they pass, on what else may come."""
        if not runtime.context.enable_testing:
            return {"failure": None, "tests": []}
        tests = await self._run_tests(_draft(state), state["task"], state, runtime)
        failing = tuple(outcome for outcome in tests if outcome.counts_against)
        return _judged(state, StageFailure("test", outcomes=failing) if failing else None) | {"tests": tests}

    async def fix(self, state: PipelineState, runtime: Run) -> Update:
        """Mend the draft: mechanical edits first, which cost no attempt; then the model that sees what failed."""
        task, draft, failure, history = state["task"], _draft(state), state["failure"], state["history"]
        assert failure is not None
        if draft.engine == "memory":
            return {"fixes_left": state["fixes_left"] - 1} | await self._solve_again(state, draft, runtime)
        base = mending_base(history)
        draft = replace(draft, code=base.code)
        trying = self._trying(task, state, runtime)
        if base.strategy != "automatic" and (formed := await trying.formed(_tried(draft, base))):
            return {"failure": None, "draft": _edited(draft, formed.draft.code), "strategy": "automatic"}
        if sum(attempt.strategy == "automatic" for attempt in history) < _MOST_AUTOMATIC:
            for edit in automatic_edits(draft.code, task.language, draft.mode, _profile(runtime), _evidence(base)):
                if repeated(edit.code, history, task.language) is None:
                    return {"failure": None, "draft": _edited(draft, edit.code), "strategy": "automatic"}
        update: Update = {"fixes_left": state["fixes_left"] - 1}
        if not self._services.llm.configured:
            return update
        refusal = Refusal(draft, base.findings, base.outcomes)
        try:
            drafted = await self._services.drafting.next(
                task,
                refusal,
                history,
                runtime.context,
                trying.run,
                rules=_profile(runtime).rules(task.mode),
                hints=state.get("hints", []),
                similar=solved_tasks(state.get("similar") or [], task),
            )
        except ModelError as error:
            return update | {"warnings": [*state.get("warnings", []), f"fix: {error}"]}
        return update | _taken(drafted, state)

    async def confirm(self, state: PipelineState, runtime: Run) -> Update:
        """Do further drafts of the model do the same where the examples are silent? Then its tests, and its words."""
        task, options, history = state["task"], runtime.context, state.get("history", [])
        passing = Trial(_draft(state), outcomes=tuple(state.get("tests") or ()))
        trial = await self._trying(task, state, runtime).kept(passing)
        budget, update = budget_left(options, [*history, attempt_of(state, None)]), Update()
        cases = comparison_cases(task)
        if options.second_opinions and options.enable_testing and cases:

            async def compare(draft: Draft) -> list[Outcome]:
                return await self._run_cases(draft, task, cases, runtime)

            found = await confirm(
                self._services.drafting,
                task,
                trial,
                options.second_opinions,
                self._trying(task, state, runtime).run,
                compare,
                state.get("opinions") or (),
                budget=budget,
                rules=_profile(runtime).rules(task.mode),
                hints=state.get("hints", []),
                similar=solved_tasks(state.get("similar") or [], task),
            )
            update, trial = _confirmed(found, trial, state), found.trial
        if trial is not passing:
            update |= {"draft": trial.draft, "tests": list(trial.outcomes)}
        return update | await self._said_of(trial, task, runtime, budget)

    async def _said_of(self, trial: Trial, task: Task, runtime: Run, budget: Budget | None) -> Update:
        """What the model adds to its proven draft: cases to try it on, and an explanation."""
        draft, drafting, update = trial.draft, self._services.drafting, Update()
        if runtime.context.model_tests:
            cases = await drafting.cases(task, budget)
            tried = await self._run_cases(draft, task, cases, runtime) if cases else []
            update = {"written_cases": cases, "tests": [*trial.outcomes, *tried]}
        if runtime.context.model_explanation:
            update["draft"] = replace(draft, explanation=await drafting.explanation(task, draft, budget))
        return update

    async def analyse(self, state: PipelineState) -> Update:
        """How complicated is it?"""
        return {"complexity": asdict(measure_complexity(_draft(state).code, state["task"].language))}

    async def optimise(self, state: PipelineState, runtime: Run) -> Update:
        """Is there an equal and faster text? It is kept only after the tests passed on it too."""
        task, draft = state["task"], _draft(state)
        if not runtime.context.enable_optimization:
            return {}
        inputs = [example.input for example in task.examples] or [input_items(state) or []]
        found = await optimise(
            draft.code,
            task.language,
            self._services.executor.execute,
            inputs,
            draft.mode,
            longest_run_ms=_LONGEST_RUN_MS,
        )
        update: Update = {"optimization": optimisation_answer(found)}
        if not found.changed:
            return update
        better = replace(draft, code=found.code)
        tests = await self._run_tests(better, task, state, runtime)
        if any(outcome.counts_against for outcome in tests):
            return update
        return update | {"draft": better, "tests": tests}

    async def deliver(self, state: PipelineState, runtime: Run) -> Update:
        """Hand over the node with its evidence, or every finding and attempt."""
        return answer_from(
            state, _profile(runtime), self._services.sandbox.isolation, await self._requirements(state, runtime)
        )

    async def _requirements(self, state: PipelineState, runtime: Run) -> Requirements | None:
        """The draft that would do if n8n were set up for it, proven under just those settings."""
        refused = refused_for_settings(state.get("history", [])) if state.get("failure") else None
        if refused is None:
            return None
        attempt, settings = refused
        task, profile = state["task"], _profile(runtime).allowing(settings)
        draft = Draft(attempt.code, attempt.engine, task.mode)
        cases = example_cases(task, input_items(state))
        tests = await self._run_cases(draft, task, cases, runtime, profile)
        return None if any(outcome.counts_against for outcome in tests) else Requirements(draft.code, settings, tests)

    async def _run_tests(self, draft: Draft, task: Task, state: PipelineState, runtime: Run) -> list[Outcome]:
        """All in one child, the examples first: they have been answered when a strange input breaks the child."""
        given = input_items(state)
        examples, further = example_cases(task, given), []
        if runtime.context.generated_tests:
            further = [*generated_cases(task, given), *state.get("written_cases", [])]
        tests = await self._run_cases(draft, task, examples + further, runtime)
        failed = any(outcome.counts_against for outcome in tests)
        return tests[: len(examples)] if failed else tests

    async def _run_cases(
        self, draft: Draft, task: Task, cases: list[Case], runtime: Run, profile: RunnerProfile | None = None
    ) -> list[Outcome]:
        call = {
            "name": "execute_code",
            "args": {
                "code": draft.code,
                "language": task.language,
                "contexts": [{"items": case.input} for case in cases],
                "dialect": "node",
                "rules": asdict((profile or _profile(runtime)).rules(draft.mode)),
                "timeout_s": runtime.context.timeout_s,
            },
            "id": "test",
            "type": "tool_call",
        }
        [message] = (await self._tools.ainvoke([call]))["messages"]
        return judge(cases, message.artifact)

    def _trying(self, task: Task, state: PipelineState, runtime: Run) -> Trying:
        async def tests(draft: Draft) -> list[Outcome]:
            return await self._run_tests(draft, task, state, runtime)

        return Trying(task, _profile(runtime), tests)


def _edited(draft: Draft, code: str) -> Draft:
    """What a mechanical edit makes of a draft: the model was paid for the draft, and once."""
    return replace(draft, code=code, tokens=0, cost_usd=0.0, duration_ms=0.0)


def _tried(draft: Draft, attempt: Attempt) -> Trial:
    return Trial(draft, attempt.findings, attempt.outcomes)


def _taken(drafted: Drafted, state: PipelineState) -> Update:
    """Write down what asking came to; without a draft the failure stays, and what was put aside is recorded."""
    update: Update = {"history": renumbered(drafted.discarded, state.get("history", []))}
    if drafted.draft is None:
        return update
    changed: Update = {"draft": drafted.draft, "strategy": drafted.strategy, "sampling": drafted.sampling}
    changed["opinions"] = list(drafted.opinions)
    return update | {"failure": None} | changed


def _confirmed(found: Confirmed, trial: Trial, state: PipelineState) -> Update:
    """Write down what further drafts said; the one they agree on takes the place of the first."""
    update: Update = {"history": renumbered(found.asked, state.get("history", []))}
    update |= {"ambiguity": found.ambiguity, "doubt": found.doubt}
    if found.warning:
        update["warnings"] = [*(state.get("warnings") or []), found.warning]
    if found.trial is not trial:
        update["strategy"] = "opinion"
    return update


def _draft(state: PipelineState) -> Draft:
    draft = state.get("draft")
    assert draft is not None, "the routes send no run without a draft here"
    return draft


def _profile(runtime: Run) -> RunnerProfile:
    return profile_from(runtime.context.profile)


def _draft_from(found: Synthesis, task: Task) -> Draft:
    """A program that needs all items at once stays in that mode, whatever the request said."""
    by_item = task.mode == "runOnceForEachItem" and task.language in found.item_code
    return Draft(
        code=(found.item_code if by_item else found.code)[task.language],
        mode="runOnceForEachItem" if by_item else "runOnceForAllItems",
        engine="synthesis",
        explanation=found.explanation,
        confidence=found.confidence,
        duration_ms=found.elapsed_ms,
    )


def _offered(found: Synthesis, task: Task) -> Update:
    """What the search hands over: a claim, a question with its leading draft, or a draft that nothing proves."""
    draft = _draft_from(found, task)
    notes = [_OTHER_MODE] if draft.mode != task.mode else []
    doubt = _UNPROVEN if found.status == "unproven" else None
    return {"draft": draft, "ambiguity": _question(found, task), "warnings": notes, "doubt": doubt}


def _question(found: Synthesis, task: Task) -> dict[str, Any] | None:
    if found.ambiguity is None:
        return None
    readings = [
        {"words": reading.words, "code": reading.code[task.language], "output": reading.output}
        for reading in found.ambiguity.readings
    ]
    return {"readings": readings, "input": found.ambiguity.input}


def _model_error(error: ModelError) -> dict[str, Any]:
    wait_s = getattr(error, "retry_after_s", None)
    hint = "See /api/v1/health/detailed for the state of the models; an example may decide the task without one."
    details = None if wait_s is None else {"retry_after_s": round(wait_s, 1)}
    return {"type": type(error).__name__, "message": str(error), "hint": hint, "details": details}


def _undecided(task: Task, found: Synthesis) -> dict[str, Any]:
    """Neither the example decides it nor is there a model: say what is missing."""
    if not task.examples:
        return {
            "type": "NoExample",
            "message": "Without an example there is nothing to search with, and no model is configured.",
            "hint": "Give input_example and expected_output, or set LLM_BASE_URL and LLM_MODEL.",
        }
    return {
        "type": "NotDecided",
        "message": f"No program was found that turns the example into the output. {found.partial}".strip(),
        "hint": "Give a second example, say the rule in more exact words, or set LLM_BASE_URL and LLM_MODEL.",
    }


def _evidence(base: Attempt) -> Failure | None:
    """What the first failing test showed, for the edits that need to see it."""
    if not base.outcomes:
        return None
    seen = base.outcomes[0]
    items = [{"json": row} for row in seen.input]
    return Failure(items, seen.expected, seen.actual, seen.error_type or "", seen.message, seen.line)


def _checked(state: PipelineState, stage: str, report: Report) -> Update:
    refused = tuple(finding for finding in report.findings if finding.severity == "error")
    return _judged(state, StageFailure(stage, refused) if refused else None)


def _judged(state: PipelineState, failure: StageFailure | None) -> Update:
    if failure is None:
        return {"failure": None}
    return {"failure": failure, "history": [attempt_of(state, failure)]}
