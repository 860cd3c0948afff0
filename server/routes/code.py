"""Execute, validate and optimise: no graph, no model."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from server.answers import answer_cache_stats, answer_execute, answer_optimize, answer_validate
from server.deps import ServicesDep
from server.responses import JSONResponse
from server.schemas import Code, ExecuteRequest, ExecutionLanguage, OptimizeRequest, ValidateRequest
from tools.errors import RequestError

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/code", tags=["code"])


@router.post("/execute", summary="Run code in the locked sandbox")
async def execute_code(request: ExecuteRequest, services: ServicesDep) -> JSONResponse:
    """Run a snippet or a code node's body; code that fails is `success: false` with status 200."""
    return JSONResponse(await answer_execute(request, services))


@router.post("/validate", summary="Look at code without running it")
async def validate_code(
    body: Annotated[ValidateRequest | None, Body()] = None,
    code: Annotated[Code | None, Query(description="The code, when there is no body.")] = None,
    language: Annotated[ExecutionLanguage, Query()] = "python",
) -> JSONResponse:
    """Say whether code compiles as n8n compiles it, and everything else that is wrong with it."""
    if body is None:
        if code is None:
            raise RequestError('code is missing: send ?code=...&language=... or {"code": ..., "language": ...}', "code")
        body = ValidateRequest(code=code, language=language)
    return JSONResponse(answer_validate(body))  # in the loop: CPython 3.11 may crash when several threads parse


@router.post("/optimize", summary="Suggestions, and a faster text that is proven equal")
async def optimize_code(request: OptimizeRequest, services: ServicesDep) -> JSONResponse:
    """Suggest, rewrite, and run both texts on growing inputs; only a proven gain changes the code."""
    return JSONResponse(await answer_optimize(request, services))


@router.get("/cache/stats", summary="How the execution cache does")
async def cache_stats(services: ServicesDep) -> JSONResponse:
    """Count entries, look-ups and hits; `cache_hit_rate` is hits over look-ups."""
    return JSONResponse({"success": True, "cache_stats": answer_cache_stats(services.sandbox.cache)})


@router.delete("/cache", summary="Clear the execution cache")
async def clear_cache(
    services: ServicesDep,
    older_than_hours: Annotated[float | None, Query(ge=0, description="Only entries older than this.")] = None,
) -> JSONResponse:
    """Delete cached executions; the counters stay."""
    cache = services.sandbox.cache
    older_than_s = None if older_than_hours is None else older_than_hours * 3600
    return JSONResponse({"success": True, "entries_deleted": cache.clear(older_than_s) if cache else 0})
