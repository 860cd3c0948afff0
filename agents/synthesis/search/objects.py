"""Objects as targets: what is spread, what is dropped, and each other field on its own."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from agents.synthesis.language import OPERATORS, Expr, subexpressions
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.derived import with_fields
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.labelled import called_in_data, labelled
from agents.synthesis.values import same
from agents.synthesis.words import parts_of_name, stems_of

__all__ = ["Open", "objects"]

Solve = Callable[[Frame, tuple[Any, ...], str], list[Expr]]
_BASES = 30
_MAYBE = 4
_OF_ITSELF = 0.6
_REPLACED = 0.7
"""What it costs to list every field when the words replace one: the others stay."""
_ECHOED = 1.5
"""What a literal costs more where a count of the rows called like the field gives the same."""
_SPELLED = 0.8
"""What each field costs more that is called like a value of the data which no word names, when all may be."""
_CONVINCING = 4.4
"""Above this cost of a field, it is sought over the other new fields too."""
_NAMED = 2.0
"""So much more may a field cost that the words name twice: where it is made and where it is used."""
_CALLED_SO = 0.6
"""What a field costs less that has the name of the aggregate that makes it."""
_ROUNDED = frozenset(["round", "fixed", "ceil", "floor"])
_ALIKE = 0.3
"""What a field costs less that is made by the same operators as another one."""
_COPIES = frozenset(["field", "const", "object", "var"])
_DERIVED = 0.4
"""The most of the work left that one such field may use up."""


class Open:
    """Fields for which nothing was found, for the partial answer."""

    def __init__(self) -> None:
        self.solved: dict[str, Expr] = {}
        self.missing: set[str] = set()


def objects(frame: Frame, targets: tuple[dict[str, Any], ...], solve: Solve, state: Open) -> list[Expr]:
    """Return object expressions with these values, cheapest first."""
    names = list(dict.fromkeys(name for target in targets for name in target))
    found: list[Expr] = []
    bank = bank_of(frame, 1)
    found += [_spread_of(entry) for entry in bank.matching(targets)]
    fields: dict[str, list[Expr]] = {}
    for bases in sorted(_bases(frame, targets, names), key=lambda base: len(base[3])):
        spreads, dropped, cost, left = bases
        if not _solve_fields(frame, targets, left, fields, solve, state):
            continue
        found += _variants(frame, spreads, dropped, cost, left, fields)
    columns = _columns_of_values(frame, targets, names, solve, fields, state)
    found = [expr.raised(_SPELLED * len(targets[0]) * bool(columns)) for expr in found] + columns
    return sorted(found, key=lambda expr: expr.cost)[:6]


def _columns_of_values(
    frame: Frame,
    targets: tuple[dict[str, Any], ...],
    names: list[str],
    solve: Solve,
    fields: dict[str, list[Expr]],
    state: Open,
) -> list[Expr]:
    """Objects with a field for each value of a column, beside fields that are called by the words: a pivot table."""
    from agents.synthesis.search.keyed import keyed_objects

    held = {name for inside in called_in_data(bank_of(frame, 1), names).values() for name in inside}
    held = {name for name in held if not frame.words.contains(name)}
    rest = [name for name in names if name not in held]
    if len(held) < 2 or not rest or any(name not in target for target in targets for name in rest):
        return []
    if not _solve_fields(frame, targets, rest, fields, solve, state):
        return []
    inner = tuple({name: value for name, value in target.items() if name in held} for target in targets)
    made = keyed_objects(frame, inner, solve)
    return [_object((keyed,), (), keyed.cost, rest, [fields[name][0] for name in rest]) for keyed in made[:3]]


def _spread_of(entry: Entry) -> Expr:
    """A whole object that is returned as it is."""
    return (
        Expr("object", (entry.expr,), ((), 1, ()), "obj", entry.expr.cost + 0.3)
        if entry.expr.op in {"var", "field"}
        else entry.expr
    )


def _bases(
    frame: Frame, targets: tuple[dict[str, Any], ...], names: list[str]
) -> Iterator[tuple[tuple[Expr, ...], tuple[str, ...], float, list[str]]]:
    """Yield (spread objects, dropped names, cost, names left to solve); the empty base is the explicit pick."""
    everywhere = [name for name in names if all(name in target for target in targets)]
    if len(everywhere) == len(names):
        pick_extra = _pick_cost(frame, targets, names)
        yield (), (), pick_extra, names
    bank = bank_of(frame, 1)
    entries = [e for e in bank.of("obj") if all(isinstance(v, dict) or v is None for v in e.values) and any(e.values)]
    for entry in entries[:_BASES]:
        yield from _base(frame, targets, names, (entry,), entry.values)
    plain = [e for e in entries if e.expr.op in {"field", "var"} or e.expr.op == "first"][:8]
    for left in plain:
        for right in plain:
            if left.expr != right.expr and all(value is not None for value in (*left.values, *right.values)):
                merged = tuple({**(a or {}), **(b or {})} for a, b in zip(left.values, right.values, strict=True))
                yield from _base(frame, targets, names, (left, right), merged)
    for entry in [
        e
        for e in entries
        if e.expr.op in {"flatten", "prefix_keys", "unprefix_keys", "text_pairs"} or "keys" in e.expr.op
    ][:8]:
        for outer in plain[:2]:
            merged = tuple({**(a or {}), **(b or {})} for a, b in zip(outer.values, entry.values, strict=True))
            yield from _base(frame, targets, names, (outer, entry), merged)


def _base(
    frame: Frame,
    targets: tuple[dict[str, Any], ...],
    names: list[str],
    entries: tuple[Entry, ...],
    values: tuple[Any, ...],
) -> Iterator[tuple[tuple[Expr, ...], tuple[str, ...], float, list[str]]]:
    if any(value is BOTTOM for value in values):
        return
    objects_ = [value or {} for value in values]
    held = {name for value in objects_ for name in value}
    kept = {
        name
        for name in names
        if all(
            (name in v) == (name in t) and (name not in t or same(v[name], t[name]))
            for v, t in zip(objects_, targets, strict=True)
        )
    }
    rewritten = all(held <= set(target) for target in targets) and entries[0].expr == frame.roots[0]
    if not rewritten and (not kept or not any(name in value for name in kept for value in objects_)):
        return
    left = [name for name in names if name not in kept]
    if any(name not in target for name in left for target in targets):
        return
    dropped = tuple(name for name in held if name not in names)
    copied = sum(_is_copied(frame, name, targets) for name in left) if entries[0].expr.op == "text_pairs" else 0
    spread = {str(inner.params[0]) for entry in entries for inner in subexpressions(entry.expr) if inner.op == "field"}
    cost = (
        sum(entry.expr.cost for entry in entries)
        + 0.3
        + 0.5 * (len(entries) - 1)
        + _REPLACED * bool(copied)
        + _drop_cost(frame, tuple(name for name in dropped if name not in spread), targets, objects_)
    )
    yield tuple(entry.expr for entry in entries), tuple(sorted(dropped)), cost, left


def _is_copied(frame: Frame, name: str, targets: tuple[dict[str, Any], ...]) -> bool:
    """Whether a field stands in the element as it is."""
    rows = [scope.get(frame.roots[0].params[0]) for scope in frame.scopes]
    return all(isinstance(r, dict) and name in r and same(r[name], t[name]) for r, t in zip(rows, targets, strict=True))


def _drop_cost(
    frame: Frame, dropped: tuple[str, ...], targets: tuple[dict[str, Any], ...], values: list[dict[str, Any]]
) -> float:
    """Dropping is cheap when the words drop or rename that field, or its value lives on under another name."""
    words = frame.words
    cost = 0.3 * bool(dropped)
    told = words.topic("rest") and all(words.mention(name) >= 0.9 for name in dropped)
    for name in dropped:
        if _lives_on(name, targets, values):
            cost += 0.0 if words.topic("rest") else 0.25 if words.topic("rename") else 0.5
        elif told or (words.mention(name) >= 0.7 and words.topic("drop")):
            cost += 0.1
        elif words.topic("drop") and not words.topic("pick"):
            cost += 0.7
        elif words.mention(name) >= 0.7 and words.topic("splitting"):
            cost += 1.3
        else:
            cost += 2.4
    return cost


def _lives_on(name: str, targets: tuple[dict[str, Any], ...], values: list[dict[str, Any]]) -> bool:
    """Whether a field's value stands under a new name in each target."""
    pairs = [(v, t) for v, t in zip(values, targets, strict=True) if name in v]
    return bool(pairs) and all(any(same(v[name], inner) and key not in v for key, inner in t.items()) for v, t in pairs)


