"""Versions of delivered nodes, what is remembered of them, and variants side by side."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.encoders import jsonable_encoder

from server.comparing import CompareRequest, VersionNumber, answer_compare, version_of
from server.deps import ServicesDep
from server.responses import JSONResponse
from tools.storage import difference

__all__ = ["router"]

router = APIRouter(prefix="/api/v1", tags=["versions"])
Limit = Annotated[int, Query(ge=1, le=500)]


@router.post("/code/compare", summary="Run variants on the same inputs: equal? faster? simpler?")
async def compare_code(body: CompareRequest, services: ServicesDep) -> JSONResponse:
    """Compare outputs, time within the noise, memory and complexity, and give a verdict with its reasons."""
    return JSONResponse(jsonable_encoder(await answer_compare(body, services)))


@router.get("/codes", summary="Tasks with delivered nodes, the last changed first")
async def list_codes(services: ServicesDep, limit: Limit = 50) -> JSONResponse:
    """List the tasks; each has an id under which its versions are counted."""
    codes = await services.storage.versions.list_codes(limit=limit)
    return JSONResponse(jsonable_encoder({"success": True, "codes": codes}))


@router.get("/memory", summary="Remembered nodes, the last used first")
async def list_patterns(services: ServicesDep, limit: Limit = 50) -> JSONResponse:
    """List the proven nodes that new requests may be answered from."""
    patterns = await services.storage.patterns.list(limit=limit)
    return JSONResponse(jsonable_encoder({"success": True, "patterns": patterns}))


@router.delete("/memory", summary="Forget all remembered nodes")
async def clear_patterns(services: ServicesDep) -> JSONResponse:
    """Forget everything; versions stay."""
    return JSONResponse({"success": True, "entries_deleted": await services.storage.patterns.clear()})


@router.delete("/memory/{pattern_id}", summary="Forget one remembered node")
async def delete_pattern(pattern_id: str, services: ServicesDep) -> JSONResponse:
    """Forget one node; the next identical request is solved anew."""
    if not await services.storage.patterns.delete(pattern_id):
        raise HTTPException(404, f"no remembered node has the id {pattern_id!r}")
    return JSONResponse({"success": True, "entries_deleted": 1})


@router.get("/codes/{code_id}/versions", summary="The versions of a task, newest first")
async def list_versions(code_id: str, services: ServicesDep, limit: Limit = 50) -> JSONResponse:
    """List the delivered nodes of a task."""
    versions = await services.storage.versions.list(code_id, limit=limit)
    if not versions:
        raise HTTPException(404, f"no task has the id {code_id!r}")
    return JSONResponse(jsonable_encoder({"success": True, "versions": versions}))


@router.get("/codes/{code_id}/versions/{number}", summary="One version and what changed since the one before")
async def get_version(code_id: str, number: VersionNumber, services: ServicesDep) -> JSONResponse:
    """Look a version up; `diff` is against its predecessor."""
    version = await version_of(code_id, number, services)
    before = await services.storage.versions.get(code_id, number - 1) if number > 1 else None
    diff = difference(before, version) if before else None
    return JSONResponse(jsonable_encoder({"success": True, "version": version, "diff": diff}))


@router.get("/codes/{code_id}/diff", summary="What changed between two versions")
async def diff_versions(
    code_id: str,
    services: ServicesDep,
    old: Annotated[VersionNumber, Query(alias="from")],
    new: Annotated[VersionNumber | None, Query(alias="to", description="The latest by default.")] = None,
) -> JSONResponse:
    """Show the change as a unified diff."""
    before, after = await version_of(code_id, old, services), await version_of(code_id, new, services)
    numbers = {"from": before.number, "to": after.number}
    return JSONResponse({"success": True, "code_id": code_id, **numbers, "diff": difference(before, after)})


@router.post("/codes/{code_id}/versions/{number}/restore", summary="Bring an old version back as the newest")
async def restore_version(code_id: str, number: VersionNumber, services: ServicesDep) -> JSONResponse:
    """Number the old code anew; nothing is lost."""
    await version_of(code_id, number, services)
    restored = await services.storage.versions.restore(code_id, number)
    return JSONResponse(jsonable_encoder({"success": True, "version": restored}))


@router.delete("/codes/{code_id}", summary="Delete a task with all its versions")
async def delete_code(code_id: str, services: ServicesDep) -> JSONResponse:
    """Delete the history of a task; what is remembered of it stays until it is forgotten."""
    if not await services.storage.versions.delete(code_id):
        raise HTTPException(404, f"no task has the id {code_id!r}")
    return JSONResponse({"success": True})
