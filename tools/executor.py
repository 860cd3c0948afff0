"""The one way to execute: the language layer's refusal first, then the sandbox."""

from typing import Protocol

from sandbox.types import ExecutionError, ExecutionRequest, ExecutionResult
from tools.checks import check_security
from tools.checks.report import Finding

__all__ = ["CheckedExecutor", "Executor"]


class Executor(Protocol):
    """What runs code: `sandbox.Sandbox`, or something that stands before it."""

    async def execute(self, request: ExecutionRequest) -> list[ExecutionResult]:
        """Run the code once for each context; user code that fails is a value."""
        ...


class CheckedExecutor:
    """Refuses dangerous JavaScript before a child sees it.

    Python is refused inside the child by the sandbox's own policy. Neither is the wall, which is the operating
    system's: a refusal explains early what would fail anyway. The dialect `node` runs as n8n would and is let through.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def execute(self, request: ExecutionRequest) -> list[ExecutionResult]:
        """Run the code once for each context, or refuse it for all of them."""
        if request.language == "javascript" and request.dialect != "node":
            for finding in check_security(request.code, "javascript").findings:
                if finding.severity == "error":
                    return [_refusal(finding) for _ in request.contexts]
        return await self._executor.execute(request)


def _refusal(finding: Finding) -> ExecutionResult:
    return ExecutionResult(
        success=False,
        error=ExecutionError(
            type="SecurityViolation",
            message=f"Not allowed: {finding.message}",
            line=finding.line,
            killed_by="policy",
            hint=finding.remedy or None,
            rule=finding.rule,
        ),
    )
