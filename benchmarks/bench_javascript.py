"""JavaScript in the sandbox beside a plain `node`: one execution, many inputs, many at once, memory."""

import asyncio
import json
import resource
import shlex
import statistics
import subprocess
import time

from benchmarks.report import Table, quantile
from sandbox import ExecutionRequest, Limits, NodeRules, Sandbox, javascript
from sandbox.javascript.spawn import node_binary
from sandbox.types import Dialect

_ROUNDS = 40
_PAUSE_S = 0.12
"""Between two cold executions, so that the pool has a warm child again, as it has when requests come one by one."""
_ROWS = [{"json": {"value": number}, "pairedItem": {"item": number}} for number in range(20)]
_CODE = "return items.map((item) => ({ json: { doubled: item.json.value * 2 } }));"


_MANY = 100
_OWN_TIME = """
const vm = require('node:vm');
const [code, rows, inputs, kind] = JSON.parse(process.argv[1]);
const texts = Array.from({ length: inputs }, () => JSON.stringify({ items: rows }));
const script = new vm.Script(`(() => {${code}})()`);
const call = new Function('items', code);
const started = process.hrtime.bigint();
for (const text of texts) {
  const given = JSON.parse(text);
  JSON.stringify(kind === 'call' ? call(given.items) : script.runInContext(vm.createContext(given)));
}
console.log(Number(process.hrtime.bigint() - started) / 1e6);
"""
"""The same code on the same inputs in one plain Node: nothing captured, nothing locked, no process of its own."""


def run() -> list[Table]:
    """Measure; the comparison partner runs in turn with ours."""
    return asyncio.run(_measure())


async def _measure() -> list[Table]:
    async with Sandbox() as sandbox:
        await _execute(sandbox, 1)
        cold = await _cold(sandbox)
        return [cold, await _many_inputs(sandbox), await _at_once(sandbox)]


async def _execute(sandbox: Sandbox, inputs: int, dialect: Dialect = "body") -> tuple[float, float]:
    """Wall clock and the child's own CPU time of one request, milliseconds."""
    contexts = [{"items": _ROWS}] * inputs
    rules = NodeRules() if dialect == "node" else None
    started = time.perf_counter()
    results = await sandbox.execute(
        ExecutionRequest(_CODE, "javascript", contexts, dialect, Limits(timeout_s=60), rules)
    )
    elapsed_ms = (time.perf_counter() - started) * 1000
    failed = [result.error for result in results if not result.success]
    if failed:
        raise RuntimeError(str(failed[0]))
    return elapsed_ms, sum(result.cpu_time_ms or 0 for result in results)


async def _cold(sandbox: Sandbox) -> Table:
    ours: dict[Dialect, list[float]] = {"body": [], "node": []}
    plain: list[float] = []
    for _ in range(_ROUNDS):
        for dialect, times in ours.items():
            await asyncio.sleep(_PAUSE_S)
            times.append((await _execute(sandbox, 1, dialect))[0])
        plain.append(await asyncio.to_thread(_plain_node))
    rows = [("a body in the sandbox", ours["body"]), ("the same as n8n runs it", ours["node"]), ("node -e ''", plain)]
    reference = statistics.median(plain)
    return Table(
        "javascript-cold",
        "One JavaScript execution",
        ("what", "p10 ms", "p50 ms", "p99 ms", "p50 / node -e ''"),
        [
            (
                name,
                quantile(times, 0.1),
                statistics.median(times),
                quantile(times, 0.99),
                statistics.median(times) / reference,
            )
            for name, times in rows
        ],
        [f"{_ROUNDS} rounds, in turn, one request at a time; 20 items; all layers on; the child is pre-warmed"],
        "p50 ms",
    )


def _plain_node() -> float:
    started = time.perf_counter()
    subprocess.run([str(node_binary()), "-e", ""], check=True)
    return (time.perf_counter() - started) * 1000


async def _many_inputs(sandbox: Sandbox) -> Table:
    rows = []
    own: dict[str, list[float]] = {"call": [], "context": []}
    for inputs in (1, 10, _MANY):
        times = []
        for _ in range(9):
            await asyncio.sleep(_PAUSE_S)
            times.append(await _execute(sandbox, inputs))
            if inputs == _MANY:
                for kind, taken in own.items():
                    taken.append(await asyncio.to_thread(_own_time_ms, kind))
        wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        rows.append((f"{inputs} inputs", wall, cpu, wall / inputs))
    boot = _boot_cpu_ms()
    (_, one, one_cpu, _), _, (_, everything, all_cpu, _) = rows
    calls, contexts = (statistics.median(taken) for taken in own.values())
    apart, shared = (everything / (1.5 * one + taken) for taken in (contexts, calls))
    return Table(
        "javascript-inputs",
        "Many inputs of one code in one child, each in a fresh context",
        ("what", "p50 ms", "child's CPU ms", "ms an input"),
        rows,
        [
            f"100 runs in one plain Node: {contexts:.1f} ms in a fresh vm context each, {calls:.1f} ms by calls in one",
            f"100 inputs / (1.5 x one input + that): {apart:.2f} and {shared:.2f}",
            f"starting the child costs {boot:.0f} ms of CPU beside, off the request's path",
            f"CPU with the child's start, 100 inputs / 1 input: {(boot + all_cpu) / (boot + one_cpu):.2f}",
        ],
    )


def _own_time_ms(kind: str) -> float:
    """Wall clock of the code's own runs, reading and writing JSON included, `kind` being `call` or `context`."""
    told = json.dumps([_CODE, _ROWS, _MANY, kind])
    command = [str(node_binary()), "-e", _OWN_TIME, told]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _boot_cpu_ms() -> float:
    """CPU of one child until it is ready: its own command, which ends when it finds no request on descriptor 3."""
    command = " ".join(map(shlex.quote, javascript.plan(512).argv))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    rounds = 5
    for _ in range(rounds):
        subprocess.run(["bash", "-c", f"exec 3<>/dev/null; exec {command}"], check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / rounds


async def _at_once(sandbox: Sandbox) -> Table:
    rows = []
    for concurrent in (1, 8, 32):
        gate = asyncio.Semaphore(concurrent)
        times: list[float] = []

        async def one(gate: asyncio.Semaphore = gate, times: list[float] = times) -> None:
            async with gate:
                times.append((await _execute(sandbox, 1))[0])

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(64)))
        elapsed_s = time.perf_counter() - started
        rows.append((f"{concurrent} at once", 64 / elapsed_s, statistics.median(times), quantile(times, 0.99)))
    [result] = await sandbox.execute(ExecutionRequest("return 1", "javascript"))
    return Table(
        "javascript-throughput",
        "JavaScript executions a second, a new child each",
        ("what", "a second", "p50 ms", "p99 ms"),
        rows,
        [f"64 executions each; peak resident memory of one trivial execution {result.peak_memory_mb:.0f} MB"],
    )
