"""What goes into the sandbox and what comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Dialect",
    "ExecutionError",
    "ExecutionRequest",
    "ExecutionResult",
    "KilledBy",
    "Language",
    "Limits",
    "Mode",
    "NodeRules",
]

Language = Literal["python", "javascript"]
Mode = Literal["runOnceForAllItems", "runOnceForEachItem"]
Dialect = Literal["auto", "snippet", "body", "node"]
"""How code meets its input.

`snippet`: names from the context; Python answers in `result`. `body`: a function body with a top-level `return`, which
sees n8n's globals over `context["items"]` and the context's names. `auto`: a Python text with a top-level `return` is a
body, any other a snippet; JavaScript is always a body. `node`: exactly as n8n runs a code node, under `NodeRules`.
"""
KilledBy = Literal["timeout", "memory", "output", "policy", "crash"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one execution; over a bound the child is killed and the answer names the bound."""

    timeout_s: float = 30.0
    """Wall-clock seconds over the whole exchange with the child (TERRY_MAX_EXECUTION_TIME)."""
    memory_mb: int = 512
    """Address space of a Python child, heap of a JavaScript child (TERRY_MAX_MEMORY_MB)."""
    output_bytes: int = 1_000_000
    """Captured stdout and stderr, each."""
    result_bytes: int = 16_000_000
    """The serialised results of all inputs together."""


@dataclass(frozen=True, slots=True)
class NodeRules:
    """How an n8n runner treats the code of one code node; a runner profile fills it (`tools.n8n.profile`)."""

    mode: Mode = "runOnceForAllItems"
    python_stdlib_allow: tuple[str, ...] = ()
    """Modules of the standard library that may be imported; `("*",)` is all."""
    python_external_allow: tuple[str, ...] = ()
    python_builtins_deny: tuple[str, ...] = ()
    javascript_builtin_allow: tuple[str, ...] = ()
    """Modules that `require` gives, matched literally: `crypto` does not allow `node:crypto`."""
    javascript_external_allow: tuple[str, ...] = ()
    continue_on_fail: bool = False
    """The node goes on after an error (`onError`): the runner answers with an item that holds the message."""
    runs_runners_itself: bool = False
    """n8n starts its runners itself, and starts one again that takes too long (internal mode)."""
    self_hosted: bool = True
    """Messages advise about environment variables."""
    error_output: bool = False
    """Errors go to an output of their own: n8n then links no items by itself."""


@dataclass(frozen=True, slots=True)
class ExecutionRequest:
    """One piece of code and the inputs it runs on, each with fresh globals, all in one child."""

    code: str
    language: Language = "python"
    contexts: Sequence[Mapping[str, Any]] = field(default_factory=lambda: ({},))
    """One mapping of names to JSON values for each run."""
    dialect: Dialect = "auto"
    limits: Limits = field(default_factory=Limits)
    rules: NodeRules | None = None
    """Needed by, and only read for, the dialect `node`."""


@dataclass(frozen=True, slots=True)
class ExecutionError:
    """Why user code did not finish: its own exception, a refusal, or the bound it ran into."""

    type: str
    """Name of the exception class, or `SecurityViolation`, `Timeout`, `OutOfMemory`, `OutputLimit`, `Crash`."""
    message: str
    line: int | None = None
    """1-based line of the user's own source."""
    killed_by: KilledBy | None = None
    hint: str | None = None
    """What to do about it, when we know."""
    rule: str | None = None
    """The rule of the language layer that refused, for refusals."""
    traceback: str | None = None
    """Trimmed to the frames of the user's code."""
    description: str | None = None
    """n8n's second line, for the dialect `node`."""


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """One run of one input."""

    success: bool
    result: Any = None
    """A JSON value."""
    stdout: str = ""
    stderr: str = ""
    execution_time_ms: float = 0.0
    """Wall clock as the controller saw it; runs of one request share it by the child's own measure."""
    cpu_time_ms: float | None = None
    run_time_ms: float | None = None
    """Wall clock of this run alone, as the child measured it: fine enough to compare two programs, not to bill."""
    peak_memory_mb: float | None = None
    cached: bool = False
    error: ExecutionError | None = None
    isolation: str = ""
    """The rung of the ladder it ran on, `A` to `C`, or `language-only` (see `sandbox.lockdown.ladder`)."""
    varies: str | None = None
    """What in the code makes a second run differ (a clock, chance, an address); such a result is never cached."""
    warnings: tuple[str, ...] = ()
    """What n8n would do silently: data that is lost, hangs, values that change."""
