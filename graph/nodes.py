"""The stages: each calls one hand, writes down what changed, and returns."""

import asyncio
import time
from dataclasses import replace
from typing import Any

from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.task import Draft, Task
from graph.answer import answer_from
from graph.request import input_items, task_from
from graph.services import Services
from graph.state import Attempt, PipelineState, RunOptions, StageFailure, TestOutcome
from graph.verdict import judge, plan_tests
from tools.checks import automatic_edits, check_n8n, check_security, check_syntax, measure_complexity
from tools.checks.report import Finding, Report
from tools.errors import ModelError
from tools.n8n.profile import RunnerProfile, load_profile
from tools.optimise import optimise

__all__ = ["Nodes"]

Update = dict[str, Any]


class Nodes:
    """The pipeline's stages over the services they use."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tools = ToolNode([services.execute_code])

    async def generate(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Find a first draft: by search over the examples, else by a model."""
        task = task_from(state, self._services.settings.generation.default_language)
        started: Update = {"task": task, "fixes_left": runtime.context.max_fix_attempts, "warnings": []}
        found = await self._search(task)
        if found.status != "unsolved":
            return started | {"draft": _searched(found, task), "ambiguity": _question(found)}
        if self._services.coder is None:
            return started | {"draft": None, "error": _undecided(task)}
        try:
            draft = await self._services.coder.draft(task, partial=found.partial)
        except ModelError as error:
            return started | {"draft": None, "error": {"type": type(error).__name__, "message": str(error)}}
        return started | {"draft": draft, "partial": found.partial}

    async def validate(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Does it compile as n8n compiles it, and does it keep n8n's rules?"""
        draft, task = _draft(state), state["task"]
        report = check_syntax(draft.code, task.language)
        if report.ok:
            rules = check_n8n(draft.code, task.language, draft.mode, _profile(runtime))
            report = Report(report.findings + rules.findings)
        return self._checked(state, "validate", report) | {"findings_syntax": list(report.findings), "tests": []}

    async def security(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Is it dangerous, or would n8n's own checker refuse it?"""
        report = check_security(_draft(state).code, state["task"].language, _profile(runtime))
        return self._checked(state, "security", report) | {"findings_security": list(report.findings)}

    async def test(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Run it on the examples under n8n's rules and compare."""
        if not runtime.context.enable_testing:
            return {"failure": None, "tests": []}
        tests = await self._run_tests(_draft(state), state, runtime.context)
        failing = tuple(test for test in tests if not test.passed)
        failure = StageFailure("test", tests=failing) if failing else None
        return self._judged(state, failure) | {"tests": tests}

    async def fix(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Mend the draft: mechanical edits first, then the model that sees what failed."""
        spent: Update = {"fixes_left": state["fixes_left"] - 1}
        tried = {attempt.code for attempt in state["history"]}
        draft, failure = _draft(state), state["failure"]
        assert failure is not None
        for edit in automatic_edits(draft.code, state["task"].language, draft.mode, _profile(runtime), failure):
            if edit.code not in tried:
                return spent | {"failure": None, "draft": replace(draft, code=edit.code, explanation=edit.message)}
        if self._services.coder is None:
            return spent
        try:
            fixed = await self._services.coder.fix(state["task"], draft, failure, state["history"])
        except ModelError as error:
            return spent | {"warnings": [*state.get("warnings", []), f"fix: {error}"]}
        return spent | ({} if fixed.code in tried else {"failure": None, "draft": fixed})

    async def analyse(self, state: PipelineState) -> Update:
        """How complicated is it?"""
        return {"complexity": measure_complexity(_draft(state).code, state["task"].language).as_dict()}

    async def optimise(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Is there an equal and faster text? It is kept only after the tests passed on it too."""
        task, draft = state["task"], _draft(state)
        if not runtime.context.enable_optimization:
            return {"optimization": None}
        inputs = [example.input for example in task.examples] or [input_items(state) or []]
        found = await optimise(draft.code, task.language, self._services.sandbox.execute, inputs, draft.mode)
        report: Update = {"optimization": found.as_dict()}
        if not found.accepted:
            return report
        better = replace(draft, code=found.code)
        tests = await self._run_tests(better, state, runtime.context)
        return report | ({"draft": better, "tests": tests} if all(test.passed for test in tests) else {})

    async def deliver(self, state: PipelineState, runtime: Runtime[RunOptions]) -> Update:
        """Hand over the node with its evidence, or every finding and attempt."""
        return dict(answer_from(state, _profile(runtime), self._services.sandbox.isolation))

    async def _search(self, task: Task) -> Synthesis:
        request = SynthesisRequest(task.description, tuple(task.examples))
        return await asyncio.to_thread(synthesize, request)

    async def _run_tests(self, draft: Draft, state: PipelineState, options: RunOptions) -> list[TestOutcome]:
        cases = plan_tests(state["task"], input_items(state))
        profile = load_profile(options.profile, options.profile_overrides)
        call = {
            "name": "execute_code",
            "args": {
                "code": draft.code,
                "language": state["task"].language,
                "contexts": [{"items": case.input} for case in cases],
                "dialect": "node",
                "rules": profile.rules(draft.mode),
                "timeout_s": options.timeout_s,
            },
            "id": "test",
            "type": "tool_call",
        }
        [message] = (await self._tools.ainvoke([call]))["messages"]
        return judge(cases, message.artifact)

    def _checked(self, state: PipelineState, stage: str, report: Report) -> Update:
        refused = tuple(finding for finding in report.findings if finding.severity == "error")
        return self._judged(state, StageFailure(stage, refused) if refused else None)

    @staticmethod
    def _judged(state: PipelineState, failure: StageFailure | None) -> Update:
        return {"failure": failure} | ({"history": [_attempt(state, failure.words)]} if failure else {})
