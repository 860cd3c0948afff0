"""What a database must offer to the rooms of the storage: named queries, transactions, one clear error."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

__all__ = ["Connector", "Dialect", "Row", "Transaction", "Value", "load_migrations", "load_queries"]

Dialect = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]
"""One row by column name; JSON columns and times are still text (a time may be a `datetime`)."""
Value = str | int | float | bytes | None
_SQL = Path(__file__).parent / "sql"


class Transaction(Protocol):
    """Runs named queries that succeed or fail together."""

    async def fetch(self, query: str, **values: Value) -> Sequence[Row]:
        """Run the named query and give all its rows; an empty list when it returns none."""
        ...

    async def run_many(self, query: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Run the named query once for each mapping of values."""
        ...


class Connector(Transaction, Protocol):
    """One database; outside a transaction each call commits alone.

    Every method raises `StorageError` when the database cannot be reached in time or refuses.
    """

    dialect: Dialect
    is_in_memory: bool
    """Whether all is gone when the process ends."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction that commits at the end of the block and rolls back when it is left by an error."""
        ...

    def encode_vector(self, vector: Sequence[float]) -> Value:
        """Write an embedding as this database takes it."""
        ...

    async def check(self) -> Mapping[str, Any]:
        """Ask the database one question, past any cached knowledge, and describe it in a few JSON values."""
        ...


@cache
def load_queries(dialect: Dialect) -> Mapping[str, str]:
    """Read the shared and the dialect's own queries, with parameters in the driver's notation."""
    shared = _named_queries((_SQL / "queries.sql").read_text("utf-8"))
    own = _named_queries((_SQL / dialect / "queries.sql").read_text("utf-8"))
    queries = shared | own
    if dialect == "postgres":
        return {name: _pyformat(text) for name, text in queries.items()}
    return queries


@cache
def load_migrations(dialect: Dialect) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Read the numbered migrations as `(number, name, statements)` in their order."""
    files = sorted((_SQL / dialect).glob("[0-9]*.sql"))
    return tuple((int(file.name[:3]), file.stem, _statements(file.read_text("utf-8"))) for file in files)


def _named_queries(text: str) -> dict[str, str]:
    blocks = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(blocks[::2], blocks[1::2], strict=True)}


def _pyformat(text: str) -> str:
    return re.sub(r"(?<![:\w]):([a-z_]+)", r"%(\1)s", text.replace("%", "%%"))


def _statements(text: str) -> tuple[str, ...]:
    code = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return tuple(part.strip() for part in re.split(r";\s*$", code, flags=re.MULTILINE) if part.strip())
