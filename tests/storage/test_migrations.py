"""An older schema with data in it becomes today's; a newer one is refused; of many processes one migrates."""

import asyncio
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest

from tools.errors import StorageError
from tools.storage import open_storage
from tools.storage.connector import load_migrations

OLD_RUN = """INSERT INTO runs (run_id, kind, status, request, request_key, owner, lease_until, created_at, updated_at)
VALUES ('old', 'generate', 'done', '{"b": 1, "a": 2}', 'key', 'h:1:2', '2026-01-01T00:00:00+00:00',
'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"""
OLD_MARK = "INSERT INTO schema_migrations VALUES (1, '001_runs_and_versions', '2026-01-01')"
MARKS = "CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at {time} NOT NULL)"


def make_old_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for statement in (*load_migrations("sqlite")[0][2], MARKS.format(time="TEXT"), OLD_MARK, OLD_RUN):
            connection.execute(statement)
    connection.close()


def make_old_postgres(url: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in (*load_migrations("postgres")[0][2], MARKS.format(time="TIMESTAMPTZ"), OLD_MARK, OLD_RUN):
            connection.execute(statement)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_the_first_schema_with_data_becomes_todays(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = None
    if kind == "sqlite":
        make_old_sqlite(tmp_path / "state.db")
    else:
        url = request.getfixturevalue("postgres_url")
        make_old_postgres(url)

    async with open_storage(tmp_path / "state.db", url=url) as storage:
        run = await storage.runs.get("old")
        patterns = await storage.patterns.list()

    assert run is not None
    assert list(run.request.items()) == [("b", 1), ("a", 2)]
    assert run.created_at.isoformat() == "2026-01-01T00:00:00+00:00"
    assert patterns == []


async def test_a_newer_sqlite_schema_is_refused_with_the_remedy(tmp_path: Path) -> None:
    async with open_storage(tmp_path / "state.db"):
        pass
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, 'later', '2027')")
    connection.close()

    with pytest.raises(StorageError, match=r"has schema 99, this program knows \d+: run the newer program"):
        async with open_storage(tmp_path / "state.db"):
            pass


@pytest.mark.postgres
async def test_a_newer_postgres_schema_is_refused_with_the_remedy(postgres_url: str) -> None:
    async with open_storage(None, url=postgres_url) as storage:
        await storage.runs.list()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, 'later', now())")

    async with open_storage(None, url=postgres_url) as storage:
        with pytest.raises(StorageError, match="has schema 99, this program knows"):
            await storage.runs.list()


async def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("not a database, but long enough to look at" * 100)

    with pytest.raises(StorageError, match=re.escape(str(tmp_path / "state.db"))):
        async with open_storage(tmp_path / "state.db"):
            pass


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_processes_that_start_together_migrate_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else None

    async def start() -> int:
        async with open_storage(tmp_path / "state.db", url=url, deadline_s=10) as storage:
            return len(await storage.runs.list())

    assert await asyncio.gather(*(start() for _ in range(8))) == [0] * 8


def test_both_databases_have_the_same_migrations() -> None:
    names = [[(number, name) for number, name, _ in load_migrations(kind)] for kind in ("sqlite", "postgres")]

    assert names[0] == names[1]
    assert [number for number, _ in names[0]] == list(range(1, len(names[0]) + 1))
