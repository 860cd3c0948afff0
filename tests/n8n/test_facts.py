"""What is known of a real n8n, sentence by sentence: each holds here. `make test-n8n` keeps the sentences true."""

from typing import Any

import pytest

from sandbox import Sandbox
from tools.n8n.items import same_value
from tools.n8n.profile import profile_from
from tools.n8n.run_node import run_node

from .conftest import golden

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]

HERE_S = 1.0
"""Task time-out of endless code."""


@pytest.mark.parametrize("row", [pytest.param(row, id=row["fact"]) for row in golden("facts.jsonl")])
async def test_it_holds(sandbox: Sandbox, row: dict[str, Any]) -> None:
    profile = profile_from(row.get("profile"))
    run = await run_node(sandbox, row["node"], row["items"], profile=profile, timeout_s=HERE_S)

    want = row["want"]
    if "json" in want:
        assert run.success, run.error
        assert same_value([item["json"] for item in run.items], want["json"]), run.items
    else:
        assert run.error is not None, run.items
        told = {"message": run.error.message, "description": run.error.description, "line": run.error.line}
        assert {key: told[key] for key in want} == want
