"""What a run knows: what came in, what each stage found, what goes out."""

import operator
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from agents.attempt import Attempt, Sampling, Strategy
from agents.candidates import Trial
from agents.case import Case, Outcome
from agents.task import Draft, Task
from sandbox.types import Mode
from tools.checks.report import Finding
from tools.n8n.profile import DEFAULT_PROFILE

__all__ = ["GenerateInput", "GenerateOutput", "PipelineState", "RunOptions", "StageFailure"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of one run, the graph's context; services never go here."""

    profile: str | dict[str, Any] = DEFAULT_PROFILE
    """The runner profile under which the node must run: its name, or fields over the default's."""
    max_fix_attempts: int = 3
    """Fixes after the first draft (CODE_GEN_MAX_ATTEMPTS)."""
    enable_testing: bool = True
    """CODE_GEN_ENABLE_TESTING; off: nothing is claimed as tested."""
    enable_optimization: bool = True
    """CODE_GEN_ENABLE_OPTIMIZATION."""
    synthesis: bool = True
    """Search for a program before a model is asked (CODE_GEN_ENABLE_SYNTHESIS)."""
    generated_tests: bool = True
    """Try the draft on more than the examples; such a test never refuses it."""
    max_tokens: int | None = None
    """Tokens the models may use in this run (LLM_MAX_TOKENS); `None`: no bound."""
    max_cost_usd: float | None = None
    """Dollars the models may cost in this run (LLM_MAX_COST_USD); `None`: no bound."""
    candidates: int = 1
    """Drafts asked of a model at once; the one that passes most is kept."""
    second_opinions: int = 0
    """Drafts asked of a model to confirm one that passes (CODE_GEN_SECOND_OPINIONS); 0: the examples suffice."""
    model_tests: bool = False
    """Let a model write tests for its proven draft; what they find is a warning (CODE_GEN_MODEL_TESTS)."""
    model_explanation: bool = False
    """Let a model explain its proven draft in the persona's tone (CODE_GEN_MODEL_EXPLANATION)."""
    timeout_s: float = 10.0
    """Time-out of one test execution."""


@dataclass(frozen=True, slots=True)
class StageFailure:
    """Why a draft cannot go on: which stage refused it and what it said."""

    stage: str
    findings: tuple[Finding, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """Of the tests, the failing ones that refuse the draft."""

    @property
    def words(self) -> str:
        """One line a person can read."""
        said = [finding.message for finding in self.findings]
        said += [f"{outcome.name}: {outcome.message}" for outcome in self.outcomes]
        return f"{self.stage}: " + "; ".join(said)


class GenerateInput(TypedDict, total=False):
    """What a caller gives; the fields of `POST /api/v1/code/generate`."""

    task_description: str
    """What the code node is to do, in words."""
    language: str
    """`python`, `javascript`, or `auto`."""
    input_example: Any
    """One object for one item, a list for many; n8n items are fine too."""
    expected_output: Any
    """What the example must become, in the same shapes."""
    examples: list[dict[str, Any]]
    """More of them: `[{"input": ..., "output": ...}]`."""
    mode: Mode
    """How n8n calls the node."""
    persona: str
    """Tone of explanations; never of correctness."""


class GenerateOutput(TypedDict, total=False):
    """What a caller gets; the fields of the answer to `POST /api/v1/code/generate`."""

    success: bool
    node: dict[str, Any] | None
    envelope: dict[str, Any] | None
    """`{"nodes": [node], "connections": {}}`, to be pasted into n8n's editor."""
    code: str
    language: str
    mode: Mode
    engine: str | None
    explanation: str
    confidence: float | None
    test_results: dict[str, Any]
    complexity: dict[str, Any] | None
    validation: dict[str, bool]
    findings: list[dict[str, Any]]
    attempts: list[dict[str, Any]]
    optimization: dict[str, Any] | None
    ambiguity: dict[str, Any] | None
    evidence: dict[str, Any]
    similar: list[dict[str, Any]]
    """Solved tasks that mean nearly the same, nearest first."""
    requirements: dict[str, str]
    warnings: list[str]
    error: dict[str, Any] | None


class PipelineState(GenerateInput, GenerateOutput, total=False):
    """Everything that stages hand on; each writes only what it changed."""

    task: Task
    """The request, normalised; written by `generate`."""
    draft: Draft | None
    """The code as it stands; `None` when no engine had any."""
    strategy: Strategy
    """How the draft came to be."""
    findings_syntax: list[Finding]
    """Of `validate`: syntax and n8n's rules, refusing and warning."""
    findings_security: list[Finding]
    """Of `security`."""
    tests: list[Outcome]
    """Of the last `test` of this very draft; emptied when the code changes."""
    written_cases: list[Case]
    """Tests that a model wrote; they never refuse a draft."""
    opinions: list[Trial]
    """Other drafts of a model that pass the examples, drawn as blindly as the one that stands."""
    doubt: str | None
    """Why a draft that passes is not claimed: no other one confirms it."""
    failure: StageFailure | None
    """Why the draft was sent to `fix`; `None` when the last stage let it pass."""
    sampling: Sampling
    """How a model was asked for the draft."""
    hints: list[str]
    """What the search knows of the task, in words, for whoever asks a model."""
    fixes_left: int
    """Fixes that may still be made; bounds the loop."""
    history: Annotated[list[Attempt], operator.add]
    """Every draft that was tried."""