def _pick_cost(frame: Frame, targets: tuple[dict[str, Any], ...], names: list[str]) -> float:
    """Listing every field is unlikely when the words speak of the rest, or when unnamed fields stay as they are."""
    if frame.words.topic("rest") or (frame.words.has("everything") and not _all_named(frame, names)):
        return 1.5
    rows = [row for scope in frame.scopes if isinstance(row := scope.get(frame.roots[0].params[0]), dict)]
    if len(rows) == len(targets):
        if _only_others_named(frame, rows, names):
            return 2.2
        kept = [
            name
            for name in names
            if all(name in row and same(row[name], t[name]) for row, t in zip(rows, targets, strict=True))
        ]
        unnamed = sum(frame.words.mention(name) < 0.5 for name in kept)
        spread_order = all(list(target)[: len(kept)] == kept for target in targets)
        if len(kept) < len(names) and unnamed and spread_order:
            return 1.9 if not frame.words.topic("pick") else 0.8
        if _all_named(frame, names) and _reduced(rows, targets):
            return 0.0
        if frame.words.has("replace", "replaced", "instead") and not frame.words.topic("pick"):
            return 0.5 + _REPLACED
        if all(set(row) <= set(names) for row in rows) and not frame.words.topic("pick"):
            return 1.2
    return 0.2 if frame.words.topic("pick") else 0.5


