"""Numbers as targets: sums, products, quotients of what is in the bank, all pairs at once, with and without rounding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.synthesis.language import Expr, const, make
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import Frame
from agents.synthesis.values import is_number

__all__ = ["arithmetic", "decimals_of", "digits_in_words"]

_LEAVES = 22
_PAIRS = 420
_UNIVERSAL = (1, 2, 100, 10, 1000, 60, 24, 3600, 7, 12, 1024, 0.5, 1000000, 86400)
_WORDED = ("modulo", "floor_divide", "smaller", "larger")
_BASIC = ("add", "subtract", "multiply", "divide")
Matrix = NDArray[np.float64]


def decimals_of(targets: tuple[Any, ...]) -> int:
    """Return the most decimals that a target shows."""
    return max((len(f"{target:.10f}".rstrip("0").split(".")[1]) for target in targets), default=0)


def digits_in_words(text: str) -> int | None:
    """Return how many decimals the words ask for."""
    names = {
        "one": 1,
        "two": 2,
        "three": 3,
        "no": 0,
        "zero": 0,
        "single": 1,
        "without": 0,
        "1": 1,
        "2": 2,
        "3": 3,
        "4": 4,
        "0": 0,
    }
    found = re.search(r"\b(\w+) (?:decimal|digits? after|places|fraction|dp\b|digits?\b)", text)
    if found and found.group(1) in names:
        return names[found.group(1)]
    if re.search(r"\bcents?\b|\bdecimals\b", text) and "round" in text:
        return 2
    if re.search(
        r"round(?:ed)?(?: it| them| that)?(?: to)?(?: the)?(?: an?)? (?:whole|full|nearest|integer|int)|whole numbers?|integers?\b|nearest (?:whole|integer)|\brounded\b|\bround\b",
        text,
    ):
        return 0
    return None


@dataclass
class _Table:
    """Expressions and their values, one row each."""

    exprs: list[Expr]
    values: Matrix

    def cut(self, keep: int) -> "_Table":
        order = sorted(range(len(self.exprs)), key=lambda index: self.exprs[index].cost)[:keep]
        return _Table([self.exprs[index] for index in order], self.values[order])


def arithmetic(bank: Bank, targets: tuple[Any, ...], limit: float) -> list[Expr]:
    """Return expressions whose values are the targets, cheapest first, none above `limit` in cost."""
    frame = bank.frame
    goal = np.array(targets, dtype=np.float64)
    leaves = _leaves(bank)
    if not leaves.exprs:
        return []
    digits = _digits(frame, targets)
    found = list(_matching(frame, leaves, goal, digits))
    pairs = _Table([], np.empty((0, len(targets))))
    for table in _combined(frame, leaves, leaves):
        found += _matching(frame, table, goal, digits)
        pairs = _Table(pairs.exprs + table.exprs, np.vstack([pairs.values, table.values]))
    if _best(found) > 4.2:
        pairs = pairs.cut(_PAIRS)
        for left, right in ((pairs, leaves), (leaves, pairs)):
            for table in _combined(frame, left, right):
                found += _matching(frame, table, goal, digits)
        if _best(found) > 6.0:
            few = pairs.cut(140)
            for table in _combined(frame, few, few):
                found += _matching(frame, table, goal, digits)
    kept = sorted((expr for expr in found if expr.cost <= limit), key=lambda expr: expr.cost)
    return kept[:8]


def _best(found: list[Expr]) -> float:
    return min((expr.cost for expr in found), default=99.0)


def _digits(frame: Frame, targets: tuple[Any, ...]) -> tuple[int, ...]:
    """Which roundings to try: the one of the words, and the one that the targets show."""
    worded = digits_in_words(frame.words.folded)
    shown = decimals_of(targets)
    tried = [] if worded is None or worded < shown else [worded]
    if shown <= 4 and shown not in tried and (shown or frame.words.topic("round")):
        tried.append(shown)
    return tuple(tried)


def _leaves(bank: Bank) -> _Table:
    frame = bank.frame
    count = len(frame.scopes)
    entries = [entry for entry in bank.of("num") if all(is_number(value) for value in entry.values)]
    entries = [
        entry
        for entry in entries
        if entry.expr.op not in {"floor", "ceil", "abs", "occurrences", "word_count", "to_unix"}
    ][:_LEAVES]
    literals = _literals(frame)
    exprs = [entry.expr for entry in entries] + literals
    values = [entry.values for entry in entries] + [expr.params * count for expr in literals]
    return _Table(exprs, np.array(values, dtype=np.float64).reshape(len(exprs), count))


def _literals(frame: Frame) -> list[Expr]:
    """Numbers of the words (and what a percentage means), then a few that need no mention."""
    costs: dict[float, float] = {}
    for number in frame.words.numbers:
        costs.setdefault(number, 0.45)
    for percent in frame.words.percents:
        costs[percent] = 0.7
        for meant, cost in (
            (percent / 100, 0.4),
            (round(1 + percent / 100, 10), 0.8),
            (round(1 - percent / 100, 10), 0.8),
        ):
            costs[meant] = min(cost, costs.get(meant, 9))
        costs.setdefault(100, 0.6)
    for number in frame.words.numbers:
        if (
            0 < number <= 100
            and number not in frame.words.percents
            and frame.words.has(
                "discount",
                "tax",
                "vat",
                "fee",
                "rate",
                "percent",
                "commission",
                "tip",
                "markup",
                "interest",
                "raise",
                "surcharge",
            )
        ):
            for meant in (number / 100, round(1 + number / 100, 10), round(1 - number / 100, 10)):
                costs.setdefault(meant, 0.9)
    if frame.words.has("percent", "percentage", "%", "pct", "share", "ratio"):
        costs.setdefault(100, 0.5)
    for number in _UNIVERSAL:
        costs.setdefault(number, 1.9)
    return [const(int(n) if float(n).is_integer() else n, "num", cost) for n, cost in costs.items()]


def _combined(frame: Frame, left: _Table, right: _Table) -> Iterator[_Table]:
    """Yield one table an operator, every pair of rows combined."""
    words = frame.words
    for name in (*_BASIC, *_WORDED):
        change = words.operator_cost(name)
        if name in _WORDED and change > 0:
            continue
        with np.errstate(all="ignore"):
            values = _ufunc(name)(left.values[:, None, :], right.values[None, :, :])
        frame.budget.spend(values.size >> 4)
        values = values.reshape(-1, values.shape[-1])
        sound = np.isfinite(values).all(axis=1)
        rows = np.nonzero(sound)[0]
        width = len(right.exprs)
        picked = (
            [
                (int(row), left.exprs[row // width], right.exprs[row % width])
                for row in rows
                if _sensible(name, left.exprs[row // width], right.exprs[row % width])
            ]
            if len(rows) <= 12000
            else None
        )
        if picked is None:
            yield _Lazy(name, change, left, right, values, rows)  # type: ignore[misc]
            continue
        exprs = [make(name, a, b, extra=change) for _, a, b in picked]
        yield _Table(exprs, values[[row for row, _, _ in picked]])


def _ufunc(name: str) -> Any:
    return {
        "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "modulo": np.mod,
        "floor_divide": np.floor_divide, "smaller": np.minimum, "larger": np.maximum,
    }[name]  # fmt: skip


def _sensible(name: str, left: Expr, right: Expr) -> bool:
    """Leave out what another order or a simpler expression says already."""
    if left.op == "const" and right.op == "const":
        return False
    if name in {"add", "multiply", "smaller", "larger"}:
        if left.op == "const":
            return False
        if left.op == "field" and right.op == "field" and left.cost > right.cost:
            return False
    if right.op == "const" and right.params[0] in (0, 1) and name in {"multiply", "divide", "modulo"}:
        return False
    return left != right or name == "add"


@dataclass
class _Lazy:
    """A large table whose expressions are built for matching rows only."""

    name: str
    change: float
    left: _Table
    right: _Table
    values: Matrix
    rows: NDArray[np.int64]

    @property
    def exprs(self) -> list[Expr]:
        return []


def _matching(frame: Frame, table: Any, goal: Matrix, digits: tuple[int, ...]) -> Iterator[Expr]:
    lazy = isinstance(table, _Lazy)
    values = table.values[table.rows] if lazy else table.values
    if not len(values):
        return
    asked = bool(digits) and digits_in_words(frame.words.folded) is not None
    for row in np.nonzero(np.isclose(values, goal, rtol=1e-9, atol=1e-9).all(axis=1))[0][:60]:
        expr = _expr_at(table, int(row))
        if expr is not None:
            yield expr.raised(1.0) if asked and expr.op not in {"field", "const", "var", "count"} else expr
    for places in digits:
        factor = 10.0**places
        with np.errstate(all="ignore"):
            rounded = np.floor(values * factor + 0.5) / factor
        for row in np.nonzero(np.isclose(rounded, goal, rtol=1e-9, atol=1e-9).all(axis=1))[0][:60]:
            expr = _expr_at(table, int(row))
            if expr is not None and expr.op not in {"const", "count", "round"}:
                yield make(
                    "round",
                    expr,
                    params=(places,),
                    extra=frame.words.operator_cost("round") + 0.3 * (places != 2 and not asked),
                )
    if frame.words.has("up", "ceil", "full", "pages", "batches", "started"):
        yield from _wrapped(frame, table, np.ceil(values - 1e-9), goal, "ceil")
    if frame.words.has("down", "floor", "full", "whole", "complete", "completed"):
        yield from _wrapped(frame, table, np.floor(values + 1e-9), goal, "floor")
    if frame.words.has("absolute", "abs", "deviation", "difference", "distance", "positive"):
        yield from _wrapped(frame, table, np.abs(values), goal, "abs")


def _wrapped(frame: Frame, table: Any, values: Matrix, goal: Matrix, name: str) -> Iterator[Expr]:
    for row in np.nonzero(np.isclose(values, goal, rtol=1e-9, atol=1e-9).all(axis=1))[0][:40]:
        expr = _expr_at(table, int(row))
        if expr is not None and expr.op not in {"const", "count"}:
            yield make(name, expr, extra=frame.words.operator_cost(name))


def _expr_at(table: Any, row: int) -> Expr | None:
    if not isinstance(table, _Lazy):
        expr: Expr = table.exprs[row]
        return expr
    index = int(table.rows[row])
    width = len(table.right.exprs)
    left, right = table.left.exprs[index // width], table.right.exprs[index % width]
    return make(table.name, left, right, extra=table.change) if _sensible(table.name, left, right) else None
