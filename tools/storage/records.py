"""What the storage keeps: runs, versions of delivered nodes, proven patterns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, cast, get_type_hints

from sandbox.types import Language, Mode

__all__ = [
    "Code",
    "ItemStatus",
    "Job",
    "JobItem",
    "Json",
    "Match",
    "Pattern",
    "Run",
    "RunStatus",
    "Version",
    "clean",
    "dump",
    "now_text",
    "read_row",
    "read_time",
]

Json = Any
"""A JSON value."""
RunStatus = Literal["running", "done", "failed", "cancelled"]
ItemStatus = Literal["queued", "running", "done", "failed", "cancelled"]
RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Run:
    """One trip through the pipeline; its checkpoints live under the thread of the same id."""

    run_id: str
    kind: str
    """What was asked for: `generate`."""
    status: RunStatus
    """`failed` is ours (a result that says `success: false` is `done`)."""
    stage: str | None
    """The last stage that finished."""
    code_id: str | None
    attempts: int
    """How many processes worked on it; more than 1 after a crash or a resume."""
    owner: str
    """`host:pid:start` of the process that works, or worked last, on it."""
    lease_until: datetime
    """A running run whose lease is over belongs to nobody."""
    request_key: str
    created_at: datetime
    updated_at: datetime
    request: Json = None
    """None in lists."""
    result: Json = None
    """None in lists and until it is done."""
    error: Json = None


@dataclass(frozen=True, slots=True)
class Code:
    """One task, whose delivered nodes are numbered versions."""

    code_id: str
    description: str
    language: Language
    latest: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One delivered node of a task."""

    code_id: str
    number: int
    """From 1, without gaps."""
    description: str
    language: Language
    mode: Mode
    code: str
    node: Json
    engine: str
    evidence: Json
    run_id: str | None
    restored_from: int | None
    """Number of the version that was brought back as this one."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """One delivered and proven node, kept to be found again."""

    pattern_id: str
    request_key: str
    """Fingerprint of the normalised request; the same request finds it without any search."""
    description: str
    language: Language
    mode: Mode
    profile: str
    code: str
    explanation: str
    engine: str
    examples: Json
    """`[{"input": items, "output": items}, ...]`, the proof that can be run again."""
    code_id: str | None
    model: str
    """Name of the embedding model; vectors of two models are never compared."""
    uses: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern and how near it is."""

    pattern: Pattern
    similarity: float
    """Cosine, 1 is the same meaning."""


@dataclass(frozen=True, slots=True)
class Job:
    """Many requests under one name."""

    job_id: str
    idempotency_key: str | None
    queue: str
    """`pipeline` or `sandbox`: which workers take it."""
    total: int
    max_attempts: int
    """An item that took its worker down so often is a dead letter."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobItem:
    """One request of a job."""

    job_id: str
    position: int
    """From 0, in the order of submission."""
    kind: str
    request: Json
    status: ItemStatus
    """`done` has a result (which may say `success: false`); `failed` is a dead letter with our error."""
    attempts: int
    result: Json
    error: Json
    updated_at: datetime


def read_row(kind: type[RecordT], row: Mapping[str, Any]) -> RecordT:
    """Make a record of a row: columns of the record's names, JSON and times decoded."""
    kinds = _field_kinds(cast("Any", kind))
    return kind(**{name: _read(kinds[name], row[name]) for name in kinds if name in row})


def dump(value: Json) -> str:
    """Write JSON as ASCII, so that any text a program produced can be stored (NUL and lone surrogates are escaped)."""
    return json.dumps(value, separators=(",", ":"))


def clean(text: str) -> str:
    """Replace what no database takes in a text: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def now_text() -> str:
    """Now in UTC, as text whose order is the order of time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def read_time(value: object) -> datetime:
    """Read a time as either database gives it."""
    return datetime.fromisoformat(str(value)).astimezone(UTC)


@cache
def _field_kinds(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if kind is Any:
        return json.loads(value)
    if kind is datetime:
        return read_time(value)
    return value