def _all_named(frame: Frame, names: list[str]) -> bool:
    """Whether the words list every field of the output, and nothing is added to what is there."""
    words = frame.words
    return all(words.mention(name) >= 0.9 for name in names) and not words.topic("adding")


def _reduced(rows: list[dict[str, Any]], targets: tuple[dict[str, Any], ...]) -> bool:
    """Whether the rows hold more than the targets: fields that are gone, or objects of which only a part is left."""
    return any(
        name not in target or (isinstance(value, dict) and not isinstance(target[name], dict))
        for row, target in zip(rows, targets, strict=True)
        for name, value in row.items()
    )


def _only_others_named(frame: Frame, rows: list[dict[str, Any]], names: list[str]) -> bool:
    """Whether the words name each field that is gone and none that stays: then they tell what to leave out."""
    gone = {name for row in rows for name in row if name not in names}
    stay = [name for name in names if any(name in row for row in rows)]
    mention = frame.words.mention
    dropping = frame.words.topic("drop") and len(stay) == len(names)
    return (
        bool(dropping and gone and stay)
        and all(mention(name) >= 0.9 for name in gone)
        and all(mention(n) < 0.5 for n in stay)
    )


def _solve_fields(
    frame: Frame,
    targets: tuple[dict[str, Any], ...],
    names: list[str],
    fields: dict[str, list[Expr]],
    solve: Solve,
    state: Open,
) -> bool:
    fresh = [name for name in names if name not in fields]
    for name in fresh:
        column = tuple(target.get(name) for target in targets)
        fields[name] = [_named(frame, name, expr) for expr in solve(frame, column, name)]
        called = list(labelled(bank_of(frame, 1), column, name, list(targets[0]))) if len(targets[0]) > 1 else []
        echoed = [expr.raised(_ECHOED * (expr.op == "const" and bool(called))) for expr in fields[name]]
        fields[name] = called + echoed
        fields[name].sort(key=lambda expr: expr.cost)
    if fresh:
        _derive_fields(frame, targets, fields, solve)
        _prefer_alike(fields, fresh)
    for name in fresh:
        if fields[name]:
            state.solved[name] = fields[name][0]
        else:
            state.missing.add(name)
    return all(fields[name] for name in names)


def _prefer_alike(fields: dict[str, list[Expr]], names: list[str]) -> None:
    """Believe a field more that is made like another one: two columns that each add up what one test keeps."""
    shapes = Counter(shape for name in names for shape in {_shape(expr) for expr in fields[name]})
    for name in names:
        alike = [expr.raised(-_ALIKE * (shapes[_shape(expr)] > 1 and expr.op not in _COPIES)) for expr in fields[name]]
        fields[name] = sorted(alike, key=lambda expr: expr.cost)


def _shape(expr: Expr) -> tuple[Any, ...]:
    """The operators of an expression, whatever its literals and fields."""
    stages = expr.params[1] if expr.op == "pipe" else ()
    inside = [inner for stage in stages for inner in stage.exprs]
    return (expr.op, *(stage.kind for stage in stages), *(_shape(inner) for inner in (*expr.args, *inside)))


