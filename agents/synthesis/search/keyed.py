"""Objects whose names come from the data: counts by key, rows by id, groups by category."""

from collections.abc import Callable
from typing import Any

from agents.synthesis.language import FAILURES, LEVELS, Expr, Stage, evaluate, pipe, scopes_of, var
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.values import leaves, text_of

__all__ = ["keyed_objects", "names_in_data"]

Solve = Callable[[Frame, tuple[Any, ...], str], list[Expr]]


def keyed_objects(frame: Frame, targets: tuple[dict[str, Any], ...], solve: Solve) -> list[Expr]:
    """Return `object of key: value` expressions over a list in reach."""
    if frame.depth + 2 >= len(LEVELS) or not any(targets):
        return []
    found: list[Expr] = []
    tables = [
        e
        for e in bank_of(frame, 2).of("list")
        if e.expr.op not in {"keys", "values", "emails", "urls", "sorted", "reversed"}
        and all(v is not BOTTOM for v in e.values)
        and any(e.values)
    ]
    for table in tables[:10]:
        for key in _keys(frame, table, targets):
            found += _by_key(frame, table, key, targets, solve)
        if found:
            break
    return sorted(found, key=lambda expr: expr.cost)[:4]


def names_in_data(frame: Frame, targets: tuple[dict[str, Any], ...]) -> bool:
    """Whether every name of every target stands somewhere among the values in reach."""
    for scope, target in zip(frame.scopes, targets, strict=True):
        if 2 * sum(frame.words.contains(name) for name in target) > len(target):
            return False
        texts = [
            text_of(leaf) for root in frame.roots for leaf in leaves(scope.get(root.params[0])) if leaf is not None
        ]
        if not all(any(name.lower() in text.lower() for text in texts) for name in target):
            return False
    return True


def _keys(frame: Frame, table: Entry, targets: tuple[dict[str, Any], ...]) -> list[Expr]:
    """Expressions over the elements whose values are the names of the targets."""
    scopes: list[dict[str, Any]] = []
    spans = []
    for value, scope in zip(table.values, frame.scopes, strict=True):
        rows = scopes_of(value, scope, frame.depth, ())
        spans.append(range(len(scopes), len(scopes) + len(rows)))
        scopes += rows
    elements = Frame(
        scopes, (var(LEVELS[frame.depth].element, "any", 0.1),), frame.depth + 1, frame.words, frame.budget
    )
    kept = []
    level = 2 if any(isinstance(value, str) for values in table.values for value in values) else 1
    for entry in bank_of(elements, level).of("text", "num", "bool"):
        if all(
            _names(entry, span) == list(target) or set(_names(entry, span)) == set(target)
            for span, target in zip(spans, targets, strict=True)
        ):
            kept.append(entry.expr)
    return kept[:3]


def _names(entry: Entry, span: range) -> list[str]:
    return list(dict.fromkeys(text_of(entry.values[i]) for i in span if isinstance(entry.values[i], str | int | float)))


def _by_key(frame: Frame, table: Entry, key: Expr, targets: tuple[dict[str, Any], ...], solve: Solve) -> list[Expr]:
    level = LEVELS[frame.depth]
    stage = Stage("group", (key,), (), key.cost)
    scopes, goal = [], []
    single = True
    for scope, target in zip(frame.scopes, targets, strict=True):
        try:
            groups = scopes_of(evaluate(table.expr, scope), scope, frame.depth, (stage,))
        except FAILURES:
            return []
        for group in groups:
            scopes.append(group)
            goal.append(target[text_of(group[level.key])])
            single = single and len(group[level.group]) == 1
    found = []
    if single:
        rows = [{**scope, level.element: scope[level.group][0]} for scope in scopes]
        inner = Frame(rows, (var(level.element, "any", 0.1),), frame.depth + 1, frame.words, frame.budget)
        for value in solve(inner, tuple(goal), "")[:2]:
            pair = Expr("pair", (key, value), (), "list", key.cost + value.cost)
            found.append(_from_pairs(pipe(table.expr, frame.depth, (), pair, table.expr.cost + pair.cost)))
    roots = (var(level.group, "list", 0.1), var(level.key, "any", 0.4))
    inner = Frame(scopes, roots, frame.depth + 1, frame.words, frame.budget)
    for value in solve(inner, tuple(goal), "")[:3]:
        pair = Expr("pair", (var(level.key), value), (), "list", key.cost + value.cost)
        found.append(
            _from_pairs(pipe(table.expr, frame.depth, (stage,), pair, table.expr.cost + pair.cost + 0.4 + 0.6 * single))
        )
    return found


def _from_pairs(pairs: Expr) -> Expr:
    return Expr("from_pairs", (pairs,), (), "obj", pairs.cost + 0.5)
