"""What is the same and what comes first: letters' case, spaces, numbers in texts, the sign."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import Expr, Stage, const, make
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.rivals.walk import stages_at, with_stages
from agents.synthesis.search.dates import layouts_of

__all__ = ["compared", "extremes", "sorted_by", "tested", "told_apart"]

_SHORT = 4
"""Letters of a word that often stands inside other words."""
_NUMERAL = re.compile(r"-?\d+(\.\d+)?")
_TESTS = frozenset(["equals", "differs", "contains_text", "starts_with", "ends_with", "list_has", "has_word"])


def _views(key: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Yield other things to compare by than the key itself."""
    if key.op in {"lower", "trim", "number", "natural", "abs"}:
        names = {"lower": "case", "trim": "spaces", "abs": "sign"}
        yield names.get(key.op, "numerals"), key.args[0]
    if key.op in {"number", "natural"}:
        other = make("natural" if key.op == "number" else "number", *key.args)
        yield "versions", other
    values = shown.values(key)
    if key.type == "num" and key.op in {"field", "subtract", "var"}:
        yield "sign", make("abs", key)
    layouts = layouts_of(tuple(values))
    if key.op == "field" and layouts and not layouts[0].startswith("yyyy"):
        yield "dates", make("read_date", key, params=(layouts[0],))
    if key.op not in {"field", "var", "piece", "last_piece", "before"} or not any(isinstance(v, str) for v in values):
        return
    yield "case", make("lower", key)
    yield "spaces", make("trim", key)
    texts = [value for value in values if isinstance(value, str)]
    if texts and all(_NUMERAL.fullmatch(text) for text in texts):
        yield "numerals", make("number", key)
    if (
        texts
        and all(re.search(r"\d", text) for text in texts)
        and not all(re.fullmatch(r"\d{4}-\d\d.*", t) for t in texts)
    ):
        yield "versions", make("natural", key)


def sorted_by(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """A sort key seen otherwise."""
    for place, stage in stages_at(expr, "sort"):
        for index, key in enumerate(stage.exprs):
            for name, view in _views(key, shown):
                exprs = (*stage.exprs[:index], view, *stage.exprs[index + 1 :])
                changed = replace(stage, exprs=exprs)
                yield f"order_{name}", with_stages(expr, _put(expr, place, changed))


def _put(expr: Expr, place: int, stage: Stage) -> tuple[Stage, ...]:
    stages: tuple[Stage, ...] = expr.params[1]
    return (*stages[:place], stage, *stages[place + 1 :])


def told_apart(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The key of duplicates and groups seen otherwise."""
    for kind in ("dedupe", "group"):
        for place, stage in stages_at(expr, kind):
            for index, key in enumerate(stage.exprs):
                for name, view in _views(key, shown):
                    if name in {"case", "spaces"}:
                        exprs = (*stage.exprs[:index], view, *stage.exprs[index + 1 :])
                        changed = replace(stage, exprs=exprs)
                        yield f"{kind}_{name}", with_stages(expr, _put(expr, place, changed))


def tested(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """A text compared with a literal, in any case or with spaces around."""
    if expr.op in _TESTS and expr.args[1].op == "const" and isinstance(expr.args[1].params[0], str):
        left, literal = expr.args
        if expr.op == "contains_text" and literal.params[0].isalnum():
            name = "inside_words" if len(literal.params[0]) <= _SHORT else "whole_word"
            yield name, replace(expr, op="has_word")
        if left.op == "lower":
            yield "test_case", replace(expr, args=(left.args[0], literal), reads=None)
        elif expr.op != "list_has":
            name = "contains_case" if expr.op in {"contains_text", "has_word"} else "test_case"
            small = const(literal.params[0].lower(), "text", literal.cost)
            yield name, replace(expr, args=(make("lower", left), small), reads=None)
        if left.op == "trim":
            yield "test_spaces", replace(expr, args=(left.args[0], literal), reads=None)
        elif expr.op in {"equals", "differs", "starts_with", "ends_with"}:
            yield "test_spaces", replace(expr, args=(make("trim", left), literal), reads=None)


def extremes(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The largest or smallest of values seen otherwise."""
    if expr.op in {"max", "min"} and expr.args[0].op == "pipe" and expr.args[0].params[2] is not None:
        depth, stages, body = expr.args[0].params
        for name, view in _views(body, shown):
            values = replace(expr.args[0], params=(depth, stages, view), reads=None)
            yield f"order_{name}", replace(expr, args=(values,), reads=None)


def compared(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """All of these."""
    for way in (sorted_by, told_apart, tested, extremes):
        yield from way(expr, shown)
