"""What a request becomes, the same through HTTP, the command line and MCP."""

from dataclasses import asdict
from typing import Any

from graph.services import Services
from sandbox.types import ExecutionRequest, ExecutionResult
from server.schemas import ExecuteRequest, ValidateRequest
from tools.checks import validate
from tools.n8n.profile import profile_from

__all__ = ["answer_execute", "answer_validate"]


async def answer_execute(request: ExecuteRequest, services: Services) -> dict[str, Any]:
    """Run a snippet or a body; code that fails is `success: false`."""
    limits = services.limits(request.timeout)
    execution = ExecutionRequest(request.code, request.language, (request.context,), request.dialect, limits)
    [result] = await services.executor.execute(execution)
    return _execution(result)


def answer_validate(request: ValidateRequest) -> dict[str, Any]:
    """Look at code without running it."""
    checked = validate(request.code, request.language, request.mode, profile_from(request.profile))
    return {"language": request.language} | asdict(checked)


def _execution(result: ExecutionResult) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "success": result.success,
        "result": result.result,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "execution_time_ms": round(result.execution_time_ms, 3),
        "cached": result.cached,
        "isolation": result.isolation,
        "error": asdict(result.error) if result.error else None,
        "cpu_time_ms": result.cpu_time_ms,
        "peak_memory_mb": result.peak_memory_mb,
    }
    return answer | ({"warnings": list(result.warnings)} if result.warnings else {})
