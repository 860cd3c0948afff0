"""One provider with its breaker and its record; every call of it goes through here."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from tools.errors import ProviderError
from tools.llm.breaker import Breaker, Closed, Permit, StateName
from tools.llm.budget import Budget
from tools.llm.completion import Chunk, Completion, CompletionRequest, FinishReason, Provider, Until
from tools.llm.record import Record

__all__ = ["Circuit", "Deadline", "StreamedAnswer"]

_DEGRADED_BELOW = 0.9
"""A success rate under this is worth a look."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a call must be over, on the event loop's clock."""

    at: float
    others_wait: bool = False
    """Somebody else could still be asked: a provider that is silent may use half of what is left, not all."""

    @property
    def left_s(self) -> float:
        """Seconds from now; never negative."""
        return max(0.0, self.at - asyncio.get_running_loop().time())


class Circuit:
    """A provider that may be down."""

    def __init__(self, provider: Provider, breaker: Breaker, clock: Callable[[], float] = time.monotonic) -> None:
        self.provider = provider
        self.breaker = breaker
        self.record = Record()
        self.changes: Counter[StateName] = Counter()
        """How often the circuit went into each state."""
        self._clock = clock

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.config.name

    async def attempt(
        self,
        permit: Permit,
        request: CompletionRequest,
        budget: Budget | None = None,
        hear: Callable[[str], None] = lambda _text: None,
        deadline: Deadline | None = None,
    ) -> Completion:
        """Ask once; the permit and the record learn the outcome.

        Raises:
            ProviderError: the provider failed, or refused the request.
            BudgetExceeded: before anything was asked.
        """
        with permit:
            await self._prepare(permit)
            request, settle = self._within(budget, request)
            answer = StreamedAnswer(started=self._clock(), clock=self._clock)
            try:
                await self._listen(request, answer, hear, self._bounds(deadline))
            except ProviderError as error:
                self._learn(permit, error)
                raise
            finally:
                settle(answer)
            permit.succeeded()
            self.record.succeeded(self._clock(), answer.duration_ms)
            return self._completion(answer)

    async def _prepare(self, permit: Permit) -> None:
        try:
            await self.provider.prepare()
        except ProviderError as error:
            self._learn(permit, error)
            raise

    def _bounds(self, deadline: Deadline | None) -> tuple[float, float]:
        """Seconds to the first text and to the end: the provider's own, within what the call has left."""
        config = self.provider.config
        total_s = min(config.timeout_s, deadline.left_s if deadline else config.timeout_s)
        first_s = min(config.first_token_timeout_s, total_s) if config.streams else total_s
        return (min(first_s, total_s / 2) if deadline and deadline.others_wait else first_s), total_s

    async def _listen(
        self,
        request: CompletionRequest,
        answer: "StreamedAnswer",
        hear: Callable[[str], None],
        bounds_s: tuple[float, float],
    ) -> None:
        """Gather the answer; one timer is moved from the first token to the gaps and the end."""
        loop = asyncio.get_running_loop()
        first_wait_s, total_s = bounds_s
        end, idle_s = loop.time() + total_s, self.provider.config.idle_timeout_s
        try:
            async with asyncio.timeout(first_wait_s) as timer, aclosing(_closable(self.provider, request)) as stream:
                async for chunk in stream:
                    answer.take(chunk)
                    if chunk.text or chunk.thinking:
                        timer.reschedule(min(end, loop.time() + idle_s))
                    if chunk.text:
                        hear(chunk.text)
                        if answer.ends(request.until):
                            break
        except TimeoutError as exc:
            what = "stopped in the middle of its answer" if answer.text else f"gave no text within {first_wait_s:g} s"
            raise ProviderError(f"{self.name} {what}") from exc
        answer.check_whole(self.name)

    def _within(
        self, budget: Budget | None, request: CompletionRequest
    ) -> tuple[CompletionRequest, Callable[["StreamedAnswer"], None]]:
        """Bound the answer by the budget and hold its price; the returned function settles it."""
        prices = self.provider.prices
        per_in, per_out = prices or (0.0, 0.0)
        tokens_in = request.estimated_tokens_in
        if budget is not None:
            allowed = budget.answer_tokens(tokens_in=tokens_in, wanted=request.max_tokens, prices=prices)
            request = replace(request, max_tokens=allowed)
            held = budget.reserve(tokens_in + allowed, tokens_in * per_in + allowed * per_out)

        def settle(answer: StreamedAnswer) -> None:
            answer.estimate_usage(tokens_in)
            answer.cost_usd = answer.tokens_in * per_in + answer.tokens_out * per_out
            self.record.spent(answer.tokens_in, answer.tokens_out, answer.cost_usd)
            if budget is not None:
                budget.settle(held, answer.tokens_in + answer.tokens_out, answer.cost_usd)

        return request, settle

    def _learn(self, permit: Permit, error: ProviderError) -> None:
        if error.retryable:
            permit.failed(error.retry_after_s)
            self.record.failed(str(error))
        else:
            permit.release(error.retry_after_s)
            self.record.last_error = str(error)

    def _completion(self, answer: "StreamedAnswer") -> Completion:
        config = self.provider.config
        return Completion(
            answer.text,
            config.name,
            config.model,
            answer.finish_reason or "stop",
            answer.tokens_in,
            answer.tokens_out,
            answer.cost_usd,
            answer.first_token_ms,
            answer.duration_ms,
            style=config.style,
        )

    def snapshot(self) -> dict[str, Any]:
        """Say how the provider is, as `/api/v1/health/detailed` shows it; rates are `None` before the first call."""
        record, state = self.record, self.breaker.state
        wait_s = self.breaker.wait_s
        return {
            "status": self._status(),
            "is_available": wait_s == 0,
            "model": self.provider.config.model,
            "success_rate": _rounded(record.success_rate, 4),
            "average_latency_ms": _rounded(record.average_latency_ms, 1),
            "p95_latency_ms": _rounded(record.p95_latency_ms, 1),
            "circuit_breaker": {
                "state": state.name,
                "failure_count": state.failures,
                "next_trial_s": round(wait_s, 1) if wait_s else None,
            },
            "calls": record.calls,
            "failures": record.failures,
            "tokens_in": record.tokens_in,
            "tokens_out": record.tokens_out,
            "cost_usd": round(record.cost_usd, 6),
            "last_error": record.last_error,
        }

    def _status(self) -> str:
        is_closed = isinstance(self.breaker.state, Closed)
        if self.record.is_gone or not (is_closed or self.breaker.wait_s == 0):
            return "offline"
        if not is_closed:
            return "degraded"
        rate = self.record.recent_rate
        if rate is None:
            return "unknown" if self.record.last_error is None else "degraded"
        return "healthy" if rate >= _DEGRADED_BELOW and self.record.last_error is None else "degraded"


