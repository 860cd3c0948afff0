"""Numbers as targets: sums, products, quotients of what is in the bank, all pairs at once, with and without rounding."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.synthesis.language import OPERATORS, Expr, const, make
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import Entry, Frame
from agents.synthesis.search.linear import linear, scaled_products
from agents.synthesis.values import is_number

__all__ = ["arithmetic", "decimals_of", "digits_in_words"]

_LEAVES = 22
_PAIRS = 420
_SHORT = 2.8
"""Above this cost of a formula, sums of three and four terms are tried."""
_ENOUGH = 4.2
_MIXED = 1.0
_PLENTY = 6.0
"""Costs over which a longer formula is tried."""
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
        r"round(?:ed)?(?: it| them| that)?(?: to)?(?: the)?(?: an?)? (?:whole|full|nearest|integer|int)|whole numbers?|integers?\b|nearest (?:whole|integer)|whole (?:number|euro|dollar|cent|unit|percent|minute|hour|day|kilo|pound|figure|point|franc|crown)s?|\brounded\b(?! (?:up|down))|\bround\b(?! (?:up|down))",
        text,
    ):
        return 0
    return None


@dataclass
class _Table:
    """Values of many expressions, one row each; the expressions are built only for rows that are wanted."""

    values: Matrix
    costs: NDArray[np.float64]
    build: Callable[[int], Expr | None]

    def cut(self, keep: int) -> "_Table":
        """Return the cheapest rows."""
        order = np.argsort(self.costs, kind="stable")[:keep]
        build = self.build
        return _Table(self.values[order], self.costs[order], lambda row: build(int(order[row])))


def _stacked(tables: list[_Table]) -> _Table:
    starts = np.cumsum([0, *(len(table.costs) for table in tables)])

    def build(row: int) -> Expr | None:
        place = int(np.searchsorted(starts, row, side="right")) - 1
        return tables[place].build(row - int(starts[place]))

    values = np.vstack([table.values for table in tables])
    return _Table(values, np.concatenate([table.costs for table in tables]), build)


def arithmetic(bank: Bank, targets: tuple[Any, ...], limit: float, *, long: bool = True) -> list[Expr]:
    """Return expressions whose values are the targets, cheapest first, none above `limit` in cost.

    Formulas of more than two operands are sought only when no short one convinces, and not when `long` is false.
    """
    frame = bank.frame
    goal = np.array(targets, dtype=np.float64)
    leaves = _leaves(bank)
    if not len(leaves.costs):
        return []
    digits = _digits(frame, targets)
    found = list(_matching(frame, leaves, goal, digits))
    tables = list(_combined(frame, leaves, leaves))
    for table in tables:
        found += _matching(frame, table, goal, digits)
    if long and _best(found) > _SHORT and frame.words.numbers:
        found += linear(bank, goal)
    if long and _best(found) > _ENOUGH:
        pairs = _stacked(tables).cut(_PAIRS)
        for left, right in ((pairs, leaves), (leaves, pairs)):
            for table in _combined(frame, left, right):
                found += _matching(frame, table, goal, digits)
        if _best(found) > _PLENTY:
            few = pairs.cut(160)
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
    turned = frame.words.has("rounded up", "round up", "rounded down", "round down", "rounding up", "rounding down")
    if not tried and shown <= 4 and (shown or (frame.words.topic("round") and not turned)):
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
    entries += _squares(frame, entries)
    entries += [*_percentages(frame, entries), *_many(frame, entries)]
    entries += scaled_products(bank)
    exprs = [entry.expr for entry in entries] + literals
    values = [entry.values for entry in entries] + [expr.params * count for expr in literals]
    costs = np.array([expr.cost for expr in exprs])
    return _Table(np.array(values, dtype=np.float64).reshape(len(exprs), count), costs, exprs.__getitem__)


def _squares(frame: Frame, entries: list[Entry]) -> list[Entry]:
    if not frame.words.has("bmi", "square", "squared", "²", "area", "circle"):
        return []
    plain = [entry for entry in entries if entry.expr.op == "field"][:6]
    return [Entry(make("multiply", e.expr, e.expr, extra=-0.6), tuple(v * v for v in e.values)) for e in plain]


def _percentages(frame: Frame, entries: list[Entry]) -> list[Entry]:
    """What a field with percents of the words leaves of a whole, or makes of it."""
    if not frame.words.has("percent", "%", "pct", "percentage"):
        return []
    named = [e for e in entries if e.expr.op == "field" and frame.words.mention(str(e.expr.params[0])) >= 0.7][:4]
    hundredth, one = const(100, "num", 0.1), const(1, "num", 0.1)
    found = []
    for entry in named:
        share = make("divide", entry.expr, hundredth, extra=-1.0)
        for name, sign in (("subtract", -1), ("add", 1)):
            values = tuple(1 + sign * value / 100 for value in entry.values)
            found.append(Entry(make(name, one, share, extra=-0.6), values))
    return found


def _many(frame: Frame, entries: list[Entry]) -> list[Entry]:
    """Products and sums of three or four number fields that the words name."""
    named = [e for e in entries if e.expr.op == "field" and frame.words.mention(str(e.expr.params[0])) >= 0.7][:5]
    found = []
    for name, together in (("multiply", math.prod), ("add", sum)):
        change = frame.words.operator_cost(name) - 0.5

        def joined(left: Expr, right: Expr, name: str = name, change: float = change) -> Expr:
            return make(name, left, right, extra=change)

        for chosen in (one for size in (3, 4) for one in combinations(named, size)):
            values = tuple(together(row) for row in zip(*(e.values for e in chosen), strict=True))
            found.append(Entry(reduce(joined, [e.expr for e in chosen]), values))
    return found


def _literals(frame: Frame) -> list[Expr]:
    """Numbers of the words (and what a percentage means), then a few that need no mention."""
    costs: dict[float, float] = {}
    for number in frame.words.numbers:
        costs.setdefault(number, 0.45)
    less = 0.4 if frame.words.topic("less") else 1.0
    more = 0.4 if frame.words.topic("more") else 1.0
    for percent in frame.words.percents:
        costs[percent] = 0.7
        for meant, cost in (
            (percent / 100, 0.4),
            (round(1 + percent / 100, 10), more),
            (round(1 - percent / 100, 10), less),
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
    for number in frame.words.knowledge:
        costs.setdefault(number, 0.8)
    for number in _UNIVERSAL:
        costs.setdefault(number, 1.9)
    return [const(int(n) if float(n).is_integer() else n, "num", cost) for n, cost in costs.items()]


def _combined(frame: Frame, left: _Table, right: _Table) -> Iterator[_Table]:
    """Yield one table an operator, every row of `left` with every row of `right`."""
    for name in (*_BASIC, *_WORDED):
        change = frame.words.operator_cost(name)
        if name in _WORDED and change > 0:
            continue
        with np.errstate(all="ignore"):
            values = _ufunc(name)(left.values[:, None, :], right.values[None, :, :])
        frame.budget.spend(values.size >> 6)
        costs = (left.costs[:, None] + right.costs[None, :]).ravel() + OPERATORS[name].cost + change
        yield _Table(values.reshape(-1, values.shape[-1]), costs, _pairing(name, change, left, right))


def _pairing(name: str, change: float, left: _Table, right: _Table) -> Callable[[int], Expr | None]:
    width = len(right.costs)

    def build(row: int) -> Expr | None:
        first, second = left.build(row // width), right.build(row % width)
        if first is None or second is None or not _sensible(name, first, second):
            return None
        repeated = name != "subtract" and bool(_fields(first) & _fields(second))
        return make(name, first, second, extra=change + 0.7 * repeated + _mixed(name, first, second))

    return build


def _mixed(name: str, left: Expr, right: Expr) -> float:
    """What a product costs more of which one side is a field and a number added up: seldom meant, but often fitting."""
    sums = [side for side in (left, right) if name == "multiply" and side.op in {"add", "subtract"}]
    return _MIXED * any(arg.op == "const" and arg.params[0] not in (1, 100) for side in sums for arg in side.args)


def _fields(expr: Expr) -> set[Expr]:
    if expr.op in {"field", "var", "const"}:
        return {expr}
    return {inner for arg in expr.args for inner in _fields(arg)}


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
    return left != right


def _matching(frame: Frame, table: _Table, goal: Matrix, digits: tuple[int, ...]) -> Iterator[Expr]:
    """Yield the table's expressions that give the goal, as they are, rounded, cut or without their sign."""
    asked = bool(digits) and digits_in_words(frame.words.folded) is not None
    for expr in _hits(table, table.values, goal):
        yield expr.raised(1.0) if asked and expr.op not in {"field", "const", "var", "count"} else expr
    for places in digits:
        factor = 10.0**places
        with np.errstate(all="ignore"):
            rounded = np.floor(table.values * factor + 0.5) / factor
        extra = frame.words.operator_cost("round") + 0.3 * (places != 2 and not asked)
        for expr in _hits(table, rounded, goal):
            if expr.op not in {"const", "count", "round"}:
                yield make("round", expr, params=(places,), extra=extra)
    if frame.words.has("up", "ceil", "full", "pages", "batches", "started"):
        yield from _wrapped(frame, table, np.ceil(table.values - 1e-9), goal, "ceil")
    if frame.words.has("up", "ceil"):
        for places in (1, 2):
            yield from _raised(frame, table, goal, places)
    if frame.words.has("down", "floor", "full", "whole", "complete", "completed"):
        yield from _wrapped(frame, table, np.floor(table.values + 1e-9), goal, "floor")
    if frame.words.has("absolute", "abs", "deviation", "difference", "distance", "positive"):
        yield from _wrapped(frame, table, np.abs(table.values), goal, "abs")


