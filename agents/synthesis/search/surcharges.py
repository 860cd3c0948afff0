"""Numbers made by rules that add up: a base, and so much more, less or times where a test holds."""

from collections.abc import Iterator
from itertools import combinations
from math import prod
from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Expr, const, make, subexpressions
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.derived import combined_numbers
from agents.synthesis.search.frame import Entry, Frame, built
from agents.synthesis.search.numbers import decimals_of, digits_in_words
from agents.synthesis.search.predicates import guessed, separating
from agents.synthesis.values import is_number

__all__ = ["surcharges"]

_AMOUNTS = 8
_RULES = 3
_BASES = 60
_TEST = 3.4
"""The most that the test of one rule may cost."""
_TESTED = 0.6
"""The share of a test's cost that counts in a sum of rules: amounts of the words that add up are hardly chance."""
_NEUTRAL = {"add": 0, "multiply": 1}
_SKIPPED = frozenset(["text", "to_unix", "length", "floor", "ceil", "abs", "const"])
Bits = list[tuple[bool, ...]]


def surcharges(frame: Frame, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield `base + 5 if a test holds + 10 if another does`, and `base * 0.9 if a test holds`."""
    words = frame.words
    if not words.numbers or len(set(targets)) < 2:
        return
    digits = digits_in_words(words.folded)
    digits = digits if digits is not None and digits >= decimals_of(targets) else None
    amounts = [n for n in words.numbers if n and n not in words.percents and not (n == 1 and words.article)][:_AMOUNTS]
    signs = (1, -1) if words.topic("less") or words.topic("take") else (1,)
    steps = [sign * n for n in amounts for sign in signs]
    factors = [round(1 + sign * share / 100, 10) for share in words.percents[:3] for sign in (-1, 1)]
    factors += [n for n in amounts if 1 < n <= 10]
    bases = _bases(frame)
    for base in bases:
        yield from _by_rules(frame, base, "add", steps, targets, digits)
    for base in bases[1:]:
        yield from _by_rules(frame, base, "multiply", factors, targets, digits)


def _bases(frame: Frame) -> list[Entry]:
    """Nothing, a number of the words, a number field, what two of them make by an operator that the words call for."""
    count = len(frame.scopes)
    fields = [
        e for e in bank_of(frame, 1).of("num") if e.expr.op not in _SKIPPED and all(is_number(v) for v in e.values)
    ][:8]
    literals = [Entry(const(n, "num", 0.3), (n,) * count) for n in [0, *frame.words.numbers[:6]]]
    times = [built(frame, "multiply", (field, literal)) for field in fields[:4] for literal in literals[1:]]
    if frame.words.has("full", "whole", "every", "each", "complete", "started"):
        times += [built(frame, "floor_divide", (field, literal)) for field in fields[:4] for literal in literals[1:]]
    plus = [built(frame, "add", (e, n)) for e in times if e for n in literals[1:4] if n.expr not in e.expr.args]
    return [*literals, *fields, *combined_numbers(frame)[:6], *(e for e in [*times, *plus] if e)][:_BASES]


def _by_rules(
    frame: Frame, base: Entry, name: str, steps: list[float], targets: tuple[Any, ...], digits: int | None
) -> Iterator[Expr]:
    """Yield the base with rules of the fewest amounts that give every target in one single way."""
    for size in range(1, _RULES + 1):
        found = False
        for chosen in combinations(steps, size):
            frame.budget.spend(1)
            if len({abs(n) for n in (*chosen, *_literals(base))}) < size + len(_literals(base)):
                continue
            bits = _bits(base.values, name, chosen, targets, digits)
            tests = [_test(frame, column) for column in zip(*bits, strict=True)]
            rules = [(test, amount) for test, amount in zip(tests, chosen, strict=False) if test is not None]
            if len(rules) == size:
                found = True
                yield _rounded(frame, _written(base, name, rules), digits)
        if found:
            return


def _bits(
    base: tuple[Any, ...], name: str, chosen: tuple[float, ...], targets: tuple[Any, ...], digits: int | None
) -> Bits:
    """Say which of the amounts each row has; nothing when a row has none or several ways, or an amount tells none apart."""
    masks = [tuple(bool(mask >> place & 1) for place in range(len(chosen))) for mask in range(1 << len(chosen))]
    together = sum if name == "add" else prod
    changes = [together(n for n, bit in zip(chosen, mask, strict=True) if bit) for mask in masks]
    told: Bits = []
    for value, target in zip(base, targets, strict=True):
        given = [value + change if name == "add" else value * change for change in changes]
        fit = [m for m, v in zip(masks, given, strict=True) if abs(_cut(v, digits) - target) < 1e-9]
        if len(fit) != 1:
            return []
        told.append(fit[0])
    return told if all(len(set(column)) == 2 for column in zip(*told, strict=True)) else []


def _literals(base: Entry) -> list[float]:
    """The numbers that a base is made with: none of them is an amount as well."""
    literals = [inner.params[0] for inner in subexpressions(base.expr) if inner.op == "const"]
    return [literal for literal in literals if is_number(literal) and literal]


def _cut(value: float, digits: int | None) -> float:
    return value if digits is None else float(runtime.rounded(value, digits))


def _test(frame: Frame, wanted: tuple[bool, ...]) -> Expr | None:
    """The cheapest test that holds where an amount was added."""
    key = ("rule", wanted)
    if key not in frame.cache:
        found = [test for test in separating(frame, wanted) if not guessed(frame, test)]
        frame.cache[key] = found[0].expr if found and found[0].expr.cost < _TEST else None
    test: Expr | None = frame.cache[key]
    return test


def _written(base: Entry, name: str, rules: list[tuple[Expr, float]]) -> Expr:
    """Write the rules one after the other; without a base the first rule is where it starts."""
    if name == "multiply" and len(rules) == 1:
        test, factor = rules[0]
        times = make(name, base.expr, const(factor, "num", 0.3), extra=-0.4)
        return Expr("if", (test, times, base.expr), (), "num", test.cost + times.cost + 0.5)
    neutral = _NEUTRAL[name]
    expr = None if base.expr.op == "const" and base.expr.params[0] == neutral else base.expr
    for test, amount in sorted(rules, key=lambda rule: rule[1] < 0):
        taken = expr is not None and name == "add" and amount < 0
        size = abs(amount) if taken else amount
        sides = (const(size, "num", 0.2), const(neutral, "num", 0.0))
        rule = Expr("if", (test, *sides), (), "num", _TESTED * test.cost + 0.5)
        expr = rule if expr is None else make("subtract" if taken else name, expr, rule, extra=-0.8)
    assert expr is not None
    return expr


def _rounded(frame: Frame, expr: Expr, digits: int | None) -> Expr:
    if digits is None:
        return expr
    return make("round", expr, params=(digits,), extra=frame.words.operator_cost("round"))