@dataclass(slots=True)
class StreamedAnswer:
    """What has come of an answer so far."""

    started: float
    clock: Callable[[], float]
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    first_token_ms: float = 0.0
    finish_reason: FinishReason | None = None
    _parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._parts)

    @property
    def duration_ms(self) -> float:
        """Since the question was put."""
        return (self.clock() - self.started) * 1000

    def take(self, chunk: Chunk) -> None:
        """Add a piece."""
        if chunk.text:
            if not self._parts:
                self.first_token_ms = self.duration_ms
            self._parts.append(chunk.text)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.tokens_in = chunk.tokens_in or self.tokens_in
        self.tokens_out = chunk.tokens_out or self.tokens_out

    def ends(self, until: Until | None) -> bool:
        """Whether enough has come, by the request's own measure."""
        self.finish_reason = self.finish_reason or (until(self.text) if until else None)
        return self.finish_reason is not None

    def check_whole(self, provider: str) -> None:
        """Refuse an answer that broke off.

        Raises:
            ProviderError: it has no text, or no end.
        """
        if self.finish_reason is None:
            raise ProviderError(f"{provider} broke off its answer after {len(self.text)} characters")
        if not self.text.strip() and self.finish_reason != "length":
            raise ProviderError(f"{provider} gave an empty answer")

    def estimate_usage(self, tokens_in: int) -> None:
        """Fill in, where the provider did not count: a broken answer was paid for too."""
        if self._parts and not self.tokens_out:
            self.tokens_out = len(self.text) // 3 + 1
        if self._parts and not self.tokens_in:
            self.tokens_in = tokens_in


def _closable(provider: Provider, request: CompletionRequest) -> Any:
    """Every provider's stream is an async generator; the protocol cannot say so for a plain method."""
    return provider.stream(request)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
