"""Other readings of a program: where one operator was chosen, which other one people mean by the same words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from agents.synthesis.language import OPERATORS, Expr, Stage, const, make, pipe, var
from agents.synthesis.rivals_of_amounts import (
    distinct_of,
    magnitude,
    marks,
    presence,
    relative,
    threshold,
    whole_units,
)
from agents.synthesis.words import Words

__all__ = ["RULES", "Rewrite", "Rule", "dated_rule", "rewritten", "rivals", "worded_rules"]

Rewrite = Callable[[Expr], Iterator[Expr]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Two readings that people confuse."""

    name: str
    rewrite: Rewrite


def rivals(program: Expr, words: Words, *, all_rules: bool = False) -> Iterator[Expr]:
    """Yield programs with one place read otherwise, by the rules that the words leave open."""
    for rule in RULES:
        if all_rules or not words.decides(rule.name):
            yield from rewritten(program, rule.rewrite)


def rewritten(expr: Expr, rewrite: Rewrite) -> Iterator[Expr]:
    """Yield the expression with one place rewritten."""
    yield from rewrite(expr)
    for place, arg in enumerate(expr.args):
        for new in rewritten(arg, rewrite):
            yield replace(expr, args=(*expr.args[:place], new, *expr.args[place + 1 :]), reads=None)
    if expr.op == "pipe":
        yield from _inside_pipe(expr, rewrite)


def _inside_pipe(expr: Expr, rewrite: Rewrite) -> Iterator[Expr]:
    depth, stages, body = expr.params
    for place, stage in enumerate(stages):
        for index, inner in enumerate(stage.exprs):
            for new in rewritten(inner, rewrite):
                exprs = (*stage.exprs[:index], new, *stage.exprs[index + 1 :])
                changed = (*stages[:place], replace(stage, exprs=exprs), *stages[place + 1 :])
                yield replace(expr, params=(depth, changed, body), reads=None)
    for new in rewritten(body, rewrite) if body is not None else ():
        yield replace(expr, params=(depth, stages, new), reads=None)


def _swap(*names: str) -> Rewrite:
    """Take one operator of a family for another with the same arguments and parameters."""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        if expr.op in names:
            for name in names:
                if name != expr.op:
                    yield Expr(name, expr.args, expr.params, OPERATORS[name].type, expr.cost)

    return rewrite


def _extremes(expr: Expr) -> Iterator[Expr]:
    """First, smallest, largest or last of a list; the first row that matches a key is no such choice."""
    if (expr.args and expr.args[0].op != "pipe") or (expr.args and expr.args[0].params[2] is not None):
        yield from _swap("first", "min", "max", "last")(expr)


def _rounding(expr: Expr) -> Iterator[Expr]:
    if expr.op == "round" and expr.params[0] == 0:
        yield make("ceil", *expr.args)
        yield make("floor", *expr.args)
    if expr.op in {"ceil", "floor"}:
        yield make("round", *expr.args, params=(0,))


_CUTS = ("before", "up_to_last", "piece", "last_piece", "after")


def _first_word(expr: Expr) -> Iterator[Expr]:
    """First part or all but the last; last part or all but the first."""
    if expr.op in _CUTS and expr.params[0] in (" ", "."):
        yield from _swap("before", "up_to_last")(expr)
        if expr.op == "piece" and expr.params[1] == 1:
            yield Expr("last_piece", expr.args, expr.params[:1], "text", expr.cost)
            yield Expr("after", expr.args, expr.params[:1], "text", expr.cost)
        yield from _swap("last_piece", "after")(expr)


def _initials(expr: Expr) -> Iterator[Expr]:
    if expr.op == "initials":
        first = make("first_chars", *expr.args, params=(1,))
        last = make("first_chars", make("last_piece", *expr.args, params=(" ",)), params=(1,))
        yield Expr("template", (first, last), (0, 1), "text", expr.cost + 0.3)


def _sort_keys(change: Callable[[Expr], Expr | None]) -> Rewrite:
    """Change one sort key of a pipeline."""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        for place, stage in _stages(expr, "sort"):
            changed = tuple(change(key) or key for key in stage.exprs)
            if changed != stage.exprs:
                yield _with_stage(expr, place, (replace(stage, exprs=changed),))

    return rewrite


def _stages(expr: Expr, kind: str) -> list[tuple[int, Stage]]:
    if expr.op != "pipe":
        return []
    return [(place, stage) for place, stage in enumerate(expr.params[1]) if stage.kind == kind]


def _with_stage(expr: Expr, place: int, new: tuple[Stage, ...]) -> Expr:
    depth, stages, body = expr.params
    return replace(expr, params=(depth, (*stages[:place], *new, *stages[place + 1 :]), body), reads=None)


