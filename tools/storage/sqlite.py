"""The embedded database: one SQLite file, or one in memory for tests."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite

from tools.errors import StorageError
from tools.storage.connector import Dialect, Row, Value, load_migrations, load_queries

__all__ = ["SqliteConnector"]

_BUSY_S = 10.0
"""How long a writer waits for another process; each write is a few milliseconds."""

_AGAIN_S = 0.02


class SqliteConnector:
    """One connection in WAL mode; writers of other processes take turns behind SQLite's own lock."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: aiosqlite.Connection, path: str) -> None:
        self._connection = connection
        self._path = path
        self.is_in_memory = path == ":memory:"
        self._queries = load_queries(self.dialect)
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncIterator["SqliteConnector"]:
        """Open (and make, and migrate) the file; `None` is a database in memory.

        Raises:
            StorageError: the file cannot be opened, is no SQLite database, or was written by a newer version.
        """
        name = ":memory:" if path is None else str(path)
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            connection = await aiosqlite.connect(name, timeout=_BUSY_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"cannot open the database {name}: {error}; check TERRY_WORKSPACE") from error
        try:
            connector = cls(connection, name)
            await connector._prepare()
            yield connector
        finally:
            await connection.close()

    async def fetch(self, query: str, **values: Value) -> Sequence[Row]:
        """Run the named query alone."""
        async with self._turn:
            return await self._fetch(self._queries[query], values)

    async def run_many(self, query: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Run the named query for each mapping, all or none."""
        async with self.transaction() as transaction:
            await transaction.run_many(query, rows)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["_SqliteTransaction"]:
        """Take the write lock at once (`BEGIN IMMEDIATE`), so that no writer has to give up half-way."""
        async with self._turn:
            await self._fetch("BEGIN IMMEDIATE", {})
            try:
                yield _SqliteTransaction(self)
            except BaseException:
                await asyncio.shield(self._connection.rollback())
                raise
            await self._fetch("COMMIT", {})

    def encode_vector(self, vector: Sequence[float]) -> Value:
        """Little-endian float32."""
        import numpy as np

        return np.asarray(vector, dtype="<f4").tobytes()

    async def check(self) -> Mapping[str, Any]:
        """Read the schema's version from the file."""
        rows = await self._fetch("SELECT MAX(number) AS schema_version FROM schema_migrations", {})
        return {"path": self._path, **rows[0]}

    async def _prepare(self) -> None:
        self._connection.row_factory = sqlite3.Row
        await self._use_wal()
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
            await self._fetch(f"PRAGMA {pragma}", {})
        await self._connection.create_function("cosine_distance", 2, _cosine_distance, deterministic=True)
        await self._migrate()

    async def _use_wal(self) -> None:
        """Switch the journal; while another process does so, SQLite refuses at once, whatever the time-out is."""
        end = time.monotonic() + _BUSY_S
        while True:
            try:
                await self._fetch("PRAGMA journal_mode = WAL", {})
            except StorageError as error:
                busy = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > end:
                    raise
                await asyncio.sleep(_AGAIN_S)
            else:
                return

    async def _migrate(self) -> None:
        known = load_migrations(self.dialect)
        if await self._schema_version() == known[-1][0]:
            return
        async with self.transaction():
            await self._fetch(
                "CREATE TABLE IF NOT EXISTS schema_migrations"
                " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)",
                {},
            )
            version = await self._schema_version()
            if version > known[-1][0]:
                raise StorageError(
                    f"{self._path} has schema {version}, this program knows {known[-1][0]}: run the newer program, "
                    "or another TERRY_WORKSPACE"
                )
            for number, name, statements in known[version:]:
                for statement in statements:
                    await self._fetch(statement, {})
                await self._fetch(
                    "INSERT INTO schema_migrations VALUES (:number, :name, :now)",
                    {"number": number, "name": name, "now": datetime.now(UTC).isoformat()},
                )

    async def _schema_version(self) -> int:
        table = "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"
        if not await self._fetch(table, {}):
            return 0
        rows = await self._fetch("SELECT COALESCE(MAX(number), 0) AS version FROM schema_migrations", {})
        return int(rows[0]["version"])

    async def _fetch(self, sql: str, values: Mapping[str, Value]) -> Sequence[Row]:
        try:
            rows = await self._connection.execute_fetchall(sql, dict(values))
        except (sqlite3.Error, ValueError) as error:
            raise StorageError(f"the database {self._path} refused: {error}") from error
        return [dict(row) for row in rows]

    async def _run_many(self, sql: str, rows: Iterable[Mapping[str, Value]]) -> None:
        try:
            await self._connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise StorageError(f"the database {self._path} refused: {error}") from error


class _SqliteTransaction:
    """The connection, while its lock is held."""

    def __init__(self, connector: SqliteConnector) -> None:
        self._connector = connector

    async def fetch(self, query: str, **values: Value) -> Sequence[Row]:
        return await self._connector._fetch(load_queries("sqlite")[query], values)  # noqa: SLF001 - its other half

    async def run_many(self, query: str, rows: Iterable[Mapping[str, Value]]) -> None:
        await self._connector._run_many(load_queries("sqlite")[query], rows)  # noqa: SLF001 - its other half


def _cosine_distance(left: bytes, right: bytes) -> float | None:
    """1 - cosine of two unit vectors; `None` sorts last and marks vectors of different lengths."""
    import numpy as np  # not at the start of every process: it takes a tenth of a second

    if len(left) != len(right):
        return None
    return 1.0 - float(np.frombuffer(left, dtype="<f4") @ np.frombuffer(right, dtype="<f4"))
