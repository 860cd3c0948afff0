"""A run that waits for its model can be cancelled, and is resumed without asking again for what was finished."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.runner import Runner, open_runner
from graph.state import GenerateInput
from server.jobs import JobWorker
from tests.state.crash_server import RIGHT, WRONG
from tests.state.test_state_routes import EXAMPLES
from tools.errors import RunCancelled
from tools.llm.completion import Chunk, CompletionRequest
from tools.llm.scripted import ScriptedProvider
from tools.settings import load_settings
from tools.storage import Run

GIVEN = GenerateInput(task_description="Look the value up in our table", language="python", examples=EXAMPLES)
pytestmark = pytest.mark.jail


class PatientProvider(ScriptedProvider):
    """Drafts wrongly at once; mends rightly when it is allowed to."""

    def __init__(self) -> None:
        super().__init__([])
        self.calls: list[str] = []
        self.is_asked_to_fix = asyncio.Event()
        self.may_fix = asyncio.Event()

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        self.calls.append(request.task_type)
        if request.task_type == "error_debugging":
            self.is_asked_to_fix.set()
            await self.may_fix.wait()
        yield Chunk(WRONG if request.task_type == "code_generation" else RIGHT)
        yield Chunk(finish_reason="stop")


@pytest.fixture
def provider() -> PatientProvider:
    return PatientProvider()


@pytest.fixture
async def runner(provider: PatientProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runner]:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    async with open_runner(load_settings(), [provider]) as opened:
        yield opened


async def only_run(runner: Runner) -> Run:
    (listed,) = await runner.services.storage.runs.list()
    run = await runner.services.storage.runs.get(listed.run_id)
    assert run is not None
    return run


async def test_a_cancelled_run_says_so_and_can_be_resumed(runner: Runner, provider: PatientProvider) -> None:
    running = asyncio.create_task(runner.generate(GIVEN, runner.options()))
    await provider.is_asked_to_fix.wait()
    run = await only_run(runner)

    assert await runner.cancel(run.run_id)
    with pytest.raises(RunCancelled, match=run.run_id):
        await running
    assert (await only_run(runner)).status == "cancelled"
    assert not await runner.cancel(run.run_id)

    provider.may_fix.set()
    assert await runner.services.storage.runs.reopen(run.run_id)
    answer = await runner.resume(run)

    assert answer["success"] is True
    assert provider.calls == ["code_generation", "error_debugging", "error_debugging"]
    assert (await only_run(runner)).status == "done"


async def test_a_run_cancelled_by_another_process_stops_at_its_next_beat(
    runner: Runner, provider: PatientProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.ledger._BEAT_S", 0.01)
    running = asyncio.create_task(runner.generate(GIVEN, runner.options()))
    await provider.is_asked_to_fix.wait()

    await runner.services.storage.runs.cancel((await only_run(runner)).run_id)

    with pytest.raises(RunCancelled):
        await running


async def test_a_caller_that_goes_away_leaves_a_run_that_can_be_resumed(
    runner: Runner, provider: PatientProvider
) -> None:
    running = asyncio.create_task(runner.generate(GIVEN, runner.options()))
    await provider.is_asked_to_fix.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert (await only_run(runner)).status == "cancelled"


async def test_a_run_that_was_done_but_not_recorded_so_is_delivered_without_running_again(
    runner: Runner, provider: PatientProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.may_fix.set()
    monkeypatch.setattr(runner.services.checkpoints, "forget", lambda _thread_id: True)
    await runner.generate(GIVEN, runner.options())
    await runner.services.checkpoints.settle()
    run = await only_run(runner)
    calls = list(provider.calls)

    answer = await runner.resume(run)

    assert answer["code"] == run.result["code"]
    assert provider.calls == calls


def bury_the_owners(database: Path) -> None:
    """Leave runs and items as they are when their process was killed."""
    dead = f"{socket.gethostname()}:{2**22 + 1}:1"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE runs SET status = 'running', owner = ?", (dead,))
        connection.execute("UPDATE job_items SET owner = ?", (dead,))
    connection.close()


async def test_a_dead_workers_run_is_finished_by_another_after_its_last_finished_stage(
    runner: Runner, provider: PatientProvider, tmp_path: Path
) -> None:
    jobs = runner.services.storage.jobs
    job, _ = await jobs.submit([("generate", dict(GIVEN))], queue="pipeline")
    working = asyncio.create_task(JobWorker(runner).work(job.job_id, 0, 0))
    await provider.is_asked_to_fix.wait()
    await runner.services.checkpoints.settle()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    bury_the_owners(tmp_path / "state.db")

    provider.may_fix.set()
    async with open_runner(load_settings(), [provider]) as other:
        await JobWorker(other).work(job.job_id, 0, 0)

    (item,) = await jobs.ended(job.job_id)
    assert (item.status, item.attempts, item.result["success"]) == ("done", 2, True)
    assert provider.calls == ["code_generation", "error_debugging", "error_debugging"]
