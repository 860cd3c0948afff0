"""What one n8n version answered to hundreds of nodes (`make record-golden`), and what ours answers to them."""

from typing import Any

import pytest

from sandbox import Sandbox

from .agreement import difference, run_ours
from .conftest import golden

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]


SHARE = 3
"""One in so many is run here, each in a child of its own; `make test-n8n` runs all, in a real n8n too."""


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in golden("recorded.jsonl")[::SHARE]])
async def test_a_node_runs_as_the_recorded_n8n_ran_it(sandbox: Sandbox, case: dict[str, Any]) -> None:
    assert difference(case["answer"], await run_ours(sandbox, case)) is None
