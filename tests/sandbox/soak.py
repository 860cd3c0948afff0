"""A long mixed load: `python -m tests.sandbox.soak [20000]` prints what it left behind; ends with 1 if that is much."""

import asyncio
import os
import random
import resource
import sys
import time
from pathlib import Path

from sandbox import ExecutionRequest, Limits, Sandbox, SandboxBusy, SandboxFault

__all__ = ["census", "soak"]

_AT_ONCE = 16
_SETTLE_S = 1.0
"""Until as many children wait again as at the start: each one is two descriptors, its socket and its pidfd."""
_LOAD = (
    ("result = x * 2", 20),
    ("return [{'json': {'n': i['json']['n'] + 1}} for i in _items]", 20),
    ("import os", 5),
    ("result = 1 / 0", 5),
    ("def f(n):\n    return f(n + 1)\nresult = f(0)", 2),
    ("print('x' * 3000000)", 2),
    ("result = 'x' * (800 * 1024 * 1024)", 2),
    ("while True:\n    pass", 1),
    ("result = [n * n for n in range(20000)]", 5),
    ("import json, re, datetime\nresult = json.dumps({'a': re.findall('a', 'banana')})", 10),
    ("x = [\n", 3),
    ("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 1\nresult = asyncio.run(f())", 3),
    ("raise SystemExit(3)", 2),
)


async def soak(sandbox: Sandbox, count: int, seed: int = 0) -> int:
    """Run `count` executions, some at once; every trivial one must be right.

    Returns:
        how many gave no answer because the sandbox failed (0 when all is well).
    """
    chance = random.Random(seed)
    codes = chance.choices([code for code, _ in _LOAD], [weight for _, weight in _LOAD], k=count)
    gate = asyncio.Semaphore(_AT_ONCE)
    faults = 0

    async def one(number: int, code: str) -> None:
        nonlocal faults
        context = {"x": number, "items": [{"json": {"n": number}}]}
        async with gate:
            try:
                [result] = await sandbox.execute(
                    ExecutionRequest(code, contexts=[context], limits=Limits(timeout_s=0.5))
                )
            except (SandboxFault, SandboxBusy):
                faults += 1
                return
        timed_out = result.error is not None and result.error.type == "Timeout"
        if code == "result = x * 2" and not timed_out and result.result != number * 2:
            raise AssertionError(f"{number}: {result}")

    for start in range(0, count, 500):
        await asyncio.gather(*(one(start + n, code) for n, code in enumerate(codes[start : start + 500])))
    return faults


def census() -> dict[str, int]:
    """What this process holds: children, descriptors, mounts."""
    children = sum(_is_ours(path) for path in Path("/proc").glob("[0-9]*/stat"))
    mounts = Path("/proc/self/mounts").read_text().count("\n")
    return {"children": children, "descriptors": len(list(Path("/proc/self/fd").iterdir())), "mounts": mounts}


def _is_ours(stat: Path) -> bool:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid()
    except OSError:
        return False


async def main(count: int) -> int:
    """Soak, and compare before and after."""
    async with Sandbox() as sandbox:
        await soak(sandbox, 500)
        await asyncio.sleep(_SETTLE_S)
        before, memory_kb = census(), _memory_kb()
        started = time.monotonic()
        faults = await soak(sandbox, count, seed=1)
        elapsed_s = time.monotonic() - started
        await asyncio.sleep(_SETTLE_S)
        after, growth_kb = census(), _memory_kb() - memory_kb
    sys.stdout.write(f"{count} executions in {elapsed_s:.0f} s ({count / elapsed_s:.0f}/s), {faults} faults\n")
    sys.stdout.write(f"before {before}, after {after}, memory {growth_kb:+} kB\n")
    return 1 if faults or growth_kb > 20_000 or any(after[what] > before[what] for what in before) else 0


def _memory_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)))
