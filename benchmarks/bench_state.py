"""State: what keeping it costs, how jobs scale, what an outage costs the others, how well the memory finds."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import Table, quantile
from graph.pipeline import build_pipeline
from graph.runner import open_runner
from graph.state import GenerateInput
from server.app import create_app
from server.jobs import InProcess
from server.worker import Cluster
from tests.postgres import running_postgres
from tests.redis import running_redis
from tests.state.test_probes import stub_n8n
from tools.embeddings import WordVectors
from tools.errors import ProviderError
from tools.llm.scripted import ScriptedProvider
from tools.settings import Settings, load_settings
from tools.storage import Job, Storage, open_storage

if TYPE_CHECKING:
    import httpx

JOBS = int(os.environ.get("BENCH_JOBS", "500"))
SAMPLES = 60
DATA = Path(__file__).parents[1] / "tests" / "data" / "state"
GIVEN = GenerateInput(
    task_description="Multiply input value by 2 and return result",
    language="python",
    input_example={"value": 5},
    expected_output={"result": 10},
)


_ENDPOINTS: tuple[tuple[str, Any], ...] = (
    ("/api/v1/code/execute", {"code": "result = 6 * 7"}),
    ("/api/v1/code/validate", {"code": "result = 6 * 7", "language": "python"}),
    ("/api/v1/code/generate", dict(GIVEN)),
    ("/api/v1/health/detailed", None),
    ("/health/ready", None),
)
"""What must not become slower when what it does not need is gone."""


def run() -> list[Table]:
    """Measure everything; takes about a minute on a quiet machine."""
    with running_postgres() as server:
        return [
            asyncio.run(_writes(server.url)),
            asyncio.run(_recording()),
            asyncio.run(_jobs(server.url)),
            asyncio.run(_outage()),
            asyncio.run(_memory()),
        ]


async def _writes(url: str) -> Table:
    rows = []
    for name, target in (("SQLite", None), ("Postgres", url)):
        with tempfile.TemporaryDirectory() as folder:
            async with open_storage(Path(folder) / "state.db", url=target, deadline_s=30) as storage:
                await storage.runs.list()
                alone = [await _timed(partial(_one_run, storage, f"{name}-{n}")) for n in range(SAMPLES)]
                started = time.perf_counter()
                await asyncio.gather(*(_one_run(storage, f"{name}-many-{n}") for n in range(200)))
                together_s = time.perf_counter() - started
        rows.append((name, round(quantile(alone, 0.5), 3), round(quantile(alone, 0.95), 3), round(200 / together_s)))
    columns = ("database", "p50 ms", "p95 ms", "200 at once, runs/s")
    return Table("state_writes", "A run's two records (start, end)", columns, rows)


async def _recording() -> Table:
    """The same pipeline bare, and recorded; in turns."""
    with tempfile.TemporaryDirectory() as folder, _environment(TERRY_WORKSPACE=folder, PATTERN_MEMORY="false"):
        async with open_runner(load_settings()) as runner:
            bare = build_pipeline(runner.services)

            async def run_bare() -> None:
                async for _ in bare.astream(GIVEN, context=runner.options(), stream_mode="updates", version="v2"):
                    pass

            taken = await _in_turns(
                {"pipeline alone": run_bare, "recorded and resumable": lambda: runner.generate(GIVEN, runner.options())}
            )
    return _paired(
        "state_run", "A run that needs no model", taken, ["With PATTERN_MEMORY=false, so that each run works."]
    )


async def _jobs(url: str) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        values = {
            "DATABASE_URL": url,
            "TERRY_WORKSPACE": folder,
            "TERRY_CACHE_ENABLED": "false",
            "JOBS_CONCURRENCY": "2",
        }
        with _environment(**values, DATABASE_TIMEOUT="10"):
            settings = load_settings()
            rows.append(("workers in the server", await _in_process(settings)))
            rows += [(f"{count} of them apart", await _with_workers(settings, count)) for count in (1, 2)]
    first = rows[0][1]
    notes = [
        f"{JOBS} Python executions of about 1 ms on Postgres, first claim to last result; workers were ready before."
    ]
    table = [(name, round(rate), round(rate / first, 2)) for name, rate in rows]
    return Table("state_jobs", "Jobs", ("who works", "items/s", "ratio"), table, notes, "items/s")


async def _in_process(settings: Settings) -> float:
    async with open_runner(settings) as runner, InProcess.open(runner, settings.jobs.concurrency) as here:
        storage = runner.services.storage
        await runner.services.sandbox.execute(_warm_up())
        job = await _submit(storage)
        started = time.perf_counter()
        await here.dispatch(job)
        await _until_over(storage, job)
        return JOBS / (time.perf_counter() - started)


async def _with_workers(settings: Settings, count: int) -> float:
    assert settings.storage.database_url is not None
    url = settings.storage.database_url.get_secret_value()
    command = [sys.executable, "-c", "from server.cli import main; main()", "worker"]
    async with open_storage(None, url=url, deadline_s=10) as storage, Cluster.open(settings) as cluster:
        with ExitStack() as stack:
            for _ in range(count):
                process = stack.enter_context(subprocess.Popen(command))  # noqa: ASYNC220 - before anything is timed
                stack.callback(process.kill)
            for _ in range(count * 4):  # a few jobs wake all of them
                warm = await _submit(storage, 20)
                await cluster.dispatch(warm)
                await _until_over(storage, warm)
            job = await _submit(storage)
            started = time.perf_counter()
            await cluster.dispatch(job)
            await _until_over(storage, job)
            return JOBS / (time.perf_counter() - started)


async def _outage() -> Table:
    """The same requests over HTTP while everything outside is well, and while it is gone; in turns of one process."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_redis() as redis,
        running_postgres() as server,
        _environment(TERRY_WORKSPACE=folder, TERRY_CACHE_ENABLED="false", PATTERN_MEMORY="false"),
    ):
        async with stub_n8n(lambda _path, _key: 200) as n8n:
            alive = {"DATABASE_URL": server.url, "REDIS_URL": redis, "N8N_API_URL": n8n}
            dead = {
                "DATABASE_URL": f"postgresql://x@/x?host={folder}",
                "REDIS_URL": f"unix://{folder}/no",
                "N8N_API_URL": "http://127.0.0.1:9",
            }
            well_model, sick_model = (
                ScriptedProvider(lambda _: "hello"),
                ScriptedProvider(lambda _: ProviderError("gone")),
            )
            async with _served(alive, well_model) as well, _served(dead, sick_model) as sick:
                rows = [row for path, body in _ENDPOINTS for row in await _beside(well, sick, path, body)]
    columns = ("endpoint", "all well, p50 ms", "all gone, p50 ms", "ratio", "all well, p95 ms", "all gone, p95 ms")
    notes = [
        f"Postgres, Redis, n8n and the model gone; each of {SAMPLES} pairs is taken in turns, through the whole app."
    ]
    return Table("state_outage", "Requests while what they do not need is gone", columns, rows, notes)


