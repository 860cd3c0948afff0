"""The router: who is asked, who steps in, what is counted, and what the caller hears."""

import asyncio
from typing import Any

import pytest

from tests.llm.clock import Clock
from tests.llm.providers import QUESTION, Slow, always, down, scripted
from tools.errors import BudgetExceeded, NoProviderAvailable, ProviderError
from tools.llm import Budget, CircuitChanged, Completion, Provider, Router, RouterConfig, TaskType

PATIENT: dict[str, Any] = {"first_token_timeout_s": 30, "timeout_s": 60}
IMPATIENT: dict[str, Any] = {"first_token_timeout_s": 0.02, "timeout_s": 5}
STALLING: dict[str, Any] = {"first_token_timeout_s": 5, "timeout_s": 5, "idle_timeout_s": 0.02}


def router(*providers: Provider, clock: Clock | None = None, **config: Any) -> Router:
    clock = clock or Clock()
    config = {"health_interval_s": 0, "max_wait_s": 0} | config
    return Router(providers, RouterConfig(**config), clock=clock, sleep=clock.sleep)


async def test_the_next_provider_answers_when_the_first_fails_and_the_answer_says_so() -> None:
    answer = await router(down("a"), scripted("b", "right")).complete(QUESTION)
    assert (answer.text, answer.provider) == ("right", "b")
    assert [(failure.provider, failure.message) for failure in answer.failures] == [("a", "a: HTTP 500")]


async def test_without_fallback_only_the_first_is_asked() -> None:
    second = scripted("b", "right")
    with pytest.raises(NoProviderAvailable, match="a: HTTP 500"):
        await router(down("a"), second).complete(QUESTION, fallback=False)
    assert not second.requests


@pytest.mark.parametrize(
    ("task_type", "first"),
    [("error_debugging", "debugger"), ("code_generation", "coder"), ("pattern_analysis", "generalist")],
)
async def test_each_task_type_has_its_own_order(task_type: TaskType, first: str) -> None:
    providers = (
        always("coder", "x", prefers=("code_generation",)),
        always("debugger", "x", prefers=("error_debugging",)),
        always("generalist", "x"),
    )
    assert (await router(*providers).complete(QUESTION, task_type)).provider == first


async def test_a_provider_to_avoid_is_asked_last_but_still_asked() -> None:
    both = router(always("a", "x"), always("b", "y"))
    assert (await both.complete(QUESTION, avoid=["a"])).provider == "b"
    assert (await router(always("a", "x")).complete(QUESTION, avoid=["a"])).provider == "a"


async def test_a_dead_provider_is_called_five_times_and_then_only_by_single_trials() -> None:
    clock, dead = Clock(), down("dead")
    routed = router(dead, always("b", "x"), clock=clock)
    for _ in range(40):
        await routed.complete(QUESTION)
    assert len(dead.requests) == 5
    clock.advance(300)
    for _ in range(40):
        await routed.complete(QUESTION)
    assert len(dead.requests) == 6


async def test_fifty_concurrent_calls_make_one_trial() -> None:
    clock, sick = Clock(), Slow("sick", "well again", **PATIENT)
    routed = router(sick, always("b", "x"), clock=clock, failure_threshold=1)
    permit = routed.circuits[0].breaker.permit()
    assert permit is not None
    permit.failed()
    clock.advance(300)
    calls = [asyncio.create_task(routed.complete(QUESTION)) for _ in range(50)]
    await sick.asked.wait()
    sick.go.release()
    answers = await asyncio.gather(*calls)
    assert len(sick.requests) == 1
    assert sorted({answer.provider for answer in answers}) == ["b", "sick"]
    assert routed.circuits[0].breaker.state.name == "closed"


