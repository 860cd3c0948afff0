"""Tests: a label or what is not its opposite, false or not set."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import Expr, const, make
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.values import leaves

__all__ = ["tests"]

_NAMING = frozenset(["equals", "contains_text", "list_has"])
_PAIRS = (
    ("yes", "no"),
    ("on", "off"),
    ("enabled", "disabled"),
    ("open", "closed"),
    ("public", "private"),
    ("true", "false"),
    ("internal", "external"),
    ("online", "offline"),
)
_OPPOSITES = {one: (other,) for pair in _PAIRS for one, other in (pair, pair[::-1])}
_PREFIXES = ("in", "un", "non-", "non", "not ", "not_", "dis")


def tests(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Other tests that part the rows alike."""
    if expr.op in {"equals", "differs"} and expr.args[1].op == "const":
        label = expr.args[1].params[0]
        if isinstance(label, str):
            yield from _opposite(expr, label, shown)
        if label is False and expr.op == "equals":
            yield "unset", make("is_falsy", expr.args[0])
        if label is True and expr.op == "differs":
            yield "unset", make("equals", expr.args[0], const(False, "bool", 0.4))
    if expr.op in _NAMING and expr.args[1].op == "const" and isinstance(expr.args[1].params[0], str):
        yield from _further(expr, shown)
    if expr.op == "not" and expr.args[0].op == "truth":
        yield "unset", make("is_falsy", expr.args[0].args[0])


def _further(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Another value that the words name too: both have to hold, or one is enough."""
    known = leaves(shown.values(expr.args[0]))
    for value in dict.fromkeys(v for v in known if isinstance(v, str) and v != expr.args[1].params[0]):
        if shown.words.names_value(value):
            other = replace(expr, args=(expr.args[0], const(value, "text", 0.4)), reads=None)
            yield "and_or", make("and", expr, other)
            yield "and_or", make("or", expr, other)


def _opposite(expr: Expr, label: str, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Is it this label, or is it not the opposite one; not the only other one that the example shows."""
    name = "differs" if expr.op == "equals" else "equals"
    for other in _OPPOSITES.get(label.lower(), ()) or _prefixed(label):
        if shown.words.names_value(other):
            continue
        cased = other.capitalize() if label[:1].isupper() else other
        yield "opposite", make(name, expr.args[0], const(cased, "text", 0.4))
    others = {value for value in shown.values(expr.args[0]) if isinstance(value, str)} - {label}
    if len(others) == 1:
        yield "others", make(name, expr.args[0], const(others.pop(), "text", 0.4))


def _prefixed(label: str) -> tuple[str, ...]:
    for prefix in _PREFIXES:
        if label.lower().startswith(prefix) and len(label) > len(prefix) + 2:
            return (label.lower()[len(prefix) :],)
    return tuple(prefix + label.lower() for prefix in _PREFIXES)
