"""What is known of a provider from its last calls."""

import math
from collections import deque
from dataclasses import dataclass, field

__all__ = ["Record"]

_WINDOW = 200
"""Calls that rates and latencies are taken over."""


@dataclass(slots=True)
class Record:
    """Counts since the start, rates over the last 200 calls."""

    calls: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    last_error: str | None = None
    last_success: float = -math.inf
    """On the router's clock."""
    failures_in_a_row: int = 0
    _outcomes: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    _since_return: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    _latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def succeeded(self, now: float, latency_ms: float) -> None:
        """Count an answer."""
        if self.is_gone:
            self._since_return.clear()
        self.calls += 1
        self.failures_in_a_row = 0
        self.last_success = now
        self.last_error = None
        self._outcomes.append(True)
        self._since_return.append(True)
        self._latencies_ms.append(latency_ms)

    def failed(self, message: str) -> None:
        """Count a failure of the provider."""
        self.calls += 1
        self.failures += 1
        self.failures_in_a_row += 1
        self.last_error = message
        self._outcomes.append(False)
        self._since_return.append(False)

    def spent(self, tokens_in: int, tokens_out: int, cost_usd: float) -> None:
        """Count what a call used, answered or not."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.cost_usd += cost_usd

    @property
    def success_rate(self) -> float | None:
        """Share of the last calls that were answered; `None` before the first."""
        return sum(self._outcomes) / len(self._outcomes) if self._outcomes else None

    @property
    def recent_rate(self) -> float | None:
        """The same since the provider was gone last: an outage that is over is no reason for doubt."""
        return sum(self._since_return) / len(self._since_return) if self._since_return else None

    @property
    def is_gone(self) -> bool:
        """Whether the last two calls failed: one is an accident."""
        return self.failures_in_a_row > 1

    @property
    def average_latency_ms(self) -> float | None:
        """Of the answered ones."""
        return sum(self._latencies_ms) / len(self._latencies_ms) if self._latencies_ms else None

    @property
    def p95_latency_ms(self) -> float | None:
        """Of the answered ones, nearest rank."""
        if not self._latencies_ms:
            return None
        return sorted(self._latencies_ms)[math.ceil(0.95 * len(self._latencies_ms)) - 1]
