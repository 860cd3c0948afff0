"""The Python sandbox beside `python -I`, `python -I -S`, a plain fork server, smolagents and pydantic-monty."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import fork_server
from benchmarks.report import Table, quantile
from sandbox import ExecutionRequest, Limits, Sandbox, SandboxConfig

__all__ = ["run"]

CODE = "result = x * y"
ROUNDS = 120
PAUSE_S = 0.02
"""Between two requests, as between two users; the throughput table is back to back."""
SLICES, SLICE_S = 5, 0.5
LEVELS = (1, 2, 8, 64)
_SERIAL = itertools.count()
"""Of texts that nobody saw before."""

Engine = Callable[[int], Any]
"""Runs CODE with x and y=3 and returns the result."""


def run() -> list[Table]:
    """Measure all, interleaved: each round asks every engine once."""
    with asyncio.Runner() as runner:
        return runner.run(_measure())


async def _measure() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(_fork_server())
        async with Sandbox() as cold, Sandbox(SandboxConfig(workspace=Path(folder))) as keeping:
            return [
                await _latency(cold, server, stack),
                await _cached(keeping),
                await _throughput(cold, server),
                await _memory(cold),
            ]


async def _latency(cold: Sandbox, server: str, stack: contextlib.ExitStack) -> Table:
    engines: dict[str, Engine] = {
        "a plain fork server, no isolation": lambda x: _ask_fork_server(server, x),
        "python -I -S (subprocess)": lambda x: _subprocess(["-I", "-S"], x),
        "python -I (subprocess)": lambda x: _subprocess(["-I"], x),
        **_peers(stack),
    }
    ours = {"ours, every layer, cold": True, "ours, code seen before": False}
    times: dict[str, list[float]] = {name: [] for name in [*ours, *engines]}
    for number in range(ROUNDS):
        for name, new in ours.items():
            await asyncio.sleep(PAUSE_S)
            request = _request(number, new=new)
            started = time.perf_counter()
            [result] = await cold.execute(request)
            times[name].append(time.perf_counter() - started)
            assert result.result == number * 3
        for name, engine in engines.items():
            await asyncio.sleep(PAUSE_S)
            started = time.perf_counter()
            assert engine(number) == number * 3
            times[name].append(time.perf_counter() - started)
    reference = quantile(times["python -I (subprocess)"], 0.5)
    rows = [
        [
            name,
            *(round(quantile(spent, share) * 1000, 3) for share in (0.1, 0.5, 0.99)),
            round(reference / quantile(spent, 0.5), 1),
        ]
        for name, spent in times.items()
    ]
    load = os.getloadavg()[0]
    notes = [
        f"{ROUNDS} rounds of `{CODE}`, every engine once a round, {PAUSE_S * 1000:.0f} ms apart, load {load:.1f}",
        "monty and smolagents re-use one process for all requests; the others make a new one each time",
        "cold: a text that was never seen before; seen before: with other inputs, its compiled code is kept",
        f"our p99 is 1/{reference / quantile(times['ours, every layer, cold'], 0.99):.1f} of the p50 of python -I",
    ]
    title = "One execution, new process each time"
    return Table(
        "sandbox_latency",
        title,
        ["engine", "p10 ms", "p50 ms", "p99 ms", "times faster than python -I"],
        rows,
        notes,
        "p50 ms",
    )


async def _cached(keeping: Sandbox) -> Table:
    await keeping.execute(_request(7))
    spent = []
    for _ in range(3000):
        started = time.perf_counter()
        [result] = await keeping.execute(_request(7))
        spent.append(time.perf_counter() - started)
        assert result.cached
    rows = [["the same question again", *(round(quantile(spent, share) * 1e6, 1) for share in (0.1, 0.5, 0.99))]]
    return Table("sandbox_cached", "A kept result, in process", ["what", "p10 us", "p50 us", "p99 us"], rows)


async def _throughput(cold: Sandbox, server: str) -> Table:
    rows = []
    for level, new in [*((level, False) for level in LEVELS), (LEVELS[-1], True)]:
        ours = _Tally(lambda n, new=new: _ours(cold, n, new=new))  # type: ignore[misc]
        plain = _Tally(lambda n: _ask_fork_server_async(server, n))
        for _ in range(SLICES):
            await ours.flood(level)
            await plain.flood(level)
        ratio = round(ours.per_second / plain.per_second, 2)
        name = f"{level} at once" + (", a new code each" if new else "")
        rows.append([name, round(ours.per_second), round(plain.per_second), ratio, ours.errors])
    columns = ["concurrency", "ours /s", "plain fork server /s", "ours / plain", "errors of ours"]
    load = os.getloadavg()[0]
    note = f"{SLICES} slices of {SLICE_S} s each, in turns, back to back; load {load:.1f} on {os.cpu_count()} cores"
    plain_note = (
        "the plain fork server forks for each request from a warm Python, compiles anew, and has no other layer"
    )
    return Table("sandbox_throughput", "Executions per second", columns, rows, [note, plain_note], "ours /s")


class _Tally:
    """What one engine did in its slices."""

    def __init__(self, ask: Callable[[int], Any]) -> None:
        self._ask = ask
        self._done = 0
        self._elapsed_s = 0.0
        self.errors = 0

    @property
    def per_second(self) -> float:
        return self._done / self._elapsed_s

    async def flood(self, level: int) -> None:
        started = time.perf_counter()
        await asyncio.gather(*(self._client(number, started + SLICE_S) for number in range(level)))
        self._elapsed_s += time.perf_counter() - started

    async def _client(self, number: int, end: float) -> None:
        while time.perf_counter() < end:
            self.errors += await self._ask(number) != number * 3
            self._done += 1


async def _memory(cold: Sandbox) -> Table:
    """Private memory of one child while it runs, by the kernel's own count."""
    sleeping = "import json, time; x = 3 * 3; time.sleep(9)"
    process = subprocess.Popen([sys.executable, "-I", "-c", sleeping])  # noqa: ASYNC220 - its start is not timed
    rows_of_data = [{"json": {"id": n, "name": f"name {n}", "price": n * 1.5}} for n in range(1000)]
    trivial = "import time\nresult = x * 3\ntime.sleep(0.5)"
    thousand = "import time\nresult = [{'json': {**i['json'], 'total': i['json']['price'] * 2}} for i in items]\n"
    thousand += "time.sleep(0.5)"
    rows = []
    for name, code, context in (
        ("ours, trivial", trivial, {"x": 1}),
        ("ours, 1,000 rows", thousand, {"items": rows_of_data}),
    ):
        before = _children(cold)
        task = asyncio.create_task(cold.execute(ExecutionRequest(code, contexts=[context])))
        await asyncio.sleep(0.3)
        rows.append([name, round(max(map(_uss_mb, before)), 2)])
        await task
    rows.append(["python -I, trivial", round(_uss_mb(process.pid), 2)])
    process.kill()
    process.wait()
    return Table("sandbox_memory", "Private memory of one execution (USS)", ["what", "MB"], rows)


