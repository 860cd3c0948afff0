"""Runs: look one up, list them, resume one that broke off, cancel one that goes on."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.encoders import jsonable_encoder

from server.deps import RunnerDep, ServicesDep
from server.responses import JSONResponse
from tools.storage import Run, RunStatus

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/runs", tags=["runs"])
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("", summary="Runs, newest first")
async def list_runs(
    services: ServicesDep,
    status: RunStatus | None = None,
    code_id: str | None = None,
    before: Annotated[str | None, Query(description="The last run_id of the page before.")] = None,
    limit: Limit = 50,
) -> JSONResponse:
    """List runs without their requests and results."""
    runs = await services.storage.runs.list(status=status, code_id=code_id, before=before, limit=limit)
    return JSONResponse({"success": True, "runs": [_shown(run, whole=False) for run in runs]})


@router.get("/{run_id}", summary="One run with its request and result")
async def get_run(run_id: str, services: ServicesDep) -> JSONResponse:
    """Look one run up; `stage` is the last that finished."""
    run = await services.storage.runs.get(run_id)
    if run is None:
        raise _unknown(run_id)
    return JSONResponse({"success": True, "run": _shown(run, whole=True)})


@router.post("/{run_id}/resume", summary="Finish a run that failed or was cancelled")
async def resume_run(run_id: str, runner: RunnerDep) -> JSONResponse:
    """Go on after the last stage that finished, and give the run's answer.

    Runs whose server died are taken over without being asked.
    """
    runs = runner.services.storage.runs
    run = await runs.get(run_id)
    if run is None:
        raise _unknown(run_id)
    if run.status == "done":
        return JSONResponse(jsonable_encoder(run.result))
    if not await runs.reopen(run_id):
        raise HTTPException(409, f"run {run_id} is {run.status} at {run.owner}: only one that broke off is resumed")
    return JSONResponse(jsonable_encoder(await runner.resume(run)))


@router.post("/{run_id}/cancel", summary="Break a running run off")
async def cancel_run(run_id: str, runner: RunnerDep) -> JSONResponse:
    """Cancel a run wherever it is worked on; it may be resumed later."""
    if await runner.cancel(run_id):
        return JSONResponse({"success": True, "run_id": run_id, "status": "cancelled"})
    run = await runner.services.storage.runs.get(run_id)
    if run is None:
        raise _unknown(run_id)
    raise HTTPException(409, f"run {run_id} is {run.status}: only a running one can be cancelled")


def _shown(run: Run, *, whole: bool) -> dict[str, Any]:
    hidden = set() if whole else {"request", "result", "error"}
    shown: dict[str, Any] = jsonable_encoder({key: value for key, value in asdict(run).items() if key not in hidden})
    return shown


def _unknown(run_id: str) -> HTTPException:
    return HTTPException(404, f"no run has the id {run_id!r}; it may have passed RUN_RETENTION_DAYS")
