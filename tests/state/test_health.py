"""The monitor tells the truth within one interval, and asking it never waits for anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tools.health import HealthMonitor, Reading, Service


class Subject:
    """A service that a test takes down and brings back; `asked` counts the checks."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.trouble: str | None = None
        self.hangs = False
        self.asked = 0

    async def __call__(self) -> Reading:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return Reading({"version": "7"}, self.trouble)


class Clock:
    """Pauses that end when the test says so."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._ticks: asyncio.Queue[None] = asyncio.Queue()
        self._resting = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if seconds <= 1.0:
            return
        self._resting.set()
        await self._ticks.get()

    async def rest(self) -> None:
        """Wait until the monitor pauses between two checks."""
        await self._resting.wait()

    async def next_interval(self) -> None:
        """Let one interval pass, and wait for the next pause."""
        self._resting.clear()
        self._ticks.put_nowait(None)
        await self.rest()


@asynccontextmanager
async def watched(subject: Subject, **options: Any) -> AsyncIterator[tuple[HealthMonitor, Clock]]:
    clock = Clock()
    service = Service("it", subject, **({"deadline_s": 0.05} | options))
    async with HealthMonitor([service], sleep=clock.sleep) as monitor:
        await clock.rest()
        yield monitor, clock


def report(monitor: HealthMonitor) -> dict[str, Any]:
    services: dict[str, Any] = monitor.get_health_snapshot()["services"]
    it: dict[str, Any] = services["it"]
    return it


async def test_a_service_is_checked_at_the_start_and_shown_in_the_documented_shape() -> None:
    async with watched(Subject()) as (monitor, _):
        snapshot = monitor.get_health_snapshot()

    assert set(snapshot) == {"timestamp", "overall_status", "services"}
    assert snapshot["overall_status"] == "healthy"
    assert {key: snapshot["services"]["it"][key] for key in ("status", "is_healthy", "success_rate")} == {
        "status": "healthy",
        "is_healthy": True,
        "success_rate": 1.0,
    }
    assert snapshot["services"]["it"]["response_time_ms"] >= 0
    assert snapshot["services"]["it"]["circuit_breaker"] == {
        "state": "closed",
        "failure_count": 0,
        "next_trial_s": None,
    }
    assert snapshot["services"]["it"]["details"] == {"version": "7"}


async def test_before_its_first_check_nothing_is_claimed() -> None:
    monitor = HealthMonitor([Service("it", Subject())])

    assert monitor.overall_status == "unknown"
    assert not monitor.is_system_healthy()
    assert report(monitor)["success_rate"] is None


async def test_a_service_that_goes_down_and_comes_back_is_seen_at_the_next_check() -> None:
    subject = Subject()
    async with watched(subject) as (monitor, clock):
        subject.failure = ConnectionError("connection refused")
        await clock.next_interval()
        down = report(monitor)
        subject.failure = None
        await clock.next_interval()
        back = report(monitor)

    assert (down["status"], down["is_healthy"], down["consecutive_failures"]) == ("offline", False, 2)
    assert down["message"] == "connection refused"
    assert (back["status"], back["consecutive_failures"], back["message"]) == ("healthy", 0, None)
    assert back["success_rate"] == 0.5


async def test_a_failure_is_confirmed_by_a_second_check_before_it_means_offline() -> None:
    subject = Subject()
    async with watched(subject) as (monitor, clock):
        subject.failure = ConnectionError("reset")

        async def mend_while_pausing(_seconds: float) -> None:
            subject.failure = None
            await asyncio.sleep(0)

        monitor._sleep = mend_while_pausing
        await monitor.check_all()
        flaky = report(monitor)
        monitor._sleep = clock.sleep

    assert (flaky["status"], flaky["message"]) == ("degraded", "answered at the second try; before: reset")


async def test_a_service_that_hangs_is_offline_after_its_deadline() -> None:
    subject = Subject()
    subject.hangs = True
    async with watched(subject) as (monitor, _):
        assert report(monitor)["status"] == "offline"
        assert report(monitor)["message"] == "no answer within 0.05 s"


@pytest.mark.parametrize(
    ("trouble", "slow_ms", "words"),
    [("index is stale", 1000.0, "index is stale"), (None, 0.0, "slow: answered after")],
    ids=["trouble", "slow"],
)
async def test_a_service_that_answers_but_not_well_is_degraded(trouble: str | None, slow_ms: float, words: str) -> None:
    subject = Subject()
    subject.trouble = trouble
    async with watched(subject, slow_ms=slow_ms) as (monitor, _):
        assert report(monitor)["status"] == "degraded"
        assert words in report(monitor)["message"]


async def test_the_breaker_opens_after_five_failures_and_a_good_check_closes_it() -> None:
    subject = Subject()
    subject.failure = ConnectionError("refused")
    async with watched(subject) as (monitor, clock):
        for _ in range(3):
            await clock.next_interval()
        opened = report(monitor)["circuit_breaker"]
        refused = monitor.breaker("it").permit()
        subject.failure = None
        await clock.next_interval()
        closed = report(monitor)["circuit_breaker"]

    assert (opened["state"], opened["failure_count"], refused) == ("open", 5, None)
    assert 0 < opened["next_trial_s"] <= 300
    assert closed == {"state": "closed", "failure_count": 0, "next_trial_s": None}


@pytest.mark.parametrize(
    ("required", "overall"), [(True, "offline"), (False, "degraded")], ids=["required", "optional"]
)
async def test_the_system_is_offline_only_without_what_it_requires(required: bool, overall: str) -> None:
    subject = Subject()
    subject.failure = ConnectionError("refused")
    async with watched(subject, required=required) as (monitor, _):
        assert monitor.overall_status == overall


async def test_pauses_differ_and_stay_within_the_interval() -> None:
    async with watched(Subject()) as (_, clock):
        for _ in range(5):
            await clock.next_interval()

    assert all(45 <= pause <= 54 for pause in clock.pauses)
    assert len(set(clock.pauses)) > 1


async def test_one_service_that_hangs_does_not_hold_up_another() -> None:
    hung, well = Subject(), Subject()
    hung.hangs = True
    clock = Clock()
    services = [Service("hung", hung, deadline_s=60), Service("well", well)]
    async with HealthMonitor(services, sleep=clock.sleep) as monitor:
        await clock.rest()

        assert monitor.status("well") == "healthy"
        assert monitor.status("hung") == "unknown"
        assert monitor.status("nobody") == "unknown"
