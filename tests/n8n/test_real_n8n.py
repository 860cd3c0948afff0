"""The same nodes in a real n8n and in ours, side by side (`make test-n8n`; installs n8n into a cache folder)."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import Sandbox

from .agreement import difference, is_python, run_ours, runs_here
from .real.lab import install
from .real.record import CASES
from .real.run import run_in_n8n
from .real.server import PYTHON_RUNNER, RealN8n

pytestmark = [pytest.mark.n8n, pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]


def cases() -> list[Any]:
    known = map(json.loads, CASES.read_text(encoding="utf-8").splitlines())
    told = [case for case in known if runs_here(case) and (PYTHON_RUNNER or not is_python(case))]
    return [pytest.param(case, id=case["id"]) for case in told]


@pytest.fixture(scope="session")
def n8n() -> Iterator[RealN8n]:
    with RealN8n(install()) as started:
        yield started


@pytest.mark.parametrize("case", cases())
async def test_a_real_n8n_agrees(sandbox: Sandbox, n8n: RealN8n, case: dict[str, Any]) -> None:
    real = await asyncio.to_thread(run_in_n8n, n8n, case["node"], case["items"])
    assert difference(real, await run_ours(sandbox, case)) is None
