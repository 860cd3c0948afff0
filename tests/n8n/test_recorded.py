"""What one n8n release answered to many nodes, compared without an n8n; `make record-golden` writes the file anew."""

from typing import Any

import pytest

from sandbox import Sandbox

from .agreement import difference, is_python, run_ours, runs_here
from .conftest import golden

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]


JAVASCRIPT_SHARE, PYTHON_SHARE = 20, 6
"""One in so many is run here, each in a child of its own; `make test-n8n` runs all, in a real n8n too."""


def cases() -> list[Any]:
    recorded = golden("recorded.jsonl")
    python = [case for case in recorded if is_python(case)]
    javascript = [case for case in recorded if not is_python(case)]
    chosen = javascript[::JAVASCRIPT_SHARE] + python[::PYTHON_SHARE]
    return [pytest.param(case, id=case["id"]) for case in chosen if runs_here(case)]


@pytest.mark.parametrize("case", cases())
async def test_a_node_runs_as_the_recorded_n8n_ran_it(sandbox: Sandbox, case: dict[str, Any]) -> None:
    assert difference(case["answer"], await run_ours(sandbox, case)) is None
