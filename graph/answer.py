"""The answer of a run: the node with its evidence, or everything that went wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from agents.attempt import Attempt, Sampling
from agents.case import Outcome
from agents.task import Draft
from agents.tester import tally
from graph.requirements import Requirements
from graph.state import GenerateOutput, PipelineState, StageFailure
from tools.checks.report import Finding
from tools.n8n.code_node import build_code_node, node_name, paste_envelope
from tools.n8n.profile import RunnerProfile
from tools.optimise import Optimisation

__all__ = ["answer_from", "attempt_of", "optimisation_answer", "renumbered"]

_MOST_WEAKNESSES = 3


def answer_from(
    state: PipelineState, profile: RunnerProfile, isolation: str, requirements: Requirements | None = None
) -> dict[str, Any]:
    """Assemble the answer; it claims only what the state proves.

    With `requirements` the code of the answer is theirs: it works, and not under this profile.
    """
    draft, tests = state.get("draft"), state.get("tests") or []
    if requirements is not None and draft is not None:
        draft, tests = replace(draft, code=requirements.code), list(requirements.tests)
    validation = _validation(state)
    success = draft is not None and all(validation.values()) and not state.get("ambiguity") and not state.get("doubt")
    output = GenerateOutput(
        success=success,
        test_results=tally(tests),
        complexity=state.get("complexity"),
        validation=validation,
        findings=[asdict(finding) for finding in _findings(state)],
        attempts=_attempts(state),
        optimization=state.get("optimization"),
        ambiguity=state.get("ambiguity"),
        evidence={
            "profile": profile.name,
            "n8n_version": profile.n8n_version,
            "isolation": isolation,
            "proven_by": [test.name for test in tests if test.binding and test.passed],
            "memory": dict(draft.details) if draft is not None and draft.engine == "memory" else None,
        },
        similar=list(state.get("similar") or []),
        requirements=dict(requirements.settings) if requirements else {},
        warnings=[*(state.get("warnings") or []), *_weaknesses(tests)],
        error=None if success else _error(state, requirements),
    )
    return {**_node(state, draft), **output}


def _node(state: PipelineState, draft: Draft | None) -> dict[str, Any]:
    task = state["task"]
    if draft is None:
        return {"node": None, "envelope": None, "code": "", "language": task.language, "mode": task.mode,
                "engine": None, "explanation": "", "confidence": None}  # fmt: skip
    node = build_code_node(draft.code, task.language, mode=draft.mode, name=node_name(task.description))
    return {
        "node": node,
        "envelope": paste_envelope(node),
        "code": draft.code,
        "language": task.language,
        "mode": draft.mode,
        "engine": draft.engine,
        "explanation": draft.explanation,
        "confidence": draft.confidence,
    }


def _validation(state: PipelineState) -> dict[str, bool]:
    """Each is true only when its stage ran on this very draft and let it pass."""
    failure = state.get("failure")
    reached = {"validate": 0, "security": 1, "test": 2}.get(failure.stage, 3) if failure else 3
    has_draft = state.get("draft") is not None
    tests = state.get("tests") or []
    return {
        "syntax_valid": has_draft and reached > 0,
        "security_valid": has_draft and reached > 1,
        "tests_passed": bool(tests) and not any(test.counts_against for test in tests),
    }


def _findings(state: PipelineState) -> list[Finding]:
    return [*state.get("findings_syntax", []), *state.get("findings_security", [])]


def _weaknesses(tests: list[Outcome]) -> list[str]:
    """What the generated tests found: no reason to refuse, but worth a look."""
    found = [f"{test.name}: {test.message}" for test in tests if not test.binding and not test.passed]
    more = len(found) - _MOST_WEAKNESSES
    return [*found[:_MOST_WEAKNESSES], *([f"and {more} more generated tests fail"] if more > 0 else [])]


def optimisation_answer(found: Optimisation) -> dict[str, Any]:
    """Bring what the optimiser found to the documented fields, with the proof and the time at each size."""
    return {
        "original_complexity": asdict(found.original_complexity),
        "suggestions": [asdict(suggestion) for suggestion in found.suggestions],
        "optimized_code": found.code,
        "changed": found.changed,
        "improvement": {
            "complexity_score_reduction": found.complexity_score_reduction,
            "speedup": found.speedup,
            "chart_svg": found.chart_svg,
        },
        "proof": asdict(found.proof),
    }


def attempt_of(state: PipelineState, failure: StageFailure | None) -> Attempt:
    """Record the draft as it stands and what became of it."""
    draft = state.get("draft")
    assert draft is not None
    return Attempt(
        number=len(state.get("history", [])) + 1,
        strategy=state["strategy"],
        engine=draft.engine,
        code=draft.code,
        passed=failure is None,
        findings=failure.findings if failure else (),
        outcomes=failure.outcomes if failure else (),
        provider=draft.provider,
        sampling=state.get("sampling") or Sampling(),
        tokens=draft.tokens,
        cost_usd=draft.cost_usd,
        duration_ms=draft.duration_ms,
    )


def renumbered(attempts: Iterable[Attempt], history: Sequence[Attempt]) -> list[Attempt]:
    """Number attempts in the order of the run."""
    return [replace(attempt, number=number) for number, attempt in enumerate(attempts, len(history) + 1)]


def _attempts(state: PipelineState) -> list[dict[str, Any]]:
    tried = list(state.get("history", []))
    if state.get("draft") and not state.get("failure"):
        last = attempt_of(state, None)
        tried = [*(one for one in tried if not (one.passed and one.code == last.code)), last]
    return [asdict(attempt) | {"problem": attempt.problem} for attempt in tried]


def _error(state: PipelineState, requirements: Requirements | None) -> dict[str, Any]:
    """Say in words why there is no success, and what to do."""
    if requirements is not None:
        advice = requirements.advice(state["task"].language)
        return {"type": "NeedsSettings", "message": "This n8n refuses what the code imports.", "hint": advice}
    if state.get("error"):
        return dict(state["error"] or {})
    if state.get("ambiguity"):
        return {
            "type": "Ambiguous",
            "message": "The sentence and the example fit more than one program: see `ambiguity.readings`.",
            "hint": "Add a second example to `examples` with the input of `ambiguity.input` and the output you mean.",
        }
    if state.get("doubt"):
        return {
            "type": "NotConfirmed",
            "message": state["doubt"],
            "hint": "Add a second example: it proves more than a second draft. The code is in the answer; look at it.",
        }
    failure = state.get("failure")
    return {
        "type": "NotProven",
        "message": failure.words if failure else "The draft was not tested, so nothing is claimed.",
        "hint": "See `attempts` and `test_results`; another example or a more exact sentence often settles it.",
    }
