"""The background check: who is asked, and when nobody is."""

import asyncio

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


async def test_a_provider_that_just_answered_is_not_asked() -> None:
    clock, busy = Clock(), always("a", "x")
    routed = make(clock, busy)
    await routed.complete(QUESTION)
    clock.advance(59)
    assert not await check(routed, clock).check(routed.circuits[0])
    clock.advance(1)
    assert await check(routed, clock).check(routed.circuits[0])


async def test_checks_alone_open_the_circuit_and_close_it_again() -> None:
    clock = Clock()
    failures = [ProviderError("down") for _ in range(5)]
    routed = make(clock, scripted("a", *failures, "x"))
    circuit, checks = routed.circuits[0], check(routed, clock)
    for _ in range(5):
        assert await checks.check(circuit)
    assert state_of(circuit) == "open"
    assert not await checks.check(circuit)
    clock.advance(300)
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
    assert all(48 <= pause <= 72 for pause in pauses)
    assert len(set(pauses)) > 1


async def test_zero_turns_the_checks_off() -> None:
    async with Router([down("a")], RouterConfig(health_interval_s=0)) as routed:
        await asyncio.sleep(0)
        assert routed.snapshot()["providers"]["a"]["calls"] == 0


@pytest.mark.parametrize("interval", [-1])
def test_an_interval_below_zero_is_refused(interval: float) -> None:
    with pytest.raises(ValueError, match="health_interval_s"):
        RouterConfig(health_interval_s=interval)
