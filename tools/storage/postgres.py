"""The shared database: Postgres with pgvector, reached through a pool that notices an outage and its end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tools.errors import StorageError
from tools.storage.connector import Dialect, Row, Value, load_migrations, load_queries

__all__ = ["PostgresConnector"]

_MIGRATION_LOCK = 0x6E386E61
"""Key of the advisory lock under which one process migrates while the others wait."""
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.1, 2.0
"""Between two attempts to reach a database that is down."""

_ABOUT = (
    "SELECT current_setting('server_version') AS version,"
    " (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector"
)
_Connection = psycopg.AsyncConnection[DictRow]
SetUp = Callable[[_Connection], Awaitable[None]]


class PostgresConnector:
    """While the database is down every call fails at once, and a background task waits for its return.

    So an outage costs each request at most one deadline, and most of them nothing.
    """

    dialect: Dialect = "postgres"
    is_in_memory = False

    def __init__(self, url: str, *, pool_size: int, deadline_s: float) -> None:
        self._url = url
        self._deadline_s = deadline_s
        self._queries = load_queries(self.dialect)
        self._up = asyncio.Event()
        self._tried = asyncio.Event()
        self._lost = asyncio.Event()
        self._wake = asyncio.Event()
        self._trouble = "not yet connected"
        self._set_ups: list[SetUp] = []
        self._pool: AsyncConnectionPool[_Connection] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            max_waiting=pool_size * 64,
            timeout=deadline_s,
            reconnect_timeout=deadline_s,
            kwargs=self._session(),
            configure=_configure,
            check=self._check_connection,
            open=False,
        )

    @property
    def pool(self) -> AsyncConnectionPool[_Connection]:
        """The pool itself, for those who bring their own SQL (LangGraph's checkpointer)."""
        return self._pool

    @property
    def is_up(self) -> bool:
        """Whether the database answered last time."""
        return self._up.is_set()

    async def add_set_up(self, set_up: SetUp) -> None:
        """Have something of another's done on a connection of its own, now and each time the database comes back."""
        self._set_ups.append(set_up)
        self.report_loss("being set up")
        self._tried.clear()

    def report_loss(self, trouble: str) -> None:
        """Refuse calls until the database answered again, which is tried at once."""
        self._trouble = trouble
        self._up.clear()
        self._lost.set()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, pool_size: int = 8, deadline_s: float = 2.0) -> AsyncIterator["PostgresConnector"]:
        """Start connecting; a database that is down now does not stop the start, and is migrated when it comes.

        Args:
            url: `postgresql://user:password@host/database`; the password appears in no error.
            pool_size: most connections of this process.
            deadline_s: longest wait for a connection and for one statement.
        """
        connector = cls(url, pool_size=pool_size, deadline_s=deadline_s)
        keeper = asyncio.create_task(connector._keep_up(), name="postgres-keeper")
        try:
            yield connector
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await connector._pool.close()

    async def fetch(self, query: str, **values: Value) -> Sequence[Row]:
        """Run the named query alone."""
        async with self._borrow() as connection:
            return await _fetch(connection, self._queries[query], values)

    async def run_many(self, query: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Run the named query for each mapping, all or none."""
        async with self.transaction() as transaction:
            await transaction.run_many(query, rows)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["_PostgresTransaction"]:
        """Open a transaction on a connection of its own."""
        async with self._borrow() as connection, connection.transaction():
            yield _PostgresTransaction(connection, self._queries)

    def encode_vector(self, vector: Sequence[float]) -> Value:
        """Write it in the text form of pgvector."""
        return "[" + ",".join(f"{number:.9g}" for number in vector) + "]"

    async def check(self) -> Mapping[str, Any]:
        """Ask on a fresh connection, so that the answer is about now; a failure spares the next calls their wait."""
        try:
            async with asyncio.timeout(self._deadline_s), await self._connect() as connection:
                rows = await _fetch(connection, _ABOUT, {})
        except (psycopg.Error, OSError, TimeoutError) as error:
            self.report_loss(_first_line(error))
            raise StorageError(f"the database does not answer: {_first_line(error)}") from error
        await self._wait_until_up()
        return rows[0]

    @asynccontextmanager
    async def _borrow(self) -> AsyncIterator[_Connection]:
        await self._wait_until_tried()
        if not self._up.is_set():
            raise StorageError(f"the database is down: {self._trouble}; it is tried again in the background")
        try:
            async with self._pool.connection() as connection:
                yield connection
        except PoolTimeout as error:
            self.report_loss(f"no connection within {self._deadline_s:g} s")
            raise StorageError(f"the database gave no connection within {self._deadline_s:g} s") from error
        except psycopg.errors.QueryCanceled as error:
            raise StorageError(f"the database took longer than {self._deadline_s:g} s for one statement") from error
        except psycopg.OperationalError as error:
            self.report_loss(_first_line(error))
            raise StorageError(f"the connection to the database broke: {_first_line(error)}") from error
        except psycopg.Error as error:
            raise StorageError(f"the database refused: {_first_line(error)}") from error

    async def _wait_until_up(self) -> None:
        """It answers: have it brought up now, not at the keeper's next attempt."""
        self._wake.set()
        try:
            await asyncio.wait_for(self._up.wait(), self._deadline_s)
        except TimeoutError as error:
            raise StorageError(f"the database answers, but cannot be used: {self._trouble}") from error

    async def _check_connection(self, connection: _Connection) -> None:
        """Before a connection is lent: one that broke means an outage, which only the first to notice waits for."""
        try:
            await AsyncConnectionPool.check_connection(connection)
        except psycopg.OperationalError as error:
            self.report_loss(_first_line(error))
            raise

    async def _wait_until_tried(self) -> None:
        if not self._tried.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._tried.wait(), self._deadline_s)

    async def _keep_up(self) -> None:
        """Bring the database up, wait until it is lost, and again."""
        pause_s = _FIRST_PAUSE_S
        while True:
            self._lost.clear()
            try:
                async with asyncio.timeout(self._deadline_s * 5):
                    await self._bring_up()
            except (psycopg.Error, OSError, TimeoutError, StorageError) as error:
                self._trouble = _first_line(error) or type(error).__name__
                self._tried.set()
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause_s)
                pause_s = min(pause_s * 2, _LAST_PAUSE_S)
                continue
            pause_s = _FIRST_PAUSE_S
            self._up.set()
            self._tried.set()
            await self._lost.wait()

    async def _bring_up(self) -> None:
        async with await self._connect() as connection:
            await _migrate(connection)
            for set_up in self._set_ups:
                await set_up(connection)
        if self._pool.closed:
            await self._pool.open()
        else:
            await self._pool.check()

    async def _connect(self) -> _Connection:
        return await psycopg.AsyncConnection[DictRow].connect(self._url, **self._session())

    def _session(self) -> dict[str, Any]:
        milliseconds = round(self._deadline_s * 1000)
        return {
            "autocommit": True,
            "row_factory": dict_row,
            "connect_timeout": max(2, round(self._deadline_s)),
            "application_name": "n8n-agent",
            "options": f"-c statement_timeout={milliseconds} -c idle_in_transaction_session_timeout=60000",
        }


