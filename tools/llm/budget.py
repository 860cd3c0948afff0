"""What one request may spend on models, over all its attempts."""

from dataclasses import dataclass

from tools.errors import BudgetExceeded

__all__ = ["Budget", "Reservation"]

_FEWEST_TOKENS = 64
"""No answer of use is shorter; a call that may not have so many is not made."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a running call may come to."""

    tokens: int
    cost_usd: float


class Budget:
    """Bounds in tokens and dollars; concurrent calls reserve what they may come to, then settle what they came to.

    >>> budget = Budget(max_tokens=1_000)
    >>> budget.answer_tokens(tokens_in=300, wanted=2_048, prices=None)
    700
    """

    def __init__(self, max_tokens: int | None = None, max_cost_usd: float | None = None) -> None:
        self.max_tokens = max_tokens
        self.max_cost_usd = max_cost_usd
        self.tokens = 0
        self.cost_usd = 0.0
        self._held: list[Reservation] = []

    def answer_tokens(self, *, tokens_in: int, wanted: int, prices: tuple[float, float] | None) -> int:
        """Return how many tokens an answer may have; prices in dollars a token, of prompt and answer.

        Raises:
            BudgetExceeded: not even a short answer fits, or a bound in dollars meets an unknown price.
        """
        if self.max_tokens is not None:
            wanted = min(wanted, self.max_tokens - self._tokens_bound() - tokens_in)
        if self.max_cost_usd is not None:
            if prices is None:
                raise BudgetExceeded(
                    f"max_cost_usd={self.max_cost_usd} cannot be kept with a provider of unknown price: give it "
                    "price_in_usd_per_million and price_out_usd_per_million"
                )
            price_in, price_out = prices
            left = self.max_cost_usd - self._cost_bound() - tokens_in * price_in
            if left < 0 or (price_out and left / price_out < _FEWEST_TOKENS):
                raise BudgetExceeded(f"max_cost_usd={self.max_cost_usd}: ${self.cost_usd:.6f} are spent; raise it")
            wanted = min(wanted, int(left / price_out)) if price_out else wanted
        if wanted < _FEWEST_TOKENS:
            raise BudgetExceeded(f"max_tokens={self.max_tokens}: {self.tokens} are spent; raise it")
        return wanted

    def reserve(self, tokens: int, cost_usd: float) -> Reservation:
        """Hold what a call may come to until `settle`."""
        reservation = Reservation(tokens, cost_usd)
        self._held.append(reservation)
        return reservation

    def settle(self, reservation: Reservation, tokens: int, cost_usd: float) -> None:
        """Replace what was held by what was used."""
        self._held.remove(reservation)
        self.tokens += tokens
        self.cost_usd += cost_usd

    def _tokens_bound(self) -> int:
        return self.tokens + sum(held.tokens for held in self._held)

    def _cost_bound(self) -> float:
        return self.cost_usd + sum(held.cost_usd for held in self._held)
