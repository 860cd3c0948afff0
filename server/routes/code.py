"""Execute, validate and optimise: no graph, no model."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse

from server.answers import answer_execute, answer_validate
from server.deps import ServicesDep
from server.schemas import Code, ExecuteRequest, ExecutionLanguage, ValidateRequest
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
    return JSONResponse(answer_validate(body))
