"""From what a child says of a code node to what n8n would show: items, or its own error."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.n8n.returns import NOTHING, OutputRefused, items_returned, pair_items
from sandbox.types import ExecutionError, ExecutionRequest, ExecutionResult

__all__ = ["node_outcome"]


def node_outcome(request: ExecutionRequest, context: Mapping[str, Any], raw: ExecutionResult) -> ExecutionResult:
    """Check and complete what the code of a code node returned.

    Args:
        request: of the dialect `node`.
        context: the one that `raw` belongs to; its `items` were the input.
        raw: the child's answer, `{"returned": ...}`, or `{}` where JavaScript returned undefined.
    """
    assert request.rules is not None
    if not raw.success or not isinstance(raw.result, dict):
        return raw
    returned = raw.result.get("returned", NOTHING)
    try:
        items = items_returned(returned, request.rules.mode, request.language)
    except OutputRefused as refusal:
        error = ExecutionError(
            "OutputRefused", str(refusal), description=refusal.description, hint=_hint(returned, request)
        )
        return replace(raw, success=False, result=None, error=error)
    return replace(raw, result=pair_items(items, len(context.get("items", ()))))


def _hint(returned: Any, request: ExecutionRequest) -> str:
    """What to write instead."""
    python = request.language == "python"
    row = '{"json": {...}}' if python else "{ json: {...} }"
    assert request.rules is not None
    if request.rules.mode == "runOnceForEachItem":
        return f"in each-item mode return one object, `return {row}`, or nothing to drop the item"
    if returned is NOTHING or returned is None:
        return f"the code returned nothing: end it with `return [{row}]`"
    return f"return a list of items, `return [{row}, ...]`, with the data of each under `json` and nothing beside it"
