"""Queues, deadlines, deaths and renewals: what keeps the service alive whatever the code does."""

import asyncio
import gc
import os
import resource
import signal
from collections.abc import Callable

import pytest

from sandbox import (
    ExecutionRequest,
    ExecutionResult,
    Limits,
    PoolSize,
    Sandbox,
    SandboxBusy,
    SandboxConfig,
    SandboxFault,
    SandboxUnavailable,
)
from sandbox.spawner import ZygoteSpawner
from sandbox.zygote import Plan
from tests.sandbox.soak import census, soak

pytestmark = pytest.mark.jail


async def run(sandbox: Sandbox, code: str, timeout_s: float = 10) -> ExecutionResult:
    [result] = await sandbox.execute(ExecutionRequest(code, limits=Limits(timeout_s=timeout_s)))
    return result


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - the pool counts, it has no event for tests
        await asyncio.sleep(0.001)


def spawner_of(sandbox: Sandbox) -> ZygoteSpawner:
    spawner = sandbox._pools["python"].spawner
    assert isinstance(spawner, ZygoteSpawner)
    return spawner


async def test_beyond_the_queue_the_caller_is_told_when_to_come_back() -> None:
    async with Sandbox(SandboxConfig(pool=PoolSize(warm=1, running=1, queued=1))) as sandbox:
        slow = [asyncio.create_task(run(sandbox, "while True: pass", 0.5)) for _ in range(2)]
        await until(lambda: sandbox._pools["python"].waiting == 1)
        with pytest.raises(SandboxBusy) as refused:
            await run(sandbox, "result = 1")
        assert refused.value.retry_after_s > 0
        await asyncio.gather(*slow)
        assert (await run(sandbox, "result = 2")).result == 2


async def test_sixty_four_at_once_all_get_their_own_answer() -> None:
    async with Sandbox() as sandbox:
        results = await asyncio.gather(*(run(sandbox, f"result = {number}") for number in range(64)))
    assert [result.result for result in results] == list(range(64))


async def test_a_killed_zygote_costs_the_running_request_a_clean_error_and_the_next_one_nothing() -> None:
    async with Sandbox() as sandbox:
        assert (await run(sandbox, "result = 1")).success
        running = asyncio.create_task(run(sandbox, "while True: pass"))
        pool = sandbox._pools["python"]
        await until(lambda: pool.running == 1 and not pool._takers)  # it has its child
        zygote = spawner_of(sandbox)._zygote
        assert zygote is not None
        assert zygote._process is not None
        os.kill(zygote._process.pid, signal.SIGKILL)
        with pytest.raises(SandboxFault, match="ended while this one ran"):
            await running
        assert (await run(sandbox, "result = 2")).result == 2
        assert spawner_of(sandbox).zygotes_started == 2


async def test_a_zygote_that_dies_over_an_order_costs_nobody_anything() -> None:
    spawner = ZygoteSpawner(Plan("python", 512))
    await spawner.open()
    zygote = spawner._zygote
    assert zygote is not None
    assert zygote._process is not None
    os.kill(zygote._process.pid, signal.SIGKILL)
    children = await asyncio.gather(*(spawner.spawn() for _ in range(3)))
    assert spawner.zygotes_started == 2
    for child in children:
        child.end()
    await spawner.close()


async def test_a_zygote_is_replaced_after_its_share_of_children_while_requests_go_on() -> None:
    async with Sandbox() as sandbox:
        spawner_of(sandbox)._renew_after = 10
        results = [await run(sandbox, f"result = {number}") for number in range(30)]
        assert [result.result for result in results] == list(range(30))
        assert spawner_of(sandbox).zygotes_started >= 3
        assert len(spawner_of(sandbox)._retired) <= 1


async def test_a_replaced_zygote_is_gone_with_its_last_child() -> None:
    """Not only when the next one is replaced, which may be an hour later."""
    async with Sandbox(SandboxConfig(pool=PoolSize(warm=1))) as sandbox:
        long = asyncio.create_task(run(sandbox, "while True: pass", 0.5))
        await until(lambda: sandbox._pools["python"].running == 1)
        spawner = spawner_of(sandbox)
        spawner._renew_after = 1
        await run(sandbox, "result = 1")
        spawner._renew_after = 5_000
        old = [*spawner._retired]
        assert old
        await long
        await until(lambda: not any(zygote.children for zygote in old))
        await run(sandbox, "result = 2")
        await until(lambda: not set(spawner._retired) & set(old))


async def test_a_zygote_is_replaced_when_it_is_old() -> None:
    async with Sandbox() as sandbox:
        spawner_of(sandbox)._renew_after_s = 0.0
        assert [(await run(sandbox, f"result = {number}")).result for number in range(3)] == [0, 1, 2]
        assert spawner_of(sandbox).zygotes_started > 1


async def test_a_caller_that_goes_away_takes_its_child_along() -> None:
    async with Sandbox(SandboxConfig(pool=PoolSize(warm=1, running=1))) as sandbox:
        caller = asyncio.create_task(run(sandbox, "while True: pass", 60))
        await until(lambda: sandbox._pools["python"].running == 1)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert (await run(sandbox, "result = 3", 5)).result == 3


async def test_nothing_is_left_when_the_sandbox_closes() -> None:
    async with Sandbox() as warmed_up:
        await run(warmed_up, "result = 1")
    gc.collect()
    before = census()
    async with Sandbox() as sandbox:
        await asyncio.gather(*(run(sandbox, "result = 1") for _ in range(20)), run(sandbox, "while True: pass", 0.2))
    gc.collect()
    assert census() == before


async def test_a_machine_without_a_wall_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.lockdown.ladder.Wall.rung", "D")
    with pytest.raises(SandboxUnavailable, match="rung D"):
        async with Sandbox():
            pass


async def test_a_hole_in_the_wall_serves_nobody() -> None:
    """Landlock with a rule too many; the self-test finds it, whoever wrote the plan."""
    plan = Plan("node", 512, argv=("/nowhere",), read=("/",))
    with pytest.raises(SandboxUnavailable, match="holes, a locked child could: read a file"):
        async with Sandbox(plans={"python": plan}):
            pass


async def test_a_zygote_that_cannot_start_says_why() -> None:
    with pytest.raises(SandboxUnavailable, match="No such file"):
        async with Sandbox(plans={"python": Plan("node", 512, read=("/no/such/folder",))}):
            pass


async def test_a_mixed_load_leaves_no_process_descriptor_file_or_memory_behind() -> None:
    """300 of what `python -m tests.sandbox.soak` does 20,000 times."""
    async with Sandbox() as sandbox:
        await soak(sandbox, 100)
        before, memory = census(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await soak(sandbox, 200)
        assert census().keys() == before.keys()
        assert census()["descriptors"] <= before["descriptors"] + 8
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20_000


def test_the_descriptors_of_a_child_are_four() -> None:
    """0, 1, 2 and its socket: asked of a child without the language layer, for it alone can look."""
    code = """
import os
result = []
for number in range(300):
    try:
        os.get_inheritable(number)
    except OSError:
        continue
    result.append(number)
"""

    async def ask() -> ExecutionResult:
        async with Sandbox(plans={"python": Plan("python", 512, language_layer=False)}) as sandbox:
            return await run(sandbox, code)

    assert asyncio.run(ask()).result == [0, 1, 2, 3]
