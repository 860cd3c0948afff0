"""Versions of delivered nodes, what is remembered of them, and variants side by side."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.types import Dialect, Language
from server.deps import ServicesDep
from tools.compare import Variant, compare
from tools.executor import CheckedExecutor
from tools.n8n.items import items_from
from tools.storage import Version, difference

__all__ = ["CompareRequest", "answer_compare", "router"]

router = APIRouter(prefix="/api/v1", tags=["versions"])
Limit = Annotated[int, Query(ge=1, le=500)]


class VariantRequest(BaseModel):
    """One of the candidates: its code, or a version of a task."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=100, description="How the answer calls it; `A`, `B`, ... by default.")] = ""
    code: Annotated[str | None, Field(max_length=1_000_000)] = None
    language: Language = "python"
    code_id: Annotated[str | None, Field(description="Instead of `code`: a task whose version is meant.")] = None
    version: Annotated[int | None, Field(ge=1, description="Its number; the latest by default.")] = None


class CompareRequest(BaseModel):
    """Two or more variants and the inputs to run them on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "variants": [
                        {"code": "return [{'json': {'n': len(_items)}}]"},
                        {"code": "return [{json: {n: $input.all().length}}]", "language": "javascript"},
                    ],
                    "inputs": [[{"a": 1}, {"a": 2}], []],
                }
            ]
        },
    )

    variants: Annotated[list[VariantRequest], Field(min_length=2, max_length=8)]
    inputs: Annotated[list[Any], Field(min_length=1, max_length=100, description="Each in the shape of input_example.")]
    expected: Annotated[list[Any] | None, Field(description="The right output for each input, if it is known.")] = None
    rounds: Annotated[int, Field(ge=3, le=50, description="Measured rounds, in which the variants take turns.")] = 9
    timeout: Annotated[float | None, Field(gt=0, le=3600)] = None
    dialect: Dialect = "auto"

    @field_validator("variants")
    @classmethod
    def _one_source_each(cls, variants: Sequence[VariantRequest]) -> Sequence[VariantRequest]:
        for number, variant in enumerate(variants):
            if (variant.code is None) == (variant.code_id is None):
                raise ValueError(f"variants[{number}] needs either code or code_id")
        return variants


@router.post("/code/compare", summary="Run variants on the same inputs: equal? faster? simpler?")
async def compare_code(body: CompareRequest, services: ServicesDep) -> JSONResponse:
    """Compare outputs, time within the noise, memory and complexity, and give a verdict with its reasons."""
    return JSONResponse(jsonable_encoder(await answer_compare(body, services)))


async def answer_compare(body: CompareRequest, services: ServicesDep) -> dict[str, Any]:
    """Compare, the same through HTTP and jobs."""
    if body.expected is not None and len(body.expected) != len(body.inputs):
        raise HTTPException(422, f"expected has {len(body.expected)} outputs for {len(body.inputs)} inputs")
    variants = [await _variant(number, each, body.dialect, services) for number, each in enumerate(body.variants)]
    contexts = [{"items": items_from(value)} for value in body.inputs]
    comparison = await compare(
        variants,
        contexts,
        CheckedExecutor(services.sandbox).execute,  # past any cache: a remembered time is no measure
        expected=body.expected,
        rounds=body.rounds,
        limits=services.limits(body.timeout),
    )
    return {"success": True} | asdict(comparison)


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
async def get_version(code_id: str, number: int, services: ServicesDep) -> JSONResponse:
    """Look a version up; `diff` is against its predecessor."""
    version = await _version(code_id, number, services)
    before = await services.storage.versions.get(code_id, number - 1) if number > 1 else None
    diff = difference(before, version) if before else None
    return JSONResponse(jsonable_encoder({"success": True, "version": version, "diff": diff}))


@router.get("/codes/{code_id}/diff", summary="What changed between two versions")
async def diff_versions(
    code_id: str,
    services: ServicesDep,
    old: Annotated[int, Query(alias="from", ge=1)],
    new: Annotated[int | None, Query(alias="to", ge=1, description="The latest by default.")] = None,
) -> JSONResponse:
    """Show the change as a unified diff."""
    before, after = await _version(code_id, old, services), await _version(code_id, new, services)
    numbers = {"from": before.number, "to": after.number}
    return JSONResponse({"success": True, "code_id": code_id, **numbers, "diff": difference(before, after)})


@router.post("/codes/{code_id}/versions/{number}/restore", summary="Bring an old version back as the newest")
async def restore_version(code_id: str, number: int, services: ServicesDep) -> JSONResponse:
    """Number the old code anew; nothing is lost."""
    await _version(code_id, number, services)
    restored = await services.storage.versions.restore(code_id, number)
    return JSONResponse(jsonable_encoder({"success": True, "version": restored}))


@router.delete("/codes/{code_id}", summary="Delete a task with all its versions")
async def delete_code(code_id: str, services: ServicesDep) -> JSONResponse:
    """Delete the history of a task; what is remembered of it stays until it is forgotten."""
    if not await services.storage.versions.delete(code_id):
        raise HTTPException(404, f"no task has the id {code_id!r}")
    return JSONResponse({"success": True})


async def _variant(number: int, given: VariantRequest, dialect: Dialect, services: ServicesDep) -> Variant:
    name = given.name or "ABCDEFGH"[number]
    if given.code is not None:
        return Variant(name, given.code, given.language, dialect)
    version = await _version(given.code_id or "", given.version, services)
    return Variant(given.name or f"version {version.number}", version.code, version.language, "body")


async def _version(code_id: str, number: int | None, services: ServicesDep) -> Version:
    version = await services.storage.versions.get(code_id, number)
    if version is None:
        raise HTTPException(404, f"task {code_id!r} has no version {number or 1}")
    return version
