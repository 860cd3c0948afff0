"""What an outage of a model provider costs: our router beside LiteLLM's, over real sockets on the loopback."""

import asyncio
import importlib
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import Table, quantile
from tools.errors import ModelError
from tools.llm import CompletionRequest, ProviderConfig, Router, RouterConfig
from tools.llm.providers import LiteLLMProvider

__all__ = ["run"]

QUESTION = [{"role": "user", "content": "Double the value"}]
FIRST_TOKEN_S = 0.5
"""Small, so that what hangs is over soon; a hang costs this bound, whoever routes."""
CALLS, CALLS_LITELLM = 60, 2
"""LiteLLM's defaults sleep for seconds in an outage: few calls are enough to see it."""
SCENARIOS = {
    "both well": "ok",
    "HTTP 500": "http500",
    "HTTP 429, Retry-After 7 s": "http429",
    "connection closed": "refused",
    "invalid JSON": "invalid_json",
    "stream cut in the middle": "cut_stream",
    "flapping, every other call": "flapping",
    "brown-out: 1 in 3 fails, 50 ms late": "brown_out",
    f"hangs (bound {FIRST_TOKEN_S} s)": "hang",
    f"slow loris (bound {FIRST_TOKEN_S} s)": "slow_loris",
}
COMPARED = ("ok", "http500", "refused", "cut_stream", "hang")


@dataclass(slots=True)
class Timing:
    """Milliseconds of the calls that were answered, and of those that were not."""

    answered: list[float] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)

    def ms(self, share: float) -> float | None:
        """The quantile of the answered ones."""
        return quantile(self.answered, share) if self.answered else None


def run() -> list[Table]:
    """Measure one provider out of two failing, and both."""
    return asyncio.run(_measure())


async def _measure() -> list[Table]:
    rows = [await _scenario(title, fault) for title, fault in SCENARIOS.items()]
    fail_over = Table(
        "router_fail_over",
        "One of two providers fails: milliseconds a call",
        (
            "the first provider",
            "added p95 ms, each call failing over",
            "p95 ms, breaker on",
            "answered",
            "failed calls of the first",
            "LiteLLM Router, defaults: p50 ms",
            "its answered",
        ),
        rows,
        (
            f"{CALLS} calls one after the other (8 where each waits for the bound); LiteLLM {CALLS_LITELLM}.",
            "Added: above the same calls to the well provider alone, p95 against p95.",
            "Breaker on: five failures in a row, then the first provider is left alone.",
        ),
    )
    return [fail_over, await _all_down()]


async def _scenario(title: str, fault: str) -> tuple[Any, ...]:
    with _servers(fault, "ok") as (bad, good):
        slow = fault in {"hang", "slow_loris"}
        alone = await _ours([good])
        over = await _ours([bad, good], calls=8 if slow else CALLS, failure_threshold=10**6)
        kept = await _ours([bad, good], calls=12 if slow else CALLS)
        theirs = await _litellm_router([bad, good]) if fault in COMPARED else None
    total = len(over[0].answered) + len(over[0].failed) + len(kept[0].answered) + len(kept[0].failed)
    return (
        title,
        max(0.0, (over[0].ms(0.95) or 0) - (alone[0].ms(0.95) or 0)),
        kept[0].ms(0.95),
        f"{len(over[0].answered) + len(kept[0].answered)}/{total}",
        kept[1],
        theirs and theirs.ms(0.5),
        theirs and f"{len(theirs.answered)}/{len(theirs.answered) + len(theirs.failed)}",
    )


async def _all_down() -> Table:
    """Both fail: how long until the caller knows."""
    rows = []
    for title, faults in (("both HTTP 500", ("http500", "http500")), ("both hang, deadline 2 s", ("hang", "hang"))):
        with _servers(*faults) as bad:
            ours, _ = await _ours(list(bad), calls=10, deadline_s=2)
            theirs = await _litellm_router(list(bad))
        rows.append((title, max(ours.failed), quantile(ours.failed, 0.5), quantile(theirs.failed or [0.0], 0.5)))
    return Table(
        "router_all_down",
        "Both providers are down: milliseconds to the honest error",
        ("outage", "ours, first and worst call", "ours p50, circuits open", "LiteLLM Router, defaults: p50"),
        rows,
        ("Ours answers NoProviderAvailable (HTTP 503) with the reason of each provider and when to come back.",),
    )


async def _ours(urls: list[str], calls: int = CALLS, **config: Any) -> tuple[Timing, int]:
    providers = [
        LiteLLMProvider(
            ProviderConfig(
                name=f"p{number}", model="openai/stub", api_base=url, first_token_timeout_s=FIRST_TOKEN_S, timeout_s=5
            )
        )
        for number, url in enumerate(urls)
    ]
    async with Router(providers, RouterConfig(health_interval_s=0, **config)) as router:
        await providers[0].prepare()
        with suppress(ModelError):  # the first call of a process is dearer; that it fails is what some are asked for
            await anext(providers[-1].stream(CompletionRequest(tuple(QUESTION))))
        timing = await _timed(lambda: router.complete(QUESTION), calls)
        return timing, router.circuits[0].record.failures


async def _litellm_router(urls: list[str]) -> Timing:
    """LiteLLM's own Router with its defaults: two groups, the second the fallback of the first."""
    litellm = importlib.import_module("litellm")
    groups = [
        {
            "model_name": f"p{n}",
            "litellm_params": {"model": "openai/stub", "api_base": url, "api_key": "x", "timeout": 2},
        }
        for n, url in enumerate(urls)
    ]
    router = litellm.Router(model_list=groups, fallbacks=[{"p0": ["p1"]}])

    async def call() -> None:
        async for _ in await router.acompletion(model="p0", messages=QUESTION, stream=True):
            pass

    return await _timed(call, CALLS_LITELLM, Exception)


async def _timed(call: Callable[[], Awaitable[Any]], calls: int, failure: type[Exception] = ModelError) -> Timing:
    timing = Timing()
    for _ in range(calls):
        started = time.perf_counter()
        try:
            await call()
        except failure:
            timing.failed.append((time.perf_counter() - started) * 1000)
        else:
            timing.answered.append((time.perf_counter() - started) * 1000)
    return timing


@contextmanager
def _servers(*faults: str) -> Iterator[list[str]]:
    command = [sys.executable, "-m", "tests.llm.stub_server", *faults]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield [process.stdout.readline().strip() for _ in faults]
        process.stdin.close()