def _derive_fields(
    frame: Frame, targets: tuple[dict[str, Any], ...], fields: dict[str, list[Expr]], solve: Solve
) -> None:
    """Seek the fields that did not convince once more, over those that did: the tax of the total, the total with it."""
    given = _given_names(frame)
    named = {name: name not in given and frame.words.times_named(name) > 1 for name in fields}
    solid = {
        name
        for name, found in fields.items()
        if _weakness(found) <= _CONVINCING + _NAMED * named[name] and found[0].op not in _COPIES
    }
    called = {name for name in solid if named[name]}
    weak = [name for name, found in fields.items() if _weakness(found) > _CONVINCING]
    seek = [name for name, found in fields.items() if called - {name} and name in solid] + weak
    if not solid or not frame.words.tokens:
        return
    for name in sorted(seek, key=lambda name: _weakness(fields[name])):
        made = {
            other: (fields[other][0], tuple(target.get(other) for target in targets))
            for other in fields
            if other != name and (other in called or (name in weak and other in solid))
        }
        if not made:
            continue
        column = tuple(target.get(name) for target in targets)
        with frame.budget.portion(_DERIVED):
            more = solve(with_fields(frame, made, called), column, name)
            fields[name] = sorted([*fields[name], *more], key=lambda expr: expr.cost)[:10]
            if _weakness(fields[name]) <= _CONVINCING and fields[name][0].op not in _COPIES:
                solid.add(name)


def _given_names(frame: Frame) -> set[str]:
    """The names of the fields in reach: what the words say of them is said of the input."""
    values = [scope.get(root.params[0]) for root in frame.roots for scope in frame.scopes]
    rows = [row for value in values for row in (value if isinstance(value, list) else [value])]
    return {name for row in rows if isinstance(row, dict) for name in row}


def _weakness(found: list[Expr]) -> float:
    return found[0].cost if found else 99.0


def _named(frame: Frame, name: str, expr: Expr) -> Expr:
    """A field that keeps its own name, or takes a related one, is likely, and one that is called like what makes it."""
    if _is_of_itself(name, expr):
        return expr.raised(_OF_ITSELF)
    source = str(expr.params[0]) if expr.op == "field" else ""
    if not source:
        return expr.raised(-_CALLED_SO * _is_called_so(name, expr))
    alike = frame.words.similar(source, name)
    return expr.raised(-0.35 if source == name else 0.25 - 0.5 * alike)


def _is_of_itself(name: str, expr: Expr) -> bool:
    """Whether a field is put in place of itself that says only whether it was there, or is a list that it may be."""
    inner = expr.args[0] if expr.op == "not" else expr
    if expr.type == "bool" and inner.op in {"is_empty", "is_null", "is_falsy", "is_blank", "has_value", "is_truthy"}:
        return inner.args[0].op == "field" and inner.args[0].params[0] == name
    return expr.op in {"filled", "unique", "reversed"} and expr.args[0].op == "field" and expr.args[0].params[0] == name


def _is_called_so(name: str, expr: Expr) -> bool:
    """Whether a field has the name of the aggregate that makes it, rounded or not: `mean`, `total_hours`."""
    while expr.op in _ROUNDED:
        expr = expr.args[0]
    if expr.op not in OPERATORS or not expr.args or expr.args[0].type != "list":
        return False
    called = OPERATORS[expr.op].words
    return any(stems_of(part) & set(called) for part in parts_of_name(name))


def _variants(
    frame: Frame,
    spreads: tuple[Expr, ...],
    dropped: tuple[str, ...],
    cost: float,
    left: list[str],
    fields: dict[str, list[Expr]],
) -> Iterator[Expr]:
    """Yield the object of the best fields, then those with one field's next best expression."""
    best = [fields[name][0] for name in left]
    yield _object(spreads, dropped, cost, left, best)
    for place, name in enumerate(left):
        for other in fields[name][1:_MAYBE]:
            yield _object(spreads, dropped, cost, left, [*best[:place], other, *best[place + 1 :]])
    del frame


def _object(
    spreads: tuple[Expr, ...], dropped: tuple[str, ...], cost: float, names: list[str], exprs: list[Expr]
) -> Expr:
    total = cost + sum(expr.cost + 0.25 for expr in exprs)
    return Expr("object", (*spreads, *exprs), (tuple(names), len(spreads), dropped), "obj", total)
