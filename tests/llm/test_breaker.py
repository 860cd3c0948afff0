"""The circuit breaker: when it opens, when it lets a trial through, and what it ignores."""

import pytest

from tests.llm.clock import Clock
from tools.llm.breaker import Breaker, Permit


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def changes() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def breaker(clock: Clock, changes: list[tuple[str, str]]) -> Breaker:
    return Breaker(threshold=5, recovery_s=300, clock=clock, on_change=lambda old, new: changes.append((old, new)))


def allowed(breaker: Breaker) -> Permit:
    permit = breaker.permit()
    assert permit is not None
    return permit


def state_of(breaker: Breaker) -> str:
    return breaker.state.name


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        allowed(breaker).failed()


def test_five_failures_in_a_row_open_it(breaker: Breaker, changes: list[tuple[str, str]]) -> None:
    fail(breaker, 4)
    assert state_of(breaker) == "closed"
    fail(breaker, 1)
    assert state_of(breaker) == "open"
    assert breaker.permit() is None
    assert changes == [("closed", "open")]


def test_a_success_between_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 4)
    allowed(breaker).succeeded()
    fail(breaker, 4)
    assert state_of(breaker) == "closed"
    assert breaker.state.failures == 4


def test_a_call_without_verdict_changes_no_count(breaker: Breaker) -> None:
    """Our own 4xx and cancelled calls say nothing about the provider."""
    fail(breaker, 4)
    with allowed(breaker):
        pass
    assert breaker.state.failures == 4
    fail(breaker, 1)
    assert state_of(breaker) == "open"


def test_after_the_recovery_time_one_single_trial_passes(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.advance(299.9)
    assert breaker.permit() is None
    clock.advance(0.1)
    permits = [breaker.permit() for _ in range(50)]
    assert sum(permit is not None for permit in permits) == 1
    assert state_of(breaker) == "half_open"


def test_a_trial_that_succeeds_closes_it(breaker: Breaker, clock: Clock, changes: list[tuple[str, str]]) -> None:
    fail(breaker, 5)
    clock.advance(300)
    allowed(breaker).succeeded()
    assert state_of(breaker) == "closed"
    assert breaker.state.failures == 0
    assert changes == [("closed", "open"), ("open", "half_open"), ("half_open", "closed")]


def test_a_trial_that_fails_opens_it_for_the_whole_time_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.advance(300)
    allowed(breaker).failed()
    assert breaker.wait_s == pytest.approx(300)
    assert breaker.state.failures == 6


def test_a_trial_that_is_cancelled_goes_to_the_next_caller(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.advance(300)
    with pytest.raises(KeyboardInterrupt), allowed(breaker):
        raise KeyboardInterrupt
    assert state_of(breaker) == "open"
    assert breaker.permit() is not None


def test_old_news_neither_closes_nor_opens(breaker: Breaker, clock: Clock) -> None:
    """A call that began before the circuit opened, and ends after, is not the trial."""
    early, late = allowed(breaker), allowed(breaker)
    fail(breaker, 5)
    early.succeeded()
    assert state_of(breaker) == "open"
    clock.advance(300)
    allowed(breaker).succeeded()
    late.failed()
    assert breaker.state.failures == 0


def test_only_the_first_verdict_of_a_permit_counts(breaker: Breaker) -> None:
    permit = allowed(breaker)
    permit.failed()
    permit.failed()
    permit.succeeded()
    assert breaker.state.failures == 1


def test_a_pause_the_provider_asked_for_is_kept(breaker: Breaker, clock: Clock) -> None:
    allowed(breaker).failed(pause_s=7)
    assert state_of(breaker) == "closed"
    assert breaker.permit() is None
    assert breaker.wait_s == pytest.approx(7)
    clock.advance(7)
    assert breaker.permit() is not None


def test_a_pause_longer_than_the_recovery_time_is_kept_too(breaker: Breaker) -> None:
    fail(breaker, 4)
    allowed(breaker).failed(pause_s=900)
    assert breaker.wait_s == pytest.approx(900)


def test_no_provider_can_ask_for_a_pause_over_an_hour(breaker: Breaker) -> None:
    allowed(breaker).failed(pause_s=10**9)
    assert breaker.wait_s == pytest.approx(3600)


def test_a_refused_key_is_a_pause_but_no_failure(breaker: Breaker) -> None:
    allowed(breaker).release(pause_s=60)
    assert breaker.state.failures == 0
    assert breaker.permit() is None
