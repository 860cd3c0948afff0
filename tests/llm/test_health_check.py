"""The background check: who is asked, and when nobody is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.llm.clock import Clock
from tests.llm.providers import QUESTION, always, down, scripted
from tools.errors import ProviderError
from tools.llm import Router, RouterConfig
from tools.llm.circuit import Circuit
from tools.llm.health_check import HealthCheck


def check(router: Router, clock: Clock) -> HealthCheck:
    return HealthCheck(router.circuits, 60, clock=clock, sleep=clock.sleep)


def state_of(circuit: Circuit) -> str:
    return circuit.breaker.state.name


def make(clock: Clock, *providers: object) -> Router:
    config = RouterConfig(health_interval_s=0, max_wait_s=0)
    return Router(list(providers), config, clock=clock, sleep=clock.sleep)  # type: ignore[arg-type]


async def test_a_quiet_provider_is_asked_for_one_token() -> None:
    clock, quiet = Clock(), always("a", "x")
    assert await check(make(clock, quiet), clock).check(make(clock, quiet).circuits[0])
    assert [request.max_tokens for request in quiet.requests] == [1]


async def watched(clock: Clock, routed: Router, pausing: Callable[[float], Awaitable[bool]]) -> None:
    """Let the checks run until one of their pauses, in which something happens, says that this is enough."""
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if await pausing(seconds):
            enough.set()
            await asyncio.Event().wait()

    async with HealthCheck(routed.circuits, 60, clock=clock, sleep=sleep):
        await asyncio.wait_for(enough.wait(), 5)


async def test_a_provider_is_not_asked_while_it_answers_real_calls() -> None:
    clock, busy = Clock(), always("a", "x")
    routed = make(clock, busy)

    async def real_call(seconds: float) -> bool:
        clock.advance(seconds / 2)
        await routed.complete(QUESTION)
        clock.advance(seconds / 2)
        return len(busy.requests) == 10

    await watched(clock, routed, real_call)
    assert all(request.max_tokens != 1 for request in busy.requests)


@pytest.mark.parametrize("checks", [1, 12], ids=["short", "until-the-circuit-opens"])
async def test_a_provider_that_goes_and_comes_back_is_seen_each_time_within_one_interval(checks: int) -> None:
    """It goes, and it returns, right after a check: the worst moment."""
    clock, wanted = Clock(), "healthy"
    routed = make(clock, always("a", lambda: "x" if wanted == "healthy" else ProviderError("down")))
    waits, since, seen = list[float](), clock(), 0

    async def look(seconds: float) -> bool:
        nonlocal wanted, since, seen
        seen += routed.circuits[0].snapshot()["status"] == wanted
        if seen == 1:
            waits.append(clock() - since)
        if seen >= checks:
            wanted, since, seen = ("offline" if wanted == "healthy" else "healthy"), clock(), 0
        clock.advance(seconds)
        return len(waits) == 20

    await watched(clock, routed, look)
    assert max(waits) <= 60


async def test_checks_alone_open_the_circuit_and_try_it_before_its_time() -> None:
    clock = Clock()
    failures = [ProviderError("down") for _ in range(6)]
    routed = make(clock, scripted("a", *failures, "x"))
    circuit, checks = routed.circuits[0], check(routed, clock)
    for _ in range(5):
        assert await checks.check(circuit)
    assert state_of(circuit) == "open"
    clock.advance(100)
    assert await checks.check(circuit)
    assert (state_of(circuit), circuit.breaker.wait_s) == ("open", 200)
    assert await checks.check(circuit)
    assert state_of(circuit) == "closed"


async def test_a_pause_the_provider_asked_for_is_kept_by_the_checks_too() -> None:
    clock = Clock()
    routed = make(clock, scripted("a", *[ProviderError("busy", retry_after_s=90)] * 5, "x"))
    circuit, checks = routed.circuits[0], check(routed, clock)
    for _ in range(5):
        clock.advance(90)
        assert await checks.check(circuit)
    clock.advance(89)
    assert not await checks.check(circuit)
    clock.advance(1)
    assert await checks.check(circuit)
    assert state_of(circuit) == "closed"


async def test_the_router_runs_the_checks_and_stops_them() -> None:
    dead = down("a")
    pauses: list[float] = []
    third = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 3:
            third.set()
        await asyncio.sleep(0)

    async with Router([dead], RouterConfig(health_interval_s=60), sleep=sleep):
        await third.wait()
    asked = len(dead.requests)
    await asyncio.sleep(0)
    assert len(dead.requests) == asked
    assert pauses.count(1.0) == 1, "the first failure is confirmed at once"
    assert all(30 <= pause <= 45 for pause in pauses if pause != 1.0)
    assert len(set(pauses)) > 1


async def test_zero_turns_the_checks_off() -> None:
    async with Router([down("a")], RouterConfig(health_interval_s=0)) as routed:
        await asyncio.sleep(0)
        assert routed.snapshot()["providers"]["a"]["calls"] == 0


@pytest.mark.parametrize("interval", [-1])
def test_an_interval_below_zero_is_refused(interval: float) -> None:
    with pytest.raises(ValueError, match="health_interval_s"):
        RouterConfig(health_interval_s=interval)
