"""One sandbox for a whole module of tests: real locked children."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from sandbox import Sandbox
from tests.sandbox.covered import listening


@pytest.fixture(scope="session", autouse=True)
def _covered() -> Iterator[None]:
    """The lines of locked children count too."""
    with listening():
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as opened:
        yield opened
