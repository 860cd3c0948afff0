"""One sandbox for a whole module of tests: real locked children."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sandbox import Sandbox


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as opened:
        yield opened
