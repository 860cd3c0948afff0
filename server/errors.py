"""Every failure of ours as an HTTP answer: one shape, one status each."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from sandbox.errors import SandboxBusy, SandboxError, SandboxUnavailable
from server.responses import JSONResponse
from tools.errors import (
    BudgetExceeded,
    CodegenError,
    MalformedAnswer,
    ModelError,
    NoProviderAvailable,
    ProviderError,
    RequestError,
    RunCancelled,
    StorageError,
)

__all__ = ["STATUS", "add_error_handlers", "error_body", "error_response", "status_of"]

STATUS: dict[type[Exception], int] = {
    RequestError: 422,
    RunCancelled: 409,
    BudgetExceeded: 429,
    SandboxBusy: 429,
    MalformedAnswer: 502,
    ProviderError: 502,
    NoProviderAvailable: 503,
    SandboxUnavailable: 503,
    StorageError: 503,
    SandboxError: 500,
    CodegenError: 500,
}
"""The most specific class of an error's ancestry decides."""

_HINTS: dict[type[Exception], str] = {
    SandboxBusy: "All executions are taken: try again after the seconds in Retry-After.",
    SandboxUnavailable: "`n8n-agent doctor` says what this machine lacks.",
    NoProviderAvailable: "Set LLM_BASE_URL and LLM_MODEL, or give input_example and expected_output.",
    StorageError: "See /api/v1/health/detailed for the state of the database.",
}


def error_body(error: Exception) -> dict[str, Any]:
    """Bring an error of ours to the one shape: `{"error": {"type", "message", "hint", "details"}}`."""
    field = getattr(error, "field", "")
    hint = next((_HINTS[known] for known in type(error).__mro__ if known in _HINTS), "")
    return _body(type(error).__name__, str(error), hint, {"field": field} if field else None)


def error_response(status: int, kind: str, message: str, hint: str = "", details: object = None) -> JSONResponse:
    """Answer in the one shape what is no exception of ours."""
    return JSONResponse(_body(kind, message, hint, details), status)


def status_of(error: dict[str, Any] | None) -> tuple[int, dict[str, str]]:
    """Return status and headers of an answer that carries `error`: our failures are 5xx and 429, all else is 200."""
    named = {kind.__name__: status for kind, status in STATUS.items() if issubclass(kind, ModelError)}
    wait_s = ((error or {}).get("details") or {}).get("retry_after_s")
    headers = {} if wait_s is None else {"Retry-After": str(max(1, round(wait_s)))}
    return named.get((error or {}).get("type", ""), 200), headers


def add_error_handlers(app: FastAPI) -> None:
    """Teach the app to answer each exception."""
    app.add_exception_handler(CodegenError, _ours)
    app.add_exception_handler(SandboxError, _ours)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    kind = next(known for known in type(error).__mro__ if known in STATUS)
    wait_s = getattr(error, "retry_after_s", None)
    headers = None if wait_s is None else {"Retry-After": str(max(1, round(wait_s)))}
    return JSONResponse(error_body(error), STATUS[kind], headers)


async def _wrong_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "field": ".".join(str(part) for part in problem["loc"] if part not in ("body", "query")) or "body",
            "message": problem["msg"],
            "value": _short(problem.get("input")),
        }
        for problem in error.errors()
    ]
    first = problems[0]
    message = f"{first['field']}: {first['message']} (got {first['value']})"
    return error_response(422, "RequestError", message, "The page /docs shows every field with an example.", problems)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    hint = "The page /docs lists every endpoint." if error.status_code in (404, 405) else ""
    response = error_response(error.status_code, "HTTPError", str(error.detail), hint)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    """The edge: the log has the traceback (Starlette raises it on), the caller gets no inner detail."""
    return error_response(500, type(error).__name__, "The service failed; its log has the details.")


def _body(kind: str, message: str, hint: str, details: object) -> dict[str, Any]:
    return {"success": False, "error": {"type": kind, "message": message, "hint": hint, "details": details}}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "..."
