"""Jobs: one or thousands of requests at once, their progress, their results."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.deps import DispatcherDep, ServicesDep
from server.jobs import JobItemRequest, checked_items, queue_of
from server.responses import JSONResponse
from tools.errors import RequestError, StorageError
from tools.storage import ItemStatus, Job

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
_LOOK_S = 0.25
_PAGE = 200


class JobRequest(BaseModel):
    """Requests of any kinds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"items": [{"kind": "execute", "request": {"code": "result = 6 * 7"}}], "idempotency_key": "a"}
            ]
        },
    )

    items: Annotated[list[JobItemRequest], Field(min_length=1)]
    idempotency_key: Annotated[str | None, Field(max_length=200, description="A second job under it is the first.")] = (
        None
    )
    max_attempts: Annotated[int | None, Field(ge=1, le=20, description="JOBS_MAX_ATTEMPTS by default.")] = None


@router.post("", summary="Submit requests as one job", status_code=202)
async def submit_job(
    request: Request,
    services: ServicesDep,
    dispatcher: DispatcherDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> JSONResponse:
    """Take `{"items": [{"kind", "request"}, ...]}`, or JSON lines of such items (`Content-Type: application/x-ndjson`).

    Every request is checked before any is begun.
    """
    settings = services.settings.jobs
    body = _body(await request.body(), is_lines="ndjson" in request.headers.get("content-type", ""))
    if len(body.items) > settings.max_items:
        raise RequestError(f"items: {len(body.items)} are more than JOBS_MAX_ITEMS={settings.max_items}", "items")
    items = checked_items(body.items)
    job, is_new = await services.storage.jobs.submit(
        items,
        queue=queue_of(items),
        idempotency_key=body.idempotency_key or idempotency_key,
        max_attempts=body.max_attempts or settings.max_attempts,
    )
    if is_new:
        try:
            await dispatcher.dispatch(job)
        except StorageError:
            await services.storage.jobs.cancel(job.job_id)
            raise
    return JSONResponse(await _shown(job, services) | {"is_new": is_new}, 202 if is_new else 200)


@router.get("", summary="Jobs, newest first")
async def list_jobs(services: ServicesDep, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JSONResponse:
    """List jobs with their progress."""
    jobs = await services.storage.jobs.list(limit=limit)
    return JSONResponse({"success": True, "jobs": [(await _shown(job, services))["job"] for job in jobs]})


@router.get("/{job_id}", summary="How far a job is")
async def get_job(job_id: str, services: ServicesDep) -> JSONResponse:
    """Count its items by status."""
    return JSONResponse(await _shown(await _job(job_id, services), services))


@router.get("/{job_id}/events", summary="Progress as server-sent events")
async def follow_job(job_id: str, services: ServicesDep) -> EventSourceResponse:
    """Send an event `progress` whenever something ended, and `done` at the end."""
    return EventSourceResponse(_events(await _job(job_id, services), services))


@router.get("/{job_id}/results", summary="Results as JSON lines")
async def stream_results(
    job_id: str,
    services: ServicesDep,
    after: Annotated[int, Query(ge=-1, le=2**31 - 1, description="Only items after this position.")] = -1,
    status: ItemStatus | None = None,
    follow: Annotated[bool, Query(description="Wait for the rest until the job is over.")] = False,
) -> StreamingResponse:
    """Stream the ended items; with `follow` each as it ends, in the order of ending."""
    job = await _job(job_id, services)
    lines = _followed(job, services) if follow else _lines(job, services, after, status)
    return StreamingResponse(lines, media_type="application/x-ndjson")


@router.post("/{job_id}/cancel", summary="Cancel what is not done yet")
async def cancel_job(job_id: str, services: ServicesDep) -> JSONResponse:
    """Cancel queued and running items; results stay."""
    await _job(job_id, services)
    return JSONResponse({"success": True, "cancelled": await services.storage.jobs.cancel(job_id)})


@router.post("/{job_id}/retry", summary="Begin dead letters and cancelled items again")
async def retry_job(job_id: str, services: ServicesDep, dispatcher: DispatcherDep) -> JSONResponse:
    """Queue what failed or was cancelled once more, with all its attempts."""
    job = await _job(job_id, services)
    positions = await services.storage.jobs.retry(job_id)
    await dispatcher.dispatch(job, positions)
    return JSONResponse({"success": True, "retried": len(positions)})


def _body(raw: bytes, *, is_lines: bool) -> JobRequest:
    try:
        if is_lines:
            return JobRequest(items=[json.loads(line) for line in raw.splitlines() if line.strip()])
        return JobRequest.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise RequestError(f"{place}: {first['msg']} (got {repr(first.get('input'))[:200]})", place) from error
    except ValueError as error:
        raise RequestError(f"body: not JSON lines: {error}", "body") from error


async def _job(job_id: str, services: ServicesDep) -> Job:
    job = await services.storage.jobs.get(job_id)
    if job is None:
        raise HTTPException(404, f"no job has the id {job_id!r}; it may have passed RUN_RETENTION_DAYS")
    return job


async def _shown(job: Job, services: ServicesDep) -> dict[str, Any]:
    progress = await services.storage.jobs.progress(job)
    shown: dict[str, Any] = jsonable_encoder(asdict(job))
    return {"success": True, "job": shown | {"progress": asdict(progress), "is_over": progress.is_over}}


async def _events(job: Job, services: ServicesDep) -> AsyncIterator[bytes]:
    shown = None
    while True:
        progress = await services.storage.jobs.progress(job)
        if progress != shown:
            shown = progress
            yield format_sse_event(event="progress", data_str=json.dumps(asdict(progress)))
        if progress.is_over:
            yield format_sse_event(event="done", data_str=json.dumps(asdict(progress)))
            return
        await asyncio.sleep(_LOOK_S)


async def _lines(job: Job, services: ServicesDep, after: int, status: ItemStatus | None) -> AsyncIterator[bytes]:
    while page := await services.storage.jobs.ended(job.job_id, after=after, status=status, limit=_PAGE):
        for item in page:
            yield _line(item)
        after = page[-1].position


async def _followed(job: Job, services: ServicesDep) -> AsyncIterator[bytes]:
    """Send what has ended since the last look, by position within a look."""
    sent: set[int] = set()
    whole = -1  # all items up to here were sent
    while True:
        is_over = (await services.storage.jobs.progress(job)).is_over
        after = whole
        while page := await services.storage.jobs.ended(job.job_id, after=after, limit=_PAGE):
            for item in page:
                if item.position not in sent:
                    sent.add(item.position)
                    yield _line(item)
            after = page[-1].position
        while whole + 1 in sent:
            whole += 1
        if is_over:
            return
        await asyncio.sleep(_LOOK_S)


def _line(item: Any) -> bytes:
    shown = {key: value for key, value in asdict(item).items() if key not in {"request", "job_id"}}
    return json.dumps(jsonable_encoder(shown)).encode() + b"\n"