async def test_a_cancelled_trial_leaves_the_trial_to_the_next() -> None:
    clock, sick = Clock(), Slow("sick", "well again", **PATIENT)
    routed = router(sick, clock=clock, failure_threshold=1)
    permit = routed.circuits[0].breaker.permit()
    assert permit is not None
    permit.failed()
    clock.advance(300)
    call = asyncio.create_task(routed.complete(QUESTION))
    await sick.asked.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    sick.go.release()
    assert (await routed.complete(QUESTION)).text == "well again"


@pytest.mark.parametrize("steps", range(5))
async def test_a_call_cancelled_at_any_step_leaves_no_trial_behind(steps: int) -> None:
    clock = Clock()
    routed = router(always("a", "x"), clock=clock, failure_threshold=1)
    permit = routed.circuits[0].breaker.permit()
    assert permit is not None
    permit.failed()
    clock.advance(300)
    call = asyncio.create_task(routed.complete(QUESTION))
    for _ in range(steps):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert routed.circuits[0].breaker.state.name != "half_open"
    assert (await routed.complete(QUESTION)).provider == "a"


async def test_a_refusal_of_our_request_is_no_failure_of_the_provider() -> None:
    refusing = always("a", lambda: ProviderError("a: HTTP 400", retryable=False))
    routed = router(refusing)
    for _ in range(10):
        with pytest.raises(ProviderError, match="HTTP 400"):
            await routed.complete(QUESTION)
    assert len(refusing.requests) == 10
    assert routed.circuits[0].breaker.state.failures == 0


async def test_a_refused_request_is_still_offered_to_the_others() -> None:
    refusing = always("a", lambda: ProviderError("a: too long", retryable=False))
    assert (await router(refusing, always("b", "x")).complete(QUESTION)).provider == "b"


async def test_retry_after_rests_the_provider_and_the_others_answer() -> None:
    clock = Clock()
    busy = always("busy", lambda: ProviderError("busy: HTTP 429", retry_after_s=30))
    routed = router(busy, always("b", "x"), clock=clock)
    for _ in range(10):
        await routed.complete(QUESTION)
    assert len(busy.requests) == 1
    clock.advance(30)
    await routed.complete(QUESTION)
    assert len(busy.requests) == 2


async def test_with_nobody_else_a_short_pause_is_waited_out() -> None:
    lone = scripted("lone", ProviderError("lone: HTTP 429", retry_after_s=1), "right")
    answer = await router(lone, max_wait_s=2).complete(QUESTION)
    assert answer.text == "right"
    assert [failure.message for failure in answer.failures] == ["lone: HTTP 429"]


async def test_a_long_pause_is_left_to_the_caller() -> None:
    lone = scripted("lone", ProviderError("lone: HTTP 429", retry_after_s=60), "right")
    with pytest.raises(NoProviderAvailable) as caught:
        await router(lone, max_wait_s=2).complete(QUESTION)
    assert caught.value.retry_after_s == pytest.approx(60)


async def test_all_down_is_one_error_that_names_each_and_when_to_come_back() -> None:
    routed = router(down("a"), down("b"), clock=Clock(), failure_threshold=1)
    with pytest.raises(NoProviderAvailable, match="a: HTTP 500; b: HTTP 500"):
        await routed.complete(QUESTION)
    with pytest.raises(NoProviderAvailable, match="a: HTTP 500, left alone for another 300 s") as caught:
        await routed.complete(QUESTION)
    assert caught.value.retry_after_s == pytest.approx(300)


async def test_without_any_provider_the_error_names_the_settings() -> None:
    with pytest.raises(NoProviderAvailable, match="LLM_MODEL") as caught:
        await router().complete(QUESTION)
    assert caught.value.retry_after_s is None


async def test_a_provider_that_gives_no_text_is_left_for_the_next() -> None:
    answer = await router(Slow("hang", "never", **IMPATIENT), always("b", "x")).complete(QUESTION)
    assert answer.provider == "b"
    assert "gave no text within 0.02 s" in answer.failures[0].message


