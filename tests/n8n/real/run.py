"""Runs one code node in a real n8n: a webhook, its items split out, the node; read back from the stored execution."""

import copy
import time
import uuid
from typing import Any

from tests.n8n.real.http import call
from tests.n8n.real.server import RealN8n

__all__ = ["BEFORE", "run_in_n8n"]

BEFORE = "Items"
"""The node before the one that is tested."""


def run_in_n8n(n8n: RealN8n, node: dict[str, Any], items: list[Any]) -> dict[str, Any]:
    """Run the node over plain rows.

    Returns:
        `{"ok": True, "items": [...], "error_items": [...] | None}` or `{"ok": False, "error": {"message", ...}}`.
    """
    n8n.keep_up()
    path = uuid.uuid4().hex
    workflow = _workflow(node, path)
    status, made = n8n.api("POST", "/workflows", workflow)
    assert status == 200, made
    try:
        status, active = n8n.api("POST", f"/workflows/{made['id']}/activate")
        assert status == 200, active
        call("POST", f"{n8n.base_url}/webhook/{path}", {"items": items})
        return _read(_execution(n8n, made["id"]), workflow["nodes"][2]["name"])
    finally:
        n8n.api("POST", f"/workflows/{made['id']}/deactivate")
        n8n.api("DELETE", f"/workflows/{made['id']}")


def _workflow(node: dict[str, Any], path: str) -> dict[str, Any]:
    tested = {"id": str(uuid.uuid4()), "typeVersion": 2, "name": "Code", **copy.deepcopy(node), "position": [440, 0]}
    tested["type"] = "n8n-nodes-base.code"
    webhook = {
        "id": str(uuid.uuid4()), "name": "Webhook", "type": "n8n-nodes-base.webhook", "typeVersion": 2,
        "position": [0, 0], "webhookId": str(uuid.uuid4()),
        "parameters": {"httpMethod": "POST", "path": path, "responseMode": "lastNode", "options": {}},
    }  # fmt: skip
    split = {
        "id": str(uuid.uuid4()), "name": BEFORE, "type": "n8n-nodes-base.splitOut", "typeVersion": 1,
        "position": [220, 0], "parameters": {"fieldToSplitOut": "body.items", "options": {}},
    }  # fmt: skip

    def to(target: str) -> dict[str, Any]:
        return {"main": [[{"node": target, "type": "main", "index": 0}]]}

    return {
        "name": f"test {path}", "settings": {"executionOrder": "v1"}, "nodes": [webhook, split, tested],
        "connections": {"Webhook": to(BEFORE), BEFORE: to(tested["name"])},
    }  # fmt: skip


def _execution(n8n: RealN8n, workflow: str) -> dict[str, Any]:
    for _ in range(300):
        _, body = n8n.api("GET", f"/executions?workflowId={workflow}&includeData=true&limit=1")
        for execution in body.get("data", []):
            if execution.get("data") and execution.get("status") not in {"running", "new", "waiting"}:
                found: dict[str, Any] = execution
                return found
        time.sleep(0.1)
    raise RuntimeError("n8n stored no execution")


def _read(execution: dict[str, Any], name: str) -> dict[str, Any]:
    told = execution["data"]["resultData"]
    runs = told.get("runData", {}).get(name)
    if not runs:
        return {"ok": False, "error": told["error"]} if "error" in told else {"ok": True, "items": []}
    error = runs[-1].get("error")
    if error:
        kept = {key: error[key] for key in ("message", "description", "lineNumber") if error.get(key)}
        return {"ok": False, "error": {"message": "", **kept}}
    outputs = (runs[-1].get("data") or {}).get("main") or [[]]
    return {"ok": True, "items": outputs[0] or [], "error_items": outputs[1] if len(outputs) > 1 else None}
