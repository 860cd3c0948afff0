"""Mends faulty drafts by automatic edits alone, judged by running every case in the sandbox."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import ExecutionRequest, Limits, Sandbox
from tools.checks import Failure, automatic_edits
from tools.n8n.items import rows_from, same_value

__all__ = ["FAULTY", "Mended", "mend"]

FAULTY: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data/checks/faulty.json").read_text("utf-8"))
"""Faulty drafts: `id`, `language`, `kind` of fault, `mechanical`, `code`, `cases` (`input` items, `expected` items)."""
_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Mended:
    """How far a draft came."""

    code: str
    is_right: bool
    tries: int
    """Edited texts that were run."""


async def mend(draft: dict[str, Any], sandbox: Sandbox, max_tries: int = 40) -> Mended:
    """Try the edits for the first failing case until all cases are right, or nothing helps."""
    code, tried = draft["code"], {draft["code"]}
    failures = await _failures(draft, code, sandbox)
    while any(failures) and len(tried) <= max_tries:
        step = await _step(draft, code, failures, tried, sandbox, max_tries)
        if step is None:
            break
        code, failures = step
    return Mended(code, not any(failures), len(tried) - 1)


async def _step(
    draft: dict[str, Any],
    code: str,
    failures: Sequence[Failure | None],
    tried: set[str],
    sandbox: Sandbox,
    max_tries: int,
) -> tuple[str, list[Failure | None]] | None:
    """The first edit that makes more cases right, else one after which the case fails with another error."""
    place, failure = next((index, one) for index, one in enumerate(failures) if one is not None)
    other: tuple[str, list[Failure | None]] | None = None
    for edit in automatic_edits(code, draft["language"], failure=failure):
        if edit.code in tried or len(tried) > max_tries:
            continue
        tried.add(edit.code)
        after = await _failures(draft, edit.code, sandbox)
        if after.count(None) > list(failures).count(None):
            return edit.code, after
        now = after[place]
        moved = (
            now is not None
            and failure.error_type
            and (now.error_type, now.message) != (failure.error_type, failure.message)
        )
        if other is None and moved and after.count(None) == list(failures).count(None):
            other = edit.code, after
    return other


async def _failures(draft: dict[str, Any], code: str, sandbox: Sandbox) -> list[Failure | None]:
    contexts = [{"items": case["input"]} for case in draft["cases"]]
    request = ExecutionRequest(code, draft["language"], contexts, limits=Limits(timeout_s=_TIMEOUT_S))
    found: list[Failure | None] = []
    for case, result in zip(draft["cases"], await sandbox.execute(request), strict=True):
        if result.success and same_value(rows_from(result.result), rows_from(case["expected"])):
            found.append(None)
            continue
        error = result.error
        seen = (error.type, error.message, error.line) if error is not None else ("", "", None)
        found.append(Failure(case["input"], case["expected"], result.result, *seen))
    return found