def _as_number(key: Expr) -> Expr | None:
    return (
        make("number", key) if key.op == "field" and key.type == "text" else key.args[0] if key.op == "number" else None
    )


def _folded(key: Expr) -> Expr | None:
    return (
        make("lower", key) if key.op == "field" and key.type == "text" else key.args[0] if key.op == "lower" else None
    )


def _other_duplicate(expr: Expr) -> Iterator[Expr]:
    for place, stage in _stages(expr, "dedupe"):
        for keep in ("first", "last", "last_in_place"):
            if keep != stage.params[0]:
                yield _with_stage(expr, place, (replace(stage, params=(keep,)),))


def _newest_or_last(expr: Expr) -> Iterator[Expr]:
    """The newest row of a key, or the row that comes last for it."""
    for place, stage in _stages(expr, "dedupe"):
        before = expr.params[1][place - 1] if place else None
        if before is not None and before.kind == "sort":
            for keep in ("last", "last_in_place"):
                depth, stages, body = expr.params
                stages = (*stages[: place - 1], replace(stage, params=(keep,)), *stages[place + 1 :])
                yield replace(expr, params=(depth, stages, body), reads=None)


def _dated(fields: tuple[Expr, ...]) -> Rewrite:
    """The row that comes last for a key, or its newest by a date field."""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        for place, stage in _stages(expr, "dedupe"):
            if stage.params[0] != "first" and not _stages(expr, "sort"):
                for field in fields:
                    sort = Stage("sort", (field,), (True,))
                    yield _with_stage(expr, place, (sort, replace(stage, params=("first",))))
                    again = Stage("dedupe", stage.exprs, ("last_in_place",))
                    yield _with_stage(expr, place, (Stage("sort", (field,), (False,)), again))

    return rewrite


def _presence(expr: Expr) -> Iterator[Expr]:
    names = ("is_null", "is_empty")
    if expr.op in names:
        yield from _swap(*names)(expr)


def _ties(expr: Expr) -> Iterator[Expr]:
    """The one with the highest value, or all that share it."""
    for place, stage in _stages(expr, "limit"):
        depth, stages, body = expr.params
        if (
            place
            and stages[place - 1].kind == "sort"
            and stage.params == (1, "first")
            and len(stages[place - 1].exprs) == 1
        ):
            key, descending = stages[place - 1].exprs[0], stages[place - 1].params[0]
            if key.type != "num" or expr.args[0].op != "var":
                continue
            best = make("max" if descending else "min", pipe(expr.args[0], depth + 1, (), _moved(key, depth), 0.0))
            best = replace(best, type="num")
            test = Stage("filter", (make("equals", key, best),))
            yield replace(expr, params=(depth, (*stages[: place - 1], test, *stages[place + 1 :]), body), reads=None)


def _moved(expr: Expr, depth: int) -> Expr:
    """Read the element of the next depth instead of this one's."""
    from agents.synthesis.language import LEVELS

    if expr.op == "var" and expr.params[0] == LEVELS[depth].element:
        return var(LEVELS[depth + 1].element)
    return replace(expr, args=tuple(_moved(arg, depth) for arg in expr.args), reads=None)


def _summed(expr: Expr) -> Iterator[Expr]:
    """The row with the highest value, or the group with the highest total."""
    for place, stage in _stages(expr, "limit"):
        depth, stages, body = expr.params
        if not (
            place == 1 and stages[0].kind == "sort" and stage.params == (1, "first") and body is not None and depth == 0
        ):
            continue
        names: tuple[str, ...] = body.params[0] if body.op == "object" and body.params[1] == 0 else ()
        if len(names) == 1 and body.args[0].op == "field" and stages[0].exprs[0].type == "num":
            group = Stage("group", (body.args[0],))
            total = make("sum", pipe(var("group", "list"), 1, (), _moved(stages[0].exprs[0], 0), 0.0))
            pair = Expr("object", (var("key"), total), ((names[0], "sum"), 0, ()), "obj")
            grouped = pipe(expr.args[0], 0, (group,), pair, 0.0)
            sort = Stage("sort", (Expr("field", (var("row"),), ("sum",), "num"),), (True,))
            picked = Expr("object", (Expr("field", (var("row"),), (names[0],), "any"),), (names, 0, ()), "obj")
            yield pipe(grouped, 0, (sort, stage), picked, expr.cost + 1.0)


