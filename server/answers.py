"""What a request becomes, the same through HTTP, the command line and MCP."""

from dataclasses import asdict
from typing import Any

from graph.answer import optimisation_answer
from graph.services import Services
from sandbox.cache import CacheStats, ResultCache
from sandbox.types import ExecutionRequest, ExecutionResult
from server.schemas import ExecuteRequest, OptimizeRequest, RunNodeRequest, ValidateRequest
from tools.checks import validate
from tools.n8n.items import items_from
from tools.n8n.profile import profile_from
from tools.n8n.run_node import run_node
from tools.optimise import optimise

__all__ = ["answer_cache_stats", "answer_execute", "answer_optimize", "answer_run_node", "answer_validate"]


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


async def answer_optimize(request: OptimizeRequest, services: Services) -> dict[str, Any]:
    """Suggest, rewrite, and prove the rewrite equal and faster."""
    inputs = [] if request.input_example is None else [items_from(request.input_example)]
    found = await optimise(request.code, request.language, services.executor.execute, inputs, request.mode)
    return {"success": True, "language": request.language, "optimization_results": optimisation_answer(found)}


async def answer_run_node(request: RunNodeRequest, services: Services) -> dict[str, Any]:
    """Run a node under a profile's rules; a failing node is `success: false` with n8n's words."""
    profile = profile_from(request.profile)
    limits = services.limits(request.timeout or profile.task_timeout_s)
    run = await run_node(
        services.sandbox,
        request.node,
        request.items,
        profile=profile,
        timeout_s=limits.timeout_s,
        upstream=request.upstream,
        node_name=request.node_name,
        responses=request.responses,
        workflow=request.workflow,
        memory_mb=limits.memory_mb,
    )
    return asdict(run)


def answer_cache_stats(cache: ResultCache | None) -> dict[str, Any]:
    """The documented figures, then look-ups, size and age; nothing is counted when TERRY_CACHE_ENABLED is off."""
    stats = cache.stats() if cache else CacheStats(0, 0, 0, 0, None, 0.0)
    return {
        "enabled": cache is not None,
        "total_cached_executions": stats.entries,
        "total_cache_hits": stats.hits,
        "total_look_ups": stats.lookups,
        "average_execution_time_ms": round(stats.average_execution_time_ms, 3),
        "cache_hit_rate": round(stats.hit_rate, 4),
        "size_bytes": stats.size_bytes,
        "oldest_age_s": stats.oldest_age_s,
    }
