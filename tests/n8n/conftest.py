"""One sandbox for the whole room, and the golden data that a real n8n answered."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from sandbox import Sandbox

DATA = Path(__file__).parent.parent / "data" / "n8n"


def golden(name: str) -> list[dict[str, Any]]:
    """The cases of one file, a line each."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as opened:
        yield opened