async def test_a_provider_that_stops_in_the_middle_is_left_for_the_next() -> None:
    loris = Slow("loris", "re", "never", **STALLING)
    loris.go.release()
    answer = await router(loris, always("b", "x")).complete(QUESTION)
    assert "stopped in the middle" in answer.failures[0].message


async def test_a_stream_that_is_cut_is_a_failure_not_an_answer() -> None:
    cut = Slow("cut", "return [", whole=False, **PATIENT)
    cut.go.release()
    answer = await router(cut, always("b", "x")).complete(QUESTION)
    assert answer.provider == "b"
    assert "broke off its answer after 8 characters" in answer.failures[0].message


async def test_an_empty_answer_is_a_failure() -> None:
    answer = await router(always("a", ""), always("b", "x")).complete(QUESTION)
    assert "empty answer" in answer.failures[0].message


async def test_a_silent_provider_may_use_half_of_the_deadline_and_is_counted() -> None:
    hang = Slow("hang", "never", **PATIENT)
    routed = router(hang, always("b", "x"), deadline_s=0.6)
    assert (await routed.complete(QUESTION)).provider == "b"
    assert routed.circuits[0].breaker.state.failures == 1


async def test_when_all_hang_the_deadline_ends_the_call_with_an_honest_error() -> None:
    routed = router(Slow("a", "x", **PATIENT), Slow("b", "x", **PATIENT), deadline_s=0.1)
    with pytest.raises(NoProviderAvailable, match=r"a gave no text within .*; b gave no text within"):
        await routed.complete(QUESTION)


async def test_hedging_asks_the_next_when_the_first_is_slow_and_cancels_the_loser() -> None:
    slow = Slow("slow", "late", **PATIENT)
    routed = router(slow, always("b", "x"), hedge_after_s=0.01)
    assert (await routed.complete(QUESTION)).provider == "b"
    assert slow.cancelled
    assert routed.circuits[0].breaker.state.failures == 0


async def test_a_provider_that_has_begun_is_not_hedged() -> None:
    slow = Slow("slow", "one ", "two", **PATIENT)
    slow.go.release()
    other = always("b", "x")
    routed = router(slow, other, hedge_after_s=0.01)
    call = asyncio.create_task(routed.complete(QUESTION))
    await asyncio.sleep(0.03)
    slow.go.release()
    assert (await call).text == "one two"
    assert not other.requests


async def test_a_stream_gives_the_pieces_and_at_last_the_whole() -> None:
    said = [piece async for piece in router(always("a", "right")).stream(QUESTION)]
    assert said[0] == "right"
    assert isinstance(said[-1], Completion)
    assert said[-1].text == "right"


async def test_a_stream_says_when_what_came_is_void() -> None:
    cut = Slow("cut", "wro", whole=False, **PATIENT)
    cut.go.release()
    said = [piece async for piece in router(cut, always("b", "right")).stream(QUESTION)]
    assert said[:3] == ["wro", None, "right"]


async def test_a_stream_that_is_left_early_stops_the_call() -> None:
    slow = Slow("slow", "one", "two", **PATIENT)
    slow.go.release()
    stream = router(slow).stream(QUESTION)
    assert await anext(stream) == "one"
    await stream.aclose()  # type: ignore[attr-defined]
    assert slow.cancelled


async def test_state_changes_are_events() -> None:
    changes: list[CircuitChanged] = []
    clock = Clock()
    config = RouterConfig(health_interval_s=0, max_wait_s=0, failure_threshold=1)
    routed = Router([scripted("a", ProviderError("down"), "up")], config, clock=clock, on_change=changes.append)
    with pytest.raises(NoProviderAvailable):
        await routed.complete(QUESTION)
    clock.advance(300)
    await routed.complete(QUESTION)
    assert [(change.old, change.new) for change in changes] == [
        ("closed", "open"),
        ("open", "half_open"),
        ("half_open", "closed"),
    ]


