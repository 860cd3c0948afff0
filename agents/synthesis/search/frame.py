"""A frame: the scopes in which an expression must hold, the variables it may read, and how much work is left."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agents.synthesis.language import OPERATORS, Expr, Scope, make
from agents.synthesis.values import key_of, kind_of
from agents.synthesis.words import Words

__all__ = ["BOTTOM", "Budget", "Entry", "Exhausted", "Frame", "built", "kind_of_values", "signature"]


class _Bottom:
    """The value of an expression where it means nothing."""

    def __repr__(self) -> str:
        return "⊥"


BOTTOM: Any = _Bottom()
_FAILURES = (Exception,)


class Exhausted(Exception):
    """The counted work or the deadline is used up."""


@dataclass
class Budget:
    """Counted steps of work; the clock is only the last guard."""

    steps: int
    deadline: float
    clock: Any
    spent: int = 0

    def spend(self, steps: int = 1) -> None:
        """Count work.

        Raises:
            Exhausted: nothing is left.
        """
        before = self.spent >> 9
        self.spent += steps
        if self.spent > self.steps or (self.spent >> 9 != before and self.clock() > self.deadline):
            raise Exhausted

    @contextmanager
    def portion(self, share: float) -> Iterator[None]:
        """Allow a share of the work left; what stays within the whole when the share is used up goes on."""
        whole = self.steps
        self.steps = min(whole, self.spent + int((whole - self.spent) * share))
        try:
            yield
        except Exhausted:
            if self.spent > whole or self.clock() > self.deadline:
                raise
        finally:
            self.steps = whole


@dataclass(frozen=True, slots=True)
class Entry:
    """An expression with its value in every scope of the frame."""

    expr: Expr
    values: tuple[Any, ...]


@dataclass
class Frame:
    """Where an expression is sought: one scope a row example."""

    scopes: Sequence[Scope]
    roots: tuple[Expr, ...]
    """Variables, the closest first."""
    depth: int
    """Nesting of pipelines: the next one binds `LEVELS[depth]`."""
    words: Words
    budget: Budget
    cache: dict[Any, Any] = field(default_factory=dict)
    part_of: tuple["Frame", tuple[int, ...], bool] | None = None
    """The frame whose scopes these are some of, and which: its bank is cut instead of built anew. True: the position
    among the elements has changed."""


def signature(values: Sequence[Any]) -> tuple[Any, ...]:
    """Give vectors of equal values equal keys."""
    return tuple([value if value.__class__ is str or value is BOTTOM else key_of(value) for value in values])


def built(
    frame: Frame, name: str, args: tuple[Entry, ...], params: tuple[Any, ...] = (), extra: float = 0.0
) -> Entry | None:
    """Apply an operator to entries in every scope; None when it means nothing in all of them."""
    operator = OPERATORS[name]
    expr = make(name, *(arg.expr for arg in args), params=params, extra=extra + frame.words.operator_cost(name))
    frame.budget.spend(1)
    values = []
    meaningful = False
    for row in zip(*(arg.values for arg in args), strict=True):
        if any(value is BOTTOM for value in row):
            values.append(BOTTOM)
            continue
        try:
            values.append(operator.run(*row, *params))
            meaningful = True
        except _FAILURES:
            values.append(BOTTOM)
    return Entry(expr, tuple(values)) if meaningful else None


def kind_of_values(values: tuple[Any, ...]) -> str:
    """Name the one kind of all values that are there (`null` and ⊥ aside), or `any`."""
    kinds = {kind_of(value) for value in values if value is not BOTTOM and value is not None}
    return kinds.pop() if len(kinds) == 1 else "any" if kinds else "null"