async def _beside(well: "httpx.AsyncClient", sick: "httpx.AsyncClient", path: str, body: Any) -> list[tuple[Any, ...]]:
    method = "GET" if body is None else "POST"
    taken = await _in_turns(
        {
            "well": lambda: well.request(method, path, json=body),
            "sick": lambda: sick.request(method, path, json=body),
        }
    )
    before, after = taken["well"], taken["sick"]
    p50 = quantile(before, 0.5), quantile(after, 0.5)
    p95 = quantile(before, 0.95), quantile(after, 0.95)
    ratio = round(p50[1] / p50[0], 2)
    return [(path, round(p50[0], 2), round(p50[1], 2), ratio, round(p95[0], 2), round(p95[1], 2))]


@asynccontextmanager
async def _served(values: dict[str, str], model: ScriptedProvider) -> AsyncIterator["httpx.AsyncClient"]:
    """The app over services whose first checks are over."""
    import httpx

    with _environment(**values):
        settings = load_settings()
    async with open_runner(settings, [model]) as runner:
        app = create_app(runner, settings)
        async with app.router.lifespan_context(app):
            await runner.services.health.wait_until_checked(15)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
                yield client


async def _memory() -> Table:
    tasks = [json.loads(line) for line in (DATA / "descriptions.jsonl").read_text("utf-8").splitlines()]
    pairs = [json.loads(line) for line in (DATA / "paraphrases.jsonl").read_text("utf-8").splitlines()]
    embedder, texts = WordVectors(), [task["description"] for task in tasks]
    await embedder.embed("load")
    rows = []
    for group in ("dev", "more"):
        asked = [pair for pair in pairs if pair["set"] == group]
        right, taken = 0, []
        for pair in asked:
            started = time.perf_counter()
            scores = list(await embedder.compare(pair["paraphrase"], texts))
            taken.append((time.perf_counter() - started) * 1000)
            right += tasks[scores.index(max(scores))]["task_id"] == pair["task_id"]
        rows.append((group, len(asked), round(right / len(asked), 3), round(quantile(taken, 0.5), 2)))
    notes = ["Each paraphrase among all 89 descriptions of the development tasks; `more` was written terser."]
    return Table("state_memory", "The right task at rank 1", ("set", "pairs", "share", "89 texts, p50 ms"), rows, notes)


async def _in_turns(calls: dict[str, Callable[[], Awaitable[Any]]]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(SAMPLES + 5):
        for name, call in calls.items():
            ms = await _timed(call)
            if turn >= 5:
                taken[name].append(ms)
    return taken


def _paired(name: str, title: str, taken: dict[str, list[float]], notes: Sequence[str]) -> Table:
    first = quantile(next(iter(taken.values())), 0.5)
    rows = [
        (what, round(quantile(times, 0.5), 2), round(quantile(times, 0.95), 2), round(quantile(times, 0.5) / first, 2))
        for what, times in taken.items()
    ]
    return Table(name, title, ("what", "p50 ms", "p95 ms", "ratio"), rows, notes)


async def _timed(call: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    await call()
    return (time.perf_counter() - started) * 1000


async def _one_run(storage: Storage, run_id: str) -> None:
    await storage.runs.start(run_id, "generate", dict(GIVEN), "key")
    await storage.runs.finish(run_id, "done", result={"success": True})


async def _submit(storage: Storage, count: int = JOBS) -> Job:
    items = [("execute", {"code": f"result = sum(range(20000)) + {number}"}) for number in range(count)]
    job, _ = await storage.jobs.submit(items, queue="sandbox")
    return job


async def _until_over(storage: Storage, job: Job) -> None:
    while not (await storage.jobs.progress(job)).is_over:  # noqa: ASYNC110 - the end is told by another process
        await asyncio.sleep(0.02)


def _warm_up() -> Any:
    from sandbox.types import ExecutionRequest

    return ExecutionRequest("result = 6 * 7")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
