"""Execute, validate and optimise: no graph, no model."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse

from sandbox.types import ExecutionRequest, ExecutionResult
from server.deps import ServicesDep
from server.schemas import Code, ExecuteRequest, ExecutionLanguage, OptimizeRequest, ValidateRequest
from tools.checks import validate
from tools.errors import RequestError
from tools.n8n.items import items_from
from tools.n8n.profile import profile_from
from tools.optimise import optimise

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/code", tags=["code"])


@router.post("/execute", summary="Run code in the locked sandbox")
async def execute_code(request: ExecuteRequest, services: ServicesDep) -> JSONResponse:
    """Run a snippet or a code node's body; code that fails is `success: false` with status 200."""
    [result] = await services.executor.execute(
        ExecutionRequest(
            request.code,
            request.language,
            (request.context,),
            request.dialect,
            services.limits(request.timeout),
        )
    )
    return JSONResponse(execution_answer(result))


@router.post("/validate", summary="Look at code without running it")
async def validate_code(
    services: ServicesDep,
    body: Annotated[ValidateRequest | None, Body()] = None,
    code: Annotated[Code | None, Query(description="The code, when there is no body.")] = None,
    language: Annotated[ExecutionLanguage, Query()] = "python",
) -> JSONResponse:
    """Say whether code compiles as n8n compiles it, and everything else that is wrong with it."""
    if body is None:
        if code is None:
            raise RequestError('code is missing: send ?code=...&language=... or {"code": ..., "language": ...}', "code")
        body = ValidateRequest(code=code, language=language)
    profile = profile_from(body.profile)
    return JSONResponse(validate(body.code, body.language, body.mode, profile).as_dict())


@router.post("/optimize", summary="Suggestions, and a faster text that is proven equal")
async def optimize_code(request: OptimizeRequest, services: ServicesDep) -> JSONResponse:
    """Suggest, rewrite, and run both texts on growing inputs; only a proven gain changes the code."""
    inputs = [] if request.input_example is None else [items_from(request.input_example)]
    found = await optimise(request.code, request.language, services.sandbox.execute, inputs, request.mode)
    return JSONResponse({"success": True, "optimization_results": found.as_dict()})


@router.get("/cache/stats", summary="How the execution cache does")
async def cache_stats(services: ServicesDep) -> JSONResponse:
    """Count entries, look-ups and hits since the cache was made."""
    return JSONResponse({"success": True, "cache_stats": services.sandbox.cache_stats()})


@router.delete("/cache", summary="Clear the execution cache")
async def clear_cache(
    services: ServicesDep,
    older_than_hours: Annotated[float | None, Query(ge=0, description="Only entries older than this.")] = None,
) -> JSONResponse:
    """Delete cached executions."""
    return JSONResponse({"success": True, "entries_deleted": services.sandbox.clear_cache(older_than_hours)})


def execution_answer(result: ExecutionResult) -> dict[str, Any]:
    """Bring a result to the wire: the specification's fields, then ours."""
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
