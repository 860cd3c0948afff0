"""From a sentence and an example to a proven code node."""

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event

from graph.runner import Runner
from graph.state import GenerateInput, RunOptions
from server.deps import RunnerDep
from server.errors import error_body, status_of
from server.responses import JSONResponse
from server.schemas import GenerateRequest
from tools.errors import CodegenError
from tools.n8n.profile import profile_from

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/code", tags=["code"])


@router.post("/generate", summary="A sentence and an example in, a proven code node out", response_model=None)
async def generate_code(body: GenerateRequest, request: Request, runner: RunnerDep) -> Response:
    """Generate, check, test, fix, measure and optimise; `success` is claimed only for what was proven.

    With `Accept: text/event-stream` or `"stream": true` every finished stage is an event, and the event `answer` ends
    the stream.
    """
    given, options = _run_of(body, runner)
    if body.stream or "text/event-stream" in request.headers.get("accept", ""):
        return EventSourceResponse(_events(runner, given, options))
    answer = await runner.generate(given, options)
    status, headers = status_of(answer.get("error"))
    return JSONResponse(jsonable_encoder(answer), status, headers)


def _run_of(body: GenerateRequest, runner: Runner) -> tuple[GenerateInput, RunOptions]:
    profile_from(body.profile)  # a wrong profile is refused before the run starts
    given = GenerateInput(**body.model_dump(include=set(GenerateInput.__annotations__)))  # type: ignore[typeddict-item]
    return given, runner.options(profile=body.profile, candidates=body.candidates)


async def _events(runner: Runner, given: GenerateInput, options: RunOptions) -> AsyncIterator[bytes]:
    stages: dict[str, float] = {}
    try:
        async for event in runner.stream(given, options):
            stages[event.stage] = round(stages.get(event.stage, 0.0) + event.duration_ms, 2)
            if event.stage == "deliver":
                yield _event("answer", event.update | {"stages_ms": stages})
            else:
                yield _event("stage", {"stage": event.stage, "duration_ms": event.duration_ms, "update": event.update})
    except CodegenError as error:
        yield _event("error", error_body(error))


def _event(name: str, data: object) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(jsonable_encoder(data), ensure_ascii=False))