def _children(box: Sandbox) -> list[int]:
    return [child.pid for child in box._pools["python"]._idle]  # noqa: SLF001 - nobody else needs to know


def _uss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # another child of the pool, which has ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def _request(number: int, *, new: bool = False) -> ExecutionRequest:
    code = f"{CODE}  # {next(_SERIAL)}" if new else CODE
    return ExecutionRequest(code, contexts=[{"x": number, "y": 3}], limits=Limits(timeout_s=20))


async def _ours(box: Sandbox, number: int, *, new: bool = False) -> Any:
    [result] = await box.execute(_request(number, new=new))
    return result.result


def _subprocess(flags: list[str], x: int) -> Any:
    code = f"import json, sys; n = json.loads(sys.argv[1]); exec({CODE!r}, n); print(json.dumps(n['result']))"
    told = json.dumps({"x": x, "y": 3})
    done = subprocess.run([sys.executable, *flags, "-c", code, told], capture_output=True, check=True)
    return json.loads(done.stdout)


@contextlib.contextmanager
def _fork_server() -> Iterator[str]:
    pid, path = fork_server.start()
    try:
        time.sleep(1)
        yield path
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        Path(path).unlink()


def _ask_fork_server(path: str, x: int) -> Any:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(json.dumps({"code": CODE, "context": {"x": x, "y": 3}}).encode())
        return json.loads(client.recv(1 << 20))["result"]


async def _ask_fork_server_async(path: str, x: int) -> Any:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps({"code": CODE, "context": {"x": x, "y": 3}}).encode())
    answer = json.loads(await reader.read(1 << 20))["result"]
    writer.close()
    return answer


def _peers(stack: contextlib.ExitStack) -> dict[str, Engine]:
    """Those of the bench extra that are installed."""
    peers: dict[str, Engine] = {}
    with contextlib.suppress(ImportError):
        import pydantic_monty

        pool = stack.enter_context(pydantic_monty.Monty())

        def monty(x: int) -> Any:
            with pool.checkout() as session:
                return session.feed_run("x * y", inputs={"x": x, "y": 3})

        peers["pydantic-monty, warm worker pool"] = monty
    with contextlib.suppress(ImportError):
        from smolagents.local_python_executor import LocalPythonExecutor

        def smol(x: int) -> Any:
            executor = LocalPythonExecutor([])
            executor.send_tools({})
            executor.send_variables({"x": x, "y": 3})
            return executor("x * y").output

        peers["smolagents, in process, no wall"] = smol
    return peers
