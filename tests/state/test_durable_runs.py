"""A run outlives its server: what was finished is not done again, what was not is done once more."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

REQUEST = {
    "task_description": "Look the value up in our secret table",
    "language": "python",
    "examples": [
        {"input": {"value": 5}, "output": {"result": 17}},
        {"input": {"value": 6}, "output": {"result": 3}},
        {"input": {"value": 9}, "output": {"result": 44}},
    ],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int, url: str | None) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {"TERRY_WORKSPACE": str(folder)} | ({"DATABASE_URL": url} if url else {})
    command = [sys.executable, "-m", "tests.state.crash_server", str(port), str(folder)]
    with subprocess.Popen(command, env=environment) as server:
        try:
            yield server
        finally:
            server.kill()


async def until(what: str, check: Callable[[], Awaitable[Any]], deadline_s: float = 60) -> Any:
    give_up = time.monotonic() + deadline_s
    while time.monotonic() < give_up:
        with suppress(httpx.TransportError, OSError):
            if found := await check():
                return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {what} within {deadline_s} s")


@pytest.mark.jail
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_server_killed_during_fix_finishes_the_run_after_its_restart(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The draft is asked for once; the fix that was cut off in the middle is asked for once more."""
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else None
    port = free_port()

    def calls() -> list[str]:
        return (tmp_path / "calls").read_text().split()

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

        async def answer(path: str) -> dict[str, Any]:
            found = await client.get(path)
            return dict(found.json()) if found.status_code == 200 else {}

        async def a_done_run() -> Any:
            runs = (await answer("/api/v1/runs"))["runs"]
            return runs[0] if runs and runs[0]["status"] == "done" else None

        async def the_fix() -> bool:
            return calls()[-1] == "error_debugging"

        with serving(tmp_path, port, url) as first:
            await until("server", lambda: answer("/health/live"))
            asking = asyncio.create_task(client.post("/api/v1/code/generate", json=REQUEST))
            await until("fix", the_fix)
            await until("checkpoint", lambda: answer_stage(client, "test"))
            first.send_signal(signal.SIGKILL)
            with suppress(httpx.TransportError):
                await asking
        (tmp_path / "may-fix").touch()
        with serving(tmp_path, port, url):
            run = await until("finished run", a_done_run)
            whole = (await answer(f"/api/v1/runs/{run['run_id']}"))["run"]

    assert calls() == ["code_generation", "error_debugging", "error_debugging"]
    assert whole["attempts"] == 2
    assert whole["result"]["success"] is True
    assert whole["result"]["run_id"] == run["run_id"]
    assert [attempt["strategy"] for attempt in whole["result"]["attempts"]] == ["draft", "feedback"]


async def answer_stage(client: httpx.AsyncClient, stage: str) -> bool:
    """Whether the newest run shows a stage: a second in, when its checkpoints are long written."""
    runs = (await client.get("/api/v1/runs")).json()["runs"]
    return bool(runs) and runs[0]["stage"] == stage