def _digits(expr: Expr) -> Iterator[Expr]:
    if expr.op == "first_number":
        yield make("number", make("digits", *expr.args))
    if expr.op == "first_digits":
        yield make("digits", *expr.args)
    if expr.op == "digits":
        yield make("first_digits", *expr.args)
    if expr.op == "number" and expr.args[0].op == "digits":
        yield make("first_number", *expr.args[0].args)


def _absolute(expr: Expr) -> Iterator[Expr]:
    if expr.op == "subtract":
        yield make("abs", expr)
    if expr.op == "abs" and expr.args[0].op == "subtract":
        yield expr.args[0]


def _percentage(expr: Expr) -> Iterator[Expr]:
    """Take 10 off, or 10 percent off."""
    if expr.op in {"subtract", "add"} and expr.args[1].op == "const":
        share = expr.args[1].params[0] / 100
        factor = round(1 - share if expr.op == "subtract" else 1 + share, 10)
        yield make("multiply", expr.args[0], const(factor, "num", 0.4))
    if expr.op == "multiply" and expr.args[1].op == "const":
        amount = round((1 - expr.args[1].params[0]) * 100, 8)
        number = const(abs(int(amount) if float(amount).is_integer() else amount), "num", 0.4)
        yield make("subtract" if amount > 0 else "add", expr.args[0], number)


def _opposite(expr: Expr) -> Iterator[Expr]:
    """Is it this label, or is it not the opposite one?"""
    if expr.op in {"equals", "differs"} and expr.args[1].op == "const" and isinstance(expr.args[1].params[0], str):
        label = expr.args[1].params[0]
        for other in _OPPOSITES.get(label.lower(), ()) or _prefixed(label):
            cased = other.capitalize() if label[:1].isupper() else other
            name = "differs" if expr.op == "equals" else "equals"
            yield make(name, expr.args[0], const(cased, "text", 0.4))


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


def _prefixed(label: str) -> tuple[str, ...]:
    for prefix in ("in", "un", "non-", "non", "not ", "not_", "dis"):
        if label.lower().startswith(prefix) and len(label) > len(prefix) + 2:
            return (label.lower()[len(prefix) :],)
    return tuple(prefix + label.lower() for prefix in ("in", "un", "not ", "non-", "not_", "dis"))


def _day_first(expr: Expr) -> Iterator[Expr]:
    swaps = {"dd/MM/yyyy": "MM/dd/yyyy", "d/M/yyyy": "M/d/yyyy"}
    swaps |= {right: left for left, right in swaps.items()}
    if expr.op == "read_date" and expr.params[0] in swaps:
        yield Expr("read_date", expr.args, (swaps[expr.params[0]],), "date", expr.cost)


def _spaces(expr: Expr) -> Iterator[Expr]:
    if expr.op == "trim":
        yield make("remove", *expr.args, params=(" ",))
    if expr.op == "remove" and expr.params == (" ",):
        yield make("trim", *expr.args)


RULES = (
    Rule("rounding", _rounding),
    Rule("parts", _first_word),
    Rule("initials", _initials),
    Rule("numerals", _sort_keys(_as_number)),
    Rule("case", _sort_keys(_folded)),
    Rule("duplicate", _other_duplicate),
    Rule("newest", _newest_or_last),
    Rule("missing", _presence),
    Rule("default", _swap("default", "default_empty", "falls_back")),
    Rule("ties", _ties),
    Rule("total", _summed),
    Rule("digits", _digits),
    Rule("difference", _absolute),
    Rule("percentage", _percentage),
    Rule("opposite", _opposite),
    Rule("bound_from", _swap("above", "at_least")),
    Rule("bound_to", _swap("below", "at_most")),
    Rule("day_first", _day_first),
    Rule("split", _swap("split", "split_trim")),
    Rule("spaces", _spaces),
    Rule("capitals", _swap("capital", "capital_only", "title")),
    Rule("aggregate", _swap("average", "median")),
    Rule("extreme", _extremes),
    Rule("relative", relative),
    Rule("zero", presence),
    Rule("threshold", threshold),
    Rule("fraction", whole_units),
    Rule("each_mark", marks),
    Rule("hollow", _swap("drop_null", "drop_empty", "drop_hollow")),
)
"""The words that settle a rule stand under `deciders` in `words.json`."""


def worded_rules(words: Words, names: Iterable[str]) -> tuple[Rule, ...]:
    """The rules that depend on which fields of the input the words count or call a change."""
    counted = tuple(name for name in names if words.mention(name) >= 0.9)
    return (
        Rule("counted", distinct_of(counted)),
        Rule("magnitude", magnitude(lambda name: words.is_about(name, "signed"))),
    )


def dated_rule(fields: tuple[Expr, ...]) -> Rule:
    """The rule of the newest row, over these date fields."""
    return Rule("dated", _dated(fields))
