"""`terry_bridge.execute_python_code(...)`: the sandbox for scripts, threads and notebooks, without async or set-up."""

import atexit
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypedDict, cast

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox, SandboxConfig
from tools.background import BackgroundLoop
from tools.lazy import Lazy
from tools.settings import load_settings

__all__ = ["ErrorAnswer", "ExecutionAnswer", "TerryBridge", "terry_bridge"]


class ErrorAnswer(TypedDict):
    """What went wrong in the code, or which bound it ran into."""

    type: str
    message: str
    line: int | None
    killed_by: str | None
    hint: str | None
    rule: str | None
    traceback: str | None


class ExecutionAnswer(TypedDict):
    """The documented answer of an execution."""

    success: bool
    result: Any
    stdout: str
    stderr: str
    execution_time_ms: float
    cached: bool
    error: ErrorAnswer | None
    isolation: str
    warnings: list[str]


class TerryBridge:
    """A sandbox on an event loop of its own, in a thread of its own."""

    def __init__(self) -> None:
        settings = load_settings().sandbox
        self._most_s = float(settings.max_execution_time)
        self._memory_mb = settings.max_memory_mb
        self._loop = BackgroundLoop("terry-bridge")
        config = SandboxConfig(
            max_memory_mb=self._memory_mb,
            workspace=settings.workspace if settings.cache_enabled else None,
            allow_language_only=settings.allow_language_only,
        )
        try:
            self._sandbox = self._loop.open(Sandbox(config))
        except BaseException:
            self._loop.close()
            raise
        atexit.register(self.close)

    def execute_python_code(
        self, code: str, context: Mapping[str, Any] | None = None, timeout: float = 30
    ) -> ExecutionAnswer:
        """Run Python in a locked child.

        Args:
            code: a snippet that answers in `result`, or a body with a top-level `return`.
            context: names to JSON values.
            timeout: seconds; TERRY_MAX_EXECUTION_TIME is the most that is given.

        Returns:
            `{"success", "result", "stdout", "stderr", "execution_time_ms", "cached", "error", ...}`.

        Raises:
            SandboxUnavailable: no wall on this machine.
            SandboxBusy: too many executions wait already.
            SandboxFault: the sandbox itself broke.
            ValueError: the time-out is not above 0.

        Example:
            terry_bridge.execute_python_code("result = x * y", {"x": 5, "y": 3})["result"]  # 15
        """
        if not timeout > 0:
            raise ValueError(f"timeout={timeout!r}: give more than 0 seconds")
        limits = Limits(timeout_s=min(timeout, self._most_s), memory_mb=self._memory_mb)
        request = ExecutionRequest(code, contexts=[context or {}], limits=limits)
        [result] = self._loop.run(self._sandbox.execute(request))
        return _answer(result)

    def close(self) -> None:
        """End the sandbox and its thread; the next use of the shortcut fails."""
        self._loop.close()


def _answer(result: ExecutionResult) -> ExecutionAnswer:
    error = result.error
    told = cast("ErrorAnswer", asdict(error)) if error else None
    return {
        "success": result.success,
        "result": result.result,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "execution_time_ms": result.execution_time_ms,
        "cached": result.cached,
        "error": told,
        "isolation": result.isolation,
        "warnings": list(result.warnings),
    }


terry_bridge = Lazy(TerryBridge)
"""The shortcut; the sandbox starts at its first use."""
