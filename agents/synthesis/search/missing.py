"""Targets of rows in which something is missing: defaults, other fields, parts that a text does not hold, null for null."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from agents.synthesis.language import Expr, const, evaluate, make
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.conditions import restricted
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, signature
from agents.synthesis.search.growth import MOVING
from agents.synthesis.search.predicates import predicates
from agents.synthesis.values import kind_of, same

__all__ = ["absent", "defaults", "filled", "looked_for"]

Solve = Callable[[Frame, tuple[Any, ...], str], list[Expr]]
_LOOKED_FOR = frozenset(
    ["between", "piece", "first_tag", "first_digits", "last_digits", "first_number", "first_email", "first_url"]
)
"""What a text may not hold."""


def defaults(bank: Bank, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield `field, or this when it is missing`: the targets that differ from the field are all one literal."""
    frame = bank.frame
    for entry in bank.of("text", "num", "bool", "list", "any", "null")[:160]:
        if entry.expr.op in {"const", "text"} or (entry.expr.op == "var" and entry.expr.params[0] in MOVING):
            continue
        other = [
            place
            for place, (v, t) in enumerate(zip(entry.values, targets, strict=True))
            if v is BOTTOM or not same(v, t)
        ]
        if not other or (
            len(other) == len(targets)
            and frame.words.mention(str(entry.expr.params[0] if entry.expr.params else "")) < 0.9
        ):
            continue
        fallback = targets[other[0]]
        if len(other) == len(targets) and not frame.words.names_value(fallback):
            continue
        if (
            isinstance(fallback, dict)
            or any(not same(targets[place], fallback) for place in other)
            or (isinstance(fallback, list) and fallback)
        ):
            yield from _other_field(bank, entry, targets, other)
            continue
        literal = Entry(const(fallback, kind_of(fallback), _fallback_cost(frame, fallback)), (fallback,) * len(targets))
        for name in ("default", "default_empty", "falls_back"):
            new = built(frame, name, (entry, literal))
            if new and signature(new.values) == signature(targets):
                yield Expr(
                    name,
                    new.expr.args,
                    (),
                    kind_of(fallback) if fallback is not None else entry.expr.type,
                    new.expr.cost,
                )
        if all(entry.values[place] is BOTTOM for place in other):
            yield from _guarded(frame, entry, literal, targets)


def looked_for(bank: Bank, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield a part of a text, or null (or a literal) in the rows whose text does not hold it."""
    frame = bank.frame
    partly = [entry for values, entries in bank.by_signature.items() if BOTTOM in values for entry in entries]
    for entry in [entry for entry in partly if entry.expr.op in _LOOKED_FOR]:
        gone = [target for target, value in zip(targets, entry.values, strict=True) if value is BOTTOM]
        if not _has_texts(frame, entry):
            continue
        if len(gone) == len(targets) or not all(
            value is BOTTOM or same(value, target) for target, value in zip(targets, entry.values, strict=True)
        ):
            continue
        found = make("or_null", entry.expr, extra=frame.words.operator_cost("or_null"))
        found = Expr("or_null", found.args, (), entry.expr.type, found.cost)
        if all(target is None for target in gone):
            yield found
        elif not isinstance(gone[0], dict | list) and all(same(target, gone[0]) for target in gone):
            literal = const(gone[0], kind_of(gone[0]), _fallback_cost(frame, gone[0]))
            yield Expr("default", (found, literal), (), entry.expr.type, found.cost + literal.cost + 0.5)


def _has_texts(frame: Frame, entry: Entry) -> bool:
    """Whether there is some text in the rows where the part is not: what is empty or missing is no text without it."""
    texts = [
        evaluate(Expr("or_null", entry.expr.args), scope)
        for scope, value in zip(frame.scopes, entry.values, strict=True)
        if value is BOTTOM and entry.expr.args[0].op in {"field", "var"}
    ]
    return not texts or any(isinstance(text, str) and text for text in texts)


def filled(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield text fields that are missing in some rows, with a word of the description in their place."""
    frame = bank.frame
    for entry in [e for e in bank.of("text", "num") if e.expr.op == "field"][:12]:
        gone = [target for target, value in zip(targets, entry.values, strict=True) if value in (None, "")]
        if not gone or len(gone) == len(targets):
            continue
        spoken = [*frame.words.quoted, *re.findall(r"[\w/-]*\w", frame.words.text)]
        for word in dict.fromkeys(word for word in spoken if len(word) > 1 and all(word in target for target in gone)):
            literal = Entry(const(word, "text", 0.3), (word,) * len(targets))
            new = built(frame, "default" if "" not in entry.values else "default_empty", (entry, literal))
            if new is not None:
                yield Entry(Expr(new.expr.op, new.expr.args, (), "text", new.expr.cost), new.values)


def absent(frame: Frame, targets: tuple[Any, ...], solve: Solve) -> Iterator[Expr]:
    """Yield `null where the field is null`, and what holds in the other rows."""
    gone = [place for place, target in enumerate(targets) if target is None]
    rest = [place for place, target in enumerate(targets) if target is not None]
    if not gone or not rest:
        return
    for entry in bank_of(frame, 1).of("text", "num", "bool", "any"):
        if entry.expr.op == "field" and all(
            (value is None) == (place in gone) for place, value in enumerate(entry.values)
        ):
            test = make("is_null", entry.expr, extra=-0.6)
            for found in solve(restricted(frame, rest), tuple(targets[place] for place in rest), "")[:2]:
                cost = test.cost + found.cost + 0.4
                yield Expr("if", (test, const(None, "null", 0.1), found), (), found.type, cost)
            return


def _fallback_cost(frame: Frame, value: Any) -> float:
    if frame.words.names_value(value):
        return 0.3
    if value == [] and frame.words.has("empty list", "empty array", "[]"):
        return 0.2
    return 0.9 if value in (0, "", None, False) or value == [] else 3.5


def _other_field(bank: Bank, entry: Entry, targets: tuple[Any, ...], other: list[int]) -> Iterator[Expr]:
    """Yield `this field, or that one`."""
    if not all(entry.values[place] is None or entry.values[place] == "" for place in other):
        return
    for second in [e for e in bank.of("text", "num") if e.expr.op in {"field", "var"}]:
        if second.expr != entry.expr:
            for name in ("default", "default_empty"):
                new = built(bank.frame, name, (entry, second), (), 0.4)
                if new and signature(new.values) == signature(targets):
                    yield Expr(name, new.expr.args, (), entry.expr.type, new.expr.cost)


def _guarded(frame: Frame, entry: Entry, literal: Entry, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield `literal where the operand is missing, else the computed value`."""
    wanted = tuple(value is BOTTOM for value in entry.values)
    for test in [
        t
        for t in predicates(frame)
        if t.values == wanted
        and t.expr.op in {"is_empty", "is_null", "equals", "is_falsy", "is_blank", "not", "below", "at_most"}
    ][:3]:
        yield Expr(
            "if",
            (test.expr, literal.expr, entry.expr),
            (),
            entry.expr.type,
            test.expr.cost + literal.expr.cost + entry.expr.cost + 0.6,
        )
    del targets