def _hits(table: _Table, values: Matrix, goal: Matrix) -> list[Expr]:
    """Build the expressions of the rows that equal the goal, the cheapest ones."""
    with np.errstate(all="ignore"):
        rows = np.nonzero((np.abs(values - goal) <= 1e-9 * np.maximum(1.0, np.abs(goal))).all(axis=1))[0]
    rows = rows[np.argsort(table.costs[rows], kind="stable")][:24]
    return [expr for row in rows if (expr := table.build(int(row))) is not None]


def _raised(frame: Frame, table: _Table, goal: Matrix, places: int) -> Iterator[Expr]:
    """Yield what gives the goal rounded up to decimals: "up to full cents"."""
    factor = 10**places
    with np.errstate(all="ignore"):
        values = np.ceil(table.values * factor - 1e-9) / factor
    scale = const(factor, "num", 0.1)
    for expr in _hits(table, values, goal):
        if expr.op not in {"const", "count"}:
            up = make("ceil", make("multiply", expr, scale), extra=frame.words.operator_cost("ceil"))
            yield make("divide", up, scale, extra=-1.6)


def _wrapped(frame: Frame, table: _Table, values: Matrix, goal: Matrix, name: str) -> Iterator[Expr]:
    for expr in _hits(table, values, goal):
        if expr.op not in {"const", "count"}:
            yield make(
                name,
                expr,
                extra=frame.words.operator_cost(name) + (0.0 if frame.words.has("up", "down", name) else 0.7),
            )