async def test_the_snapshot_says_how_each_provider_is() -> None:
    clock = Clock()
    priced = scripted("a", "x", ProviderError("down"), price_in_usd_per_million=1, price_out_usd_per_million=2)
    routed = router(priced, always("b", "x"), clock=clock)
    fresh = routed.snapshot()["providers"]["a"]
    assert (fresh["status"], fresh["is_available"], fresh["success_rate"]) == ("unknown", True, None)
    await routed.complete(QUESTION)
    await routed.complete(QUESTION)
    used = routed.snapshot()["providers"]["a"]
    assert (used["status"], used["success_rate"], used["calls"], used["failures"]) == ("degraded", 0.5, 2, 1)
    assert used["circuit_breaker"] == {"state": "closed", "failure_count": 1, "next_trial_s": None}
    assert used["tokens_in"] > 0
    assert used["cost_usd"] == pytest.approx((used["tokens_in"] + 2 * used["tokens_out"]) / 1e6)
    assert routed.snapshot()["providers"]["b"]["status"] == "healthy"


async def test_an_open_circuit_shows_its_next_trial() -> None:
    clock = Clock()
    routed = router(down("a"), clock=clock, failure_threshold=1)
    with pytest.raises(NoProviderAvailable):
        await routed.complete(QUESTION)
    clock.advance(100)
    shown = routed.snapshot()["providers"]["a"]
    assert (shown["status"], shown["is_available"]) == ("offline", False)
    assert shown["circuit_breaker"] == {"state": "open", "failure_count": 1, "next_trial_s": 200.0}


async def test_a_budget_bounds_the_answer_and_then_the_calls() -> None:
    budget, provider = Budget(max_tokens=200), always("a", "x" * 400)
    routed = router(provider)
    await routed.complete(QUESTION, budget=budget)
    assert provider.requests[0].max_tokens < 200
    assert budget.tokens > 100
    with pytest.raises(BudgetExceeded, match="max_tokens=200"):
        await routed.complete(QUESTION, budget=budget)
    assert len(provider.requests) == 1


async def test_a_bound_in_dollars_is_not_promised_with_an_unknown_price() -> None:
    class Unpriced(Slow):
        prices = None  # type: ignore[assignment]

    with pytest.raises(BudgetExceeded, match="price_in_usd_per_million"):
        await router(Unpriced("a", "x")).complete(QUESTION, budget=Budget(max_cost_usd=1.0))


async def test_concurrent_calls_cannot_spend_the_same_dollar_twice() -> None:
    slow = Slow("a", "x", **PATIENT, price_in_usd_per_million=0, price_out_usd_per_million=10)
    routed = router(slow)
    budget = Budget(max_cost_usd=0.0021)
    calls = [asyncio.create_task(routed.complete(QUESTION, max_tokens=150, budget=budget)) for _ in range(2)]
    await slow.asked.wait()
    slow.go.release()
    slow.go.release()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(result, BudgetExceeded) for result in results) == 1


async def test_listening_ends_as_soon_as_enough_has_come_and_what_came_is_paid_for() -> None:
    long = Slow("a", *"0123456789", whole=False, **PATIENT)
    long.go = asyncio.Semaphore(100)
    completion = await router(long).complete(QUESTION, until=lambda text: "length" if "4" in text else None)
    assert completion.text == "01234"
    assert completion.truncated
    assert completion.tokens_out > 0


async def test_who_is_asked_first_is_the_first_that_prefers_the_task_and_is_not_left_alone() -> None:
    routed = router(down("a"), always("b", "x"), always("c", "x", prefers=("error_debugging",)), failure_threshold=1)
    assert first_name(routed, "code_generation") == "a"
    assert first_name(routed, "error_debugging") == "c"
    await routed.complete(QUESTION)
    assert first_name(routed, "code_generation") == "b"
    assert first_name(router(), "code_generation") is None


def first_name(routed: Router, task_type: TaskType) -> str | None:
    config = routed.first_choice(task_type)
    return config.name if config else None
