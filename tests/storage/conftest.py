"""Every test of the contract runs over SQLite and over Postgres."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.postgres import postgres_server, postgres_url
from tools.storage import Storage, open_storage

__all__ = ["OpenStorage", "open_again", "postgres_server", "postgres_url", "storage"]

OpenStorage = Callable[..., AbstractAsyncContextManager[Storage]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> OpenStorage:
    """Open the test's database, as often as wanted, with an owner of the test's choice."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None

    def open_it(owner: str | None = None) -> AbstractAsyncContextManager[Storage]:
        return open_storage(tmp_path / "state.db", url=url, deadline_s=5, owner=owner)

    return open_it


@pytest.fixture
async def storage(open_again: OpenStorage) -> AsyncIterator[Storage]:
    async with open_again() as opened:
        yield opened