class _PostgresTransaction:
    """One connection, while its transaction is open."""

    def __init__(self, connection: _Connection, queries: Mapping[str, str]) -> None:
        self._connection = connection
        self._queries = queries

    async def fetch(self, query: str, **values: Value) -> Sequence[Row]:
        return await _fetch(self._connection, self._queries[query], values)

    async def run_many(self, query: str, rows: Iterable[Mapping[str, Value]]) -> None:
        async with self._connection.cursor() as cursor:
            await cursor.executemany(self._queries[query], [dict(row) for row in rows])


async def _fetch(connection: _Connection, sql: str, values: Mapping[str, Value]) -> Sequence[Row]:
    cursor = await connection.execute(sql, dict(values))
    return await cursor.fetchall() if cursor.description else []


async def _configure(connection: _Connection) -> None:
    """Give JSON columns as text; JSONB ones (LangGraph's) as objects."""
    connection.adapters.register_loader("json", TextLoader)


async def _migrate(connection: _Connection) -> None:
    known = load_migrations("postgres")
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = '10min'")
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations"
            " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
        )
        rows = await _fetch(connection, "SELECT COALESCE(MAX(number), 0) AS version FROM schema_migrations", {})
        version = rows[0]["version"]
        if version > known[-1][0]:
            raise StorageError(f"the database has schema {version}, this program knows {known[-1][0]}: upgrade it")
        for number, name, statements in known[version:]:
            for statement in statements:
                await connection.execute(statement)
            await connection.execute(
                "INSERT INTO schema_migrations VALUES (%s, %s, %s)", (number, name, datetime.now(UTC))
            )


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
