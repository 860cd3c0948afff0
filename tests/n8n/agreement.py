"""When ours and a real n8n agree on a node: the same items on both outputs, or the same message and description."""

import re
import sys
from typing import Any

from sandbox import Sandbox
from tools.n8n.items import same_value
from tools.n8n.run_node import NodeRun, run_node

__all__ = ["difference", "is_python", "run_ours", "runs_here"]

HERE_S = 1.0
"""Task time-out of ours; n8n's number in its messages is left out of the comparison."""


def is_python(case: dict[str, Any]) -> bool:
    """Whether n8n's Python runner runs it, not its JavaScript runner."""
    return str(case["node"]["parameters"].get("language", "")).startswith("python")


def runs_here(case: dict[str, Any]) -> bool:
    """Whether the Python of the sandbox is new enough to read the code as n8n's 3.13 does."""
    return sys.version_info >= tuple(case.get("python", (3, 0)))


async def run_ours(sandbox: Sandbox, case: dict[str, Any]) -> NodeRun:
    """Run the case as `real.run` does in n8n: behind a webhook and a node that splits its items out."""
    items = case["items"]
    split = [{"json": row, "pairedItem": {"item": 0}} for row in items]
    upstream = {"Webhook": [{"body": {"items": items}}], "Items": split}
    return await run_node(sandbox, case["node"], items, timeout_s=HERE_S, upstream=upstream)


def difference(real: dict[str, Any], ours: NodeRun) -> str | None:
    """Say in what they differ, or None."""
    if ours.success is not real["ok"]:
        return f"n8n: {real.get('error') or real.get('items')}, ours: {ours.error or ours.items}"
    if not ours.success:
        assert ours.error is not None
        told = (ours.error.message, ours.error.description)
        wanted = (real["error"]["message"], real["error"].get("description"))
        same = [_comparable(text) for text in told] == [_comparable(text) for text in wanted]
        return None if same else f"n8n: {wanted}, ours: {told}"
    if not same_value(real["items"], ours.items):
        return f"n8n: {real['items']}, ours: {ours.items}"
    wanted_errors, errors = real.get("error_items") or [], ours.error_items or []
    return None if same_value(wanted_errors, errors) else f"n8n: {wanted_errors}, ours: {errors}"


def _comparable(text: str | None) -> str:
    """A text without its numbered advice, of which n8n gives two or three points, and without numbers of seconds."""
    return re.sub(r"\d+ seconds?", "N seconds", text or "").partition("<br/>")[0]
