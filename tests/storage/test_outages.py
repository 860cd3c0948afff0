"""Many writers lose nothing; a dead database gives clear errors, leaves nothing half-written, and comes back."""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer, running_postgres
from tests.storage.conftest import OpenStorage
from tests.storage.test_versions import add
from tools.errors import StorageError
from tools.storage import Storage, open_storage

WRITER = """
import asyncio, sys
from pathlib import Path
from tools.storage import open_storage

async def main(path, url, name):
    async with open_storage(Path(path), url=url or None, deadline_s=30) as storage:
        await asyncio.gather(*(storage.runs.start(f"{name}-{n}", "generate", {}, "key") for n in range(50)))
        await asyncio.gather(*(storage.runs.finish(f"{name}-{n}", "done", result={}) for n in range(50)))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def until_it_answers(storage: Storage, deadline_s: float = 20) -> None:
    give_up = time.monotonic() + deadline_s
    while time.monotonic() < give_up:
        try:
            await storage.runs.list(limit=1)
        except StorageError:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError(f"not back within {deadline_s} s")


async def test_two_hundred_concurrent_writers_lose_nothing(storage: Storage) -> None:
    await asyncio.gather(*(storage.runs.start(f"r{n}", "generate", {"n": n}, "key") for n in range(200)))
    await asyncio.gather(*(storage.runs.finish(f"r{n}", "done", result={"n": n}) for n in range(200)))

    runs = await storage.runs.list(status="done", limit=1000)

    assert {run.run_id for run in runs} == {f"r{n}" for n in range(200)}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_two_hundred_writers_in_four_processes_lose_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else None
    path = tmp_path / "state.db"

    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, str(path), url or "", f"w{number}")
        for number in range(4)
    ]

    assert [await writer.wait() for writer in writers] == [0, 0, 0, 0]
    async with open_storage(path, url=url) as storage:
        assert len(await storage.runs.list(status="done", limit=1000)) == 200


async def test_a_transaction_left_by_an_error_writes_nothing(open_again: OpenStorage) -> None:
    async with open_again() as storage:

        async def break_off() -> None:
            async with storage.connector.transaction() as transaction:
                await transaction.fetch("codes_next", code_id="c", description="", language="python", now="2026-01-01")
                raise RuntimeError("in the middle")

        with pytest.raises(RuntimeError, match="in the middle"):
            await break_off()

        assert await storage.versions.list_codes() == []


@pytest.mark.postgres
async def test_a_killed_postgres_gives_clear_errors_and_comes_back(own_postgres: PostgresServer) -> None:
    async with open_storage(None, url=own_postgres.url) as storage:
        outcomes: list[bool] = []
        ready = asyncio.Event()

        async def write(number: int) -> bool:
            try:
                await add(storage, f"code {number}", code_id=f"c{number % 5}")
            except StorageError:
                return False
            finally:
                if number == 40:
                    ready.set()
            return True

        async def write_all() -> None:
            for start in range(0, 400, 20):
                outcomes.extend(await asyncio.gather(*(write(number) for number in range(start, start + 20))))

        writing = asyncio.create_task(write_all())
        await ready.wait()
        await asyncio.to_thread(own_postgres.kill)
        await writing
        with pytest.raises(StorageError, match="down"):
            await storage.runs.list()

        await asyncio.to_thread(own_postgres.start)
        await until_it_answers(storage)
        codes = await storage.versions.list_codes()
        numbers = {code.code_id: [v.number for v in await storage.versions.list(code.code_id)] for code in codes}
        written = sum(map(len, numbers.values()))

    assert not all(outcomes)
    assert all(numbers[code.code_id] == list(range(code.latest, 0, -1)) for code in codes), "no half-written version"
    # A commit may have reached the disk though its answer was lost; never the other way round.
    assert sum(outcomes) <= written <= sum(outcomes) + 20


@pytest.mark.postgres
async def test_a_database_that_is_down_fails_at_once_after_the_first_try(tmp_path: Path) -> None:
    async with open_storage(None, url=f"postgresql://nobody@/none?host={tmp_path}", deadline_s=5) as storage:
        for _ in range(50):
            with pytest.raises(StorageError, match="the database is down"):
                await storage.runs.list()


async def test_a_password_is_in_no_error(tmp_path: Path) -> None:
    url = f"postgresql://nobody:hunter2secret@/none?host={tmp_path}"

    async with open_storage(None, url=url, deadline_s=5) as storage:
        with pytest.raises(StorageError) as caught:
            await storage.runs.list()

    assert "hunter2secret" not in str(caught.value)
