"""Opens the storage that the settings name, with all its rooms over one connector."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tools.storage.connector import Connector, Dialect
from tools.storage.hints import Hints
from tools.storage.jobs import Jobs
from tools.storage.patterns import Patterns
from tools.storage.runs import Runs
from tools.storage.versions import Versions

__all__ = ["Storage", "in_memory", "open_storage"]


class Storage:
    """Runs, versions, patterns, jobs and hints in one database."""

    def __init__(self, connector: Connector, *, owner: str | None = None) -> None:
        self.connector = connector
        self.runs = Runs(connector, owner)
        self.versions = Versions(connector)
        self.patterns = Patterns(connector)
        self.jobs = Jobs(connector, owner)
        self.hints = Hints(connector, owner)

    @property
    def dialect(self) -> Dialect:
        """`sqlite` or `postgres`."""
        return self.connector.dialect

    @property
    def is_in_memory(self) -> bool:
        """Whether all is gone when the process ends."""
        return self.connector.is_in_memory

    async def check(self) -> Mapping[str, Any]:
        """Ask the database now, past any cached knowledge.

        Raises:
            StorageError: it does not answer.
        """
        return await self.connector.check()


@asynccontextmanager
async def open_storage(
    path: Path | None, *, url: str | None = None, pool_size: int = 8, deadline_s: float = 2.0, owner: str | None = None
) -> AsyncIterator[Storage]:
    """Open the embedded database at `path`, or the Postgres at `url` when one is given.

    ```python
    async with open_storage(Path("/var/lib/n8n-agent/state.db")) as storage:
        await storage.runs.list(limit=10)
    ```

    Args:
        path: the SQLite file, made when missing; `None` is a database in memory.
        url: `postgresql://...`; a database that is down does not stop the start.
        pool_size: most Postgres connections of this process.
        deadline_s: longest wait for Postgres, per statement.
        owner: name of this process in leases; the default is what `this_process` says.

    Raises:
        StorageError: the SQLite file cannot be opened, or was written by a newer version.
    """
    if url is None:
        from tools.storage.sqlite import SqliteConnector

        async with SqliteConnector.open(path) as embedded:
            yield Storage(embedded, owner=owner)
    else:
        from tools.storage.postgres import PostgresConnector

        async with PostgresConnector.open(url, pool_size=pool_size, deadline_s=deadline_s) as shared:
            yield Storage(shared, owner=owner)


@asynccontextmanager
async def in_memory(owner: str | None = None) -> AsyncIterator[Storage]:
    """Open an empty storage that is gone when the block ends; the double for tests, by the same code."""
    async with open_storage(None, owner=owner) as storage:
        yield storage
