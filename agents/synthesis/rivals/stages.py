"""Which rows stay, and in which order: duplicates, ties, positions and dates, rows without a match."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, Expr, Stage, const, field_of, make, pipe, subexpressions, var
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.rivals.walk import moved, rewritten, stages_at, with_stages

__all__ = ["chosen", "ordered"]

_KEEPS = ("first", "last", "last_in_place")


def chosen(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Other rows that stay."""
    if expr.op == "pipe":
        for way in (_survivors, _ties, _one_of_ties, _ranks, _totals, _unmatched, _group_order, _by_value):
            yield from way(expr, shown)


def _at(expr: Expr, place: int, count: int, *new: Stage) -> Expr:
    """Replace `count` stages from a place on."""
    stages = expr.params[1]
    return with_stages(expr, (*stages[:place], *new, *stages[place + count :]))


def _survivors(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Which of the duplicates stays; only neighbours, or all; the same in a field, or in all."""
    for place, stage in stages_at(expr, "dedupe"):
        for keep in _KEEPS:
            if keep != stage.params[0] and stage.params[0] != "adjacent":
                yield "survivor", _at(expr, place, 1, replace(stage, params=(keep,)))
        if stage.params[0] == "first":
            yield "adjacent", _at(expr, place, 1, replace(stage, params=("adjacent",)))
        row = var(LEVELS[expr.params[0]].element)
        whole = stage.exprs[0].op == "identity"
        for key in shown.fields if whole and len(shown.fields) > 1 else ():
            yield "duplicates", _at(expr, place, 1, replace(stage, exprs=(key,)))
        if not whole and len(shown.fields) > len(stage.exprs):
            yield "duplicates", _at(expr, place, 1, replace(stage, exprs=(make("identity", row),)))


def _better(key: Expr, source: Expr, depth: int, *, descending: bool, body: Expr | None = None) -> Expr:
    """The rows of a list whose key comes before the one of the row at hand."""
    inner = moved(key, depth)
    before = make("above" if descending else "below", inner, key)
    return pipe(source, depth + 1, (Stage("filter", (before,)),), body, 0.5)


def _ties(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """The first ones of an order, or also those that are level with the last of them."""
    depth, stages, _ = expr.params
    for place, stage in stages_at(expr, "limit"):
        sort = stages[place - 1] if place else None
        if sort is None or sort.kind != "sort" or stage.params[1] != "first" or len(sort.exprs) != 1:
            continue
        key, earlier = sort.exprs[0], stages[: place - 1]
        if any(one.kind != "filter" for one in earlier) or expr.args[0].op not in {"var", "field"}:
            continue
        inner = tuple(replace(one, exprs=tuple(moved(e, depth) for e in one.exprs)) for one in earlier)
        source = pipe(expr.args[0], depth + 1, inner, None, 0.0) if inner else expr.args[0]
        if stage.params[0] == 1 and key.type == "num":
            values = pipe(expr.args[0], depth + 1, inner, moved(key, depth), 0.0)
            best = replace(make("max" if sort.params[0] else "min", values), type="num")
            yield "ties", _at(expr, place - 1, 2, Stage("filter", (make("equals", key, best),)))
        elif not inner:
            several = stage.params[0] > 1
            ahead = make("count", _better(key, source, depth, descending=sort.params[0]))
            test = make("below", ahead, const(stage.params[0], "num", 0.4))
            yield "ties_of_several" if several else "ties", _at(expr, place, 1, Stage("filter", (test,)))


def _one_of_ties(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """All that share the best value, or the first of them."""
    for place, stage in stages_at(expr, "filter"):
        test = stage.exprs[0]
        if test.op == "equals" and test.args[1].op in {"max", "min"} and test.args[0].type == "num":
            yield (
                "ties",
                _at(
                    expr,
                    place,
                    1,
                    Stage("sort", (test.args[0],), (test.args[1].op == "max",)),
                    Stage("limit", (), (1, "first")),
                ),
            )


def _ranks(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """Rows numbered on, or level ones with the same number, with a gap behind or without."""
    depth, stages, body = expr.params
    level = LEVELS[depth]
    if body is None or not stages or stages[-1].kind != "sort" or len(stages[-1].exprs) != 1:
        return
    key, descending = stages[-1].exprs[0], stages[-1].params[0]
    ahead = _better(key, var(level.elements, "list"), depth, descending=descending)
    dense = _better(key, var(level.elements, "list"), depth, descending=descending, body=moved(key, depth))

    def numbered(count: Expr) -> Iterator[Expr]:
        def rewrite(one: Expr) -> Iterator[Expr]:
            if one == Expr("var", (), (level.index,)):
                yield count

        for new in rewritten(body, rewrite):
            yield replace(expr, params=(depth, stages, new), reads=None)

    for count in (make("count", ahead), make("count", make("unique", dense))):
        for new in numbered(count):
            yield "rank_ties", new
    yield from (("rank_ties", new) for new in _numbered_on(expr, (make("count", ahead), make("count", dense))))


def _numbered_on(expr: Expr, counts: tuple[Expr, ...]) -> Iterator[Expr]:
    """Count the rows before instead of those that are better."""
    depth, stages, body = expr.params

    def rewrite(one: Expr) -> Iterator[Expr]:
        if one in counts:
            yield var(LEVELS[depth].index, "num")

    for new in rewritten(body, rewrite):
        yield replace(expr, params=(depth, stages, new), reads=None)


def _totals(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """The row with the highest value, or the group with the highest total."""
    depth, stages, body = expr.params
    if len(stages) != 2 or depth or body is None or [stage.kind for stage in stages] != ["sort", "limit"]:
        return
    sort, limit = stages
    names: tuple[str, ...] = body.params[0] if body.op == "object" and body.params[1] == 0 else ()
    if limit.params != (1, "first") or len(names) != 1 or body.args[0].op != "field" or sort.exprs[0].type != "num":
        return
    total = make("sum", pipe(var("group", "list"), 1, (), moved(sort.exprs[0], 0), 0.0))
    pair = Expr("object", (var("key"), total), ((names[0], "sum"), 0, ()), "obj")
    grouped = pipe(expr.args[0], 0, (Stage("group", (body.args[0],)),), pair, 0.0)
    by_sum = Stage("sort", (field_of(var("row"), "sum", "num", 0.0),), sort.params)
    picked = Expr("object", (field_of(var("row"), names[0], "any", 0.0),), (names, 0, ()), "obj")
    yield "totals", pipe(grouped, 0, (by_sum, limit), picked, expr.cost + 1.0)


def _unmatched(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """A row for which nothing is found in another list: kept with null, or left out."""
    stages, body = expr.params[1:]
    if body is None or any(stage.kind == "group" for stage in stages):
        return
    for inner in subexpressions(body):
        if inner.op in {"first", "look_up"} and not any(stage.exprs == (make("has_value", inner),) for stage in stages):
            yield "unmatched", with_stages(expr, (*stages, Stage("filter", (make("has_value", inner),))))
            return


def _group_order(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """Groups as they first come, the largest first, or by their keys."""
    depth, stages, body = expr.params
    if depth or not stages or stages[-1].kind != "group" or body is None or body.op != "object" or body.params[1]:
        return
    for name, arg in zip(body.params[0], body.args, strict=True):
        if arg.op in {"count", "sum"} or arg == var("key"):
            by_size = Stage("sort", (field_of(var("row"), name, "any", 0.3),), (arg != var("key"),))
            yield "group_order", pipe(expr, 0, (by_size,), None, expr.cost + 1.0)


def _by_value(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The first row left out, or every row with its value."""
    for place, stage in stages_at(expr, "skip"):
        if place == 0 and stage.params == (1, "first") and expr.params[0] == 0:
            for field in shown.fields:
                value = shown.inputs[0][0].get(field.params[0]) if shown.inputs[0] else None
                if isinstance(value, str):
                    test = make("differs", field, const(value, "text", 0.4))
                    yield "by_value", _at(expr, place, 1, Stage("filter", (test,)))


def _newest(expr: Expr, shown: Shown) -> Iterator[Expr]:
    """The row that comes last for a key, or its newest by a date."""
    for place, stage in stages_at(expr, "dedupe"):
        if stage.params[0] in {"last", "last_in_place"} and not stages_at(expr, "sort"):
            for field in shown.dates:
                yield _at(expr, place, 1, Stage("sort", (field,), (True,)), replace(stage, params=("first",)))
                onward = Stage("sort", (field,), (False,))
                yield _at(expr, place, 1, onward, replace(stage, params=("last_in_place",)))


def ordered(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """By the position of rows, or by a field that rises or falls with it."""
    if expr.op == "pipe" and expr.params[0] == 0:
        for field, falls, dated in shown.ordering():
            name = "position" if not dated else "dated_pick" if stages_at(expr, "limit") else "dated"
            for new in _by_field(expr, field, falls=falls):
                yield name, new
        for new in _newest(expr, shown):
            yield "dated", new
        for new in _by_position(expr):
            yield "dated_pick" if stages_at(expr, "limit") else "dated", new


def _by_field(expr: Expr, field: Expr, *, falls: bool) -> Iterator[Expr]:
    stages = expr.params[1]
    if any(stage.kind in {"sort", "group", "chunk", "explode"} for stage in stages):
        return
    onward = Stage("sort", (field,), (falls,))
    for place, stage in enumerate(stages):
        if stage.kind == "reverse":
            yield _at(expr, place, 1, Stage("sort", (field,), (not falls,)))
        if stage.kind in {"limit", "skip"}:
            yield _at(expr, place, 0, onward)


def _by_position(expr: Expr) -> Iterator[Expr]:
    stages = expr.params[1]
    for place, stage in enumerate(stages):
        following = stages[place + 1] if place + 1 < len(stages) else None
        if stage.kind == "sort" and following is None:
            yield _at(expr, place, 1, Stage("reverse"))
        if stage.kind == "sort" and following is not None and following.kind == "dedupe":
            for keep in ("last", "last_in_place"):
                yield _at(expr, place, 2, replace(following, params=(keep,)))
        if stage.kind == "sort" and following is not None and following.kind == "limit":
            end = "last" if following.params[1] == "first" else "first"
            yield _at(expr, place, 2, replace(following, params=(following.params[0], end)))
            yield _at(expr, place, 1)
