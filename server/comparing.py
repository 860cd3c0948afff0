"""Variants of a piece of code side by side, the same through HTTP and jobs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field, field_validator

from graph.services import Services
from sandbox.types import Dialect, Language
from tools.compare import Variant, compare
from tools.executor import CheckedExecutor
from tools.n8n.items import items_from
from tools.storage import Version

__all__ = ["CompareRequest", "VersionNumber", "answer_compare", "version_of"]

VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of a task's versions, from 1; as large as both databases can hold."""


class VariantRequest(BaseModel):
    """One of the candidates: its code, or a version of a task."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=100, description="How the answer calls it; `A`, `B`, ... by default.")] = ""
    code: Annotated[str | None, Field(max_length=1_000_000)] = None
    language: Language = "python"
    code_id: Annotated[str | None, Field(description="Instead of `code`: a task whose version is meant.")] = None
    version: Annotated[VersionNumber | None, Field(description="Its number; the latest by default.")] = None


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


async def answer_compare(body: CompareRequest, services: Services) -> dict[str, Any]:
    """Compare outputs, time within the noise, memory and complexity.

    Raises:
        HTTPException: a version is unknown, or the outputs expected are not one for each input.
    """
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


async def _variant(number: int, given: VariantRequest, dialect: Dialect, services: Services) -> Variant:
    name = given.name or "ABCDEFGH"[number]
    if given.code is not None:
        return Variant(name, given.code, given.language, dialect)
    version = await version_of(given.code_id or "", given.version, services)
    return Variant(given.name or f"version {version.number}", version.code, version.language, "body")


async def version_of(code_id: str, number: int | None, services: Services) -> Version:
    """Look a version up, the latest for `None`.

    Raises:
        HTTPException: there is none.
    """
    version = await services.storage.versions.get(code_id, number)
    if version is None:
        raise HTTPException(404, f"task {code_id!r} has no version {number or 1}")
    return version
