"""What the place among the elements gives: the row before, totals so far, rows alike, ranks, the last filled one."""

from typing import Any

from agents.synthesis.language import LEVELS, Expr, Level, Stage, const, field_of, make, pipe, var
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.columns import columns_of, is_table
from agents.synthesis.search.derived import signed_numbers
from agents.synthesis.search.frame import Entry, built, kind_of_values
from agents.synthesis.values import is_number, same

__all__ = ["add_neighbours", "add_repeats"]

_GROUPED = 0.7
_WITHIN = ("within", "inside", "per", "each", "every", "group", "same", "its", "by", "own")
_RANKS = ("rank", "ranking", "ranked", "place", "position")


def add_neighbours(bank: Bank) -> None:
    """Add running totals, the row before, rows alike, ranks: only what the words speak of."""
    frame, words = bank.frame, bank.frame.words
    if frame.cache.get("neighbours") or frame.depth + 1 >= len(LEVELS):
        return
    frame.cache["neighbours"] = True
    add_repeats(bank)
    bank.extend(signed_numbers(frame))
    counted = words.topic("index") and words.topic("group")
    spoken = words.topic("share") or words.topic("running") or words.topic("previous") or words.topic("carried")
    if not (spoken or counted or words.has(*_RANKS)):
        return
    names = {level.elements: level for level in LEVELS}
    for root in [root for root in frame.roots if root.params[0] in names]:
        level = names[root.params[0]]
        placed = all(level.index in scope and level.elements in scope for scope in frame.scopes)
        if placed and all(is_table(scope[level.elements]) for scope in frame.scopes):
            _add_at(bank, level)


def _add_at(bank: Bank, level: Level) -> None:
    """Add what the place among the elements of one level gives."""
    frame, words = bank.frame, bank.frame.words
    table = Entry(var(level.elements, "list", 0.3), tuple(scope[level.elements] for scope in frame.scopes))
    index = Entry(var(level.index, "num", 0.1), tuple(scope[level.index] for scope in frame.scopes))
    row = var(level.element)
    rows = tuple(scope[level.element] for scope in frame.scopes)
    if words.has(*_RANKS):
        _add_ranks(bank, table, row, rows)
    if words.topic("group") and (words.topic("running") or words.topic("index")):
        _add_alike(bank, table, index, row, rows)
    if words.topic("carried"):
        _add_carried(bank, table, index, rows)
    if words.topic("running"):
        values = tuple(rows[: i + 1] for rows, i in zip(table.values, index.values, strict=True))
        so_far = Entry(make("up_to_here", table.expr, index.expr), values)
        for entry in columns_of(frame, so_far):
            bank.add(entry)
    if words.topic("previous"):
        _add_beside(bank, table, index)
    if words.topic("share"):
        _add_shares(bank, table, row, rows)


def _add_beside(bank: Bank, table: Entry, index: Entry) -> None:
    """Add the element before and the one after."""
    for name, step in (("before_here", -1), ("after_here", 1)):
        values = tuple(
            rows[i + step] if 0 <= i + step < len(rows) else None
            for rows, i in zip(table.values, index.values, strict=True)
        )
        extra = 0.0 if (name == "after_here") == bank.frame.words.has("next", "following") else 0.8
        near = Entry(Expr(name, (table.expr, index.expr), (), "obj", 0.8 + extra), values)
        bank.add_object(near)


def _add_alike(bank: Bank, table: Entry, index: Entry, row: Expr, rows: tuple[Any, ...]) -> None:
    """Add the rows so far that share a field with this one: their number and their totals."""
    frame = bank.frame
    for name in _names(rows):
        alike = tuple(
            [one for one in every[: place + 1] if isinstance(one, dict) and same(one.get(name), own.get(name))]
            for every, place, own in zip(table.values, index.values, rows, strict=True)
        )
        if max(map(len, alike)) < 2:
            continue
        test = make(
            "equals", field_of(var(LEVELS[frame.depth].element), name, "any", 0.1), field_of(row, name, "any", 0.1)
        )
        cost = 1.2 - 0.5 * frame.words.mention(name)
        so_far = make("up_to_here", table.expr, index.expr)
        entry = Entry(pipe(so_far, frame.depth, (Stage("filter", (test,)),), None, cost), alike)
        if frame.words.topic("index"):
            bank.add(Entry(Expr("count", (entry.expr,), (), "num", cost + 0.4), tuple(map(len, alike))))
        if frame.words.topic("running"):
            for column in columns_of(frame, entry):
                bank.add(column)


def _add_shares(bank: Bank, table: Entry, row: Expr, rows: tuple[Any, ...]) -> None:
    """Add what a number is of the total of all rows, or of those alike in a field: a fraction and a percentage."""
    frame = bank.frame
    element = var(LEVELS[frame.depth].element)
    alike = [name for name in _names(rows) if frame.words.mention(name) >= _GROUPED and frame.words.has(*_WITHIN)]
    for name in _names(rows):
        if not all(is_number(one.get(name)) for every in table.values for one in every):
            continue
        own, inner = field_of(row, name, "num", 0.1), field_of(element, name, "num", 0.1)
        for key in (None, *(one for one in alike if one != name)):
            test = make("equals", field_of(element, key, "any", 0.1), field_of(row, key, "any", 0.1)) if key else None
            stages = (Stage("filter", (test,)),) if test is not None else ()
            totals = [
                sum(one[name] for one in every if key is None or same(one.get(key), this.get(key)))
                for every, this in zip(table.values, rows, strict=True)
            ]
            if any(total == 0 for total in totals):
                continue
            cost = 1.5 - 0.5 * frame.words.mention(name) + (0.0 if key is None else 0.3)
            total = Expr("sum", (pipe(table.expr, frame.depth, stages, inner, cost),), (), "num", cost)
            share = Expr("divide", (own, total), (), "num", cost + 0.2)
            values = tuple(this[name] / total for this, total in zip(rows, totals, strict=True))
            bank.add(Entry(share, values))
            percent = Expr("multiply", (share, const(100, "num", 0.1)), (), "num", cost + 0.1)
            bank.add(Entry(percent, tuple(value * 100 for value in values)))


def _add_ranks(bank: Bank, table: Entry, row: Expr, rows: tuple[Any, ...]) -> None:
    """Add how many rows come before this one by a number, plus one."""
    frame = bank.frame
    for name in _names(rows):
        if not all(is_number(one.get(name)) for every in table.values for one in every):
            continue
        for op, falling in (("above", True), ("below", False)):
            sides = (field_of(var(LEVELS[frame.depth].element), name, "num", 0.1), field_of(row, name, "num", 0.1))
            ahead = tuple(
                sum(one[name] > own[name] if falling else one[name] < own[name] for one in every)
                for every, own in zip(table.values, rows, strict=True)
            )
            test = make(op, *sides)
            cost = 1.6 - 0.4 * frame.words.mention(name) + 0.4 * (falling != frame.words.topic("strongly_descending"))
            before = pipe(table.expr, frame.depth, (Stage("filter", (test,)),), None, cost)
            count = Expr("count", (before,), (), "num", cost)
            bank.add(
                Entry(Expr("add", (count, const(1, "num", 0.1)), (), "num", cost + 0.3), tuple(n + 1 for n in ahead))
            )


def _names(rows: tuple[Any, ...]) -> list[str]:
    return list(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))[:12]


def add_repeats(bank: Bank) -> None:
    """Add how many items hold the same in a field: among all, and among those up to this one."""
    frame = bank.frame
    if frame.cache.get("repeats") or not frame.words.topic("repeats"):
        return
    frame.cache["repeats"] = True
    root = frame.roots[0].params[0]
    if frame.depth != 1 or root != LEVELS[0].element or not all("items" in scope for scope in frame.scopes):
        return
    rows = tuple(scope[root] for scope in frame.scopes)
    items, here = [scope["items"] for scope in frame.scopes], LEVELS[0].index
    so_far = make("up_to_here", var(LEVELS[0].elements, "list"), var(here, "num"))
    for name in _names(rows):
        own = [one.get(name) if isinstance(one, dict) else None for one in rows]
        if any(isinstance(value, dict | list) for value in own):
            continue
        _add_alike_counts(bank, var("items", "list"), name, own, items)
        if all(here in scope for scope in frame.scopes):
            before = [scope[LEVELS[0].elements][: scope[here] + 1] for scope in frame.scopes]
            _add_alike_counts(bank, so_far, name, own, before)


def _add_alike_counts(bank: Bank, source: Expr, name: str, own: list[Any], among: list[Any]) -> None:
    """Add how many of the rows have this value in a field, whether they are several, whether it is the only one."""
    frame = bank.frame
    counts = tuple(
        sum(isinstance(other, dict) and same(other.get(name), value) for other in every)
        for every, value in zip(among, own, strict=True)
    )
    if max(counts) < 2:
        return
    inner = field_of(var(LEVELS[1].element), name, "any", 0.1)
    test = make("equals", inner, field_of(frame.roots[0], name, "any", 0.1))
    cost = 2.4 - 1.9 * frame.words.mention(name)
    alike = pipe(source, 1, (Stage("filter", (test,)),), None, cost)
    count = Entry(Expr("count", (alike,), (), "num", cost + 0.3), counts)
    one = Entry(const(1, "num", 0.1), (1,) * len(own))
    bank.add(count)
    bank.add(built(frame, "above", (count, one), (), -1.2 - frame.words.operator_cost("above")))
    bank.add(built(frame, "equals", (count, one), (), -0.8))


def _add_carried(bank: Bank, table: Entry, index: Entry, rows: tuple[Any, ...]) -> None:
    """Add the last filled value of a field up to this row."""
    frame = bank.frame
    element = var(LEVELS[frame.depth].element)
    for name in _names(rows):
        seen = [
            [one.get(name) for one in every[: place + 1]]
            for every, place in zip(table.values, index.values, strict=True)
        ]
        filled = [[value for value in values if value not in (None, "", [])] for values in seen]
        if all(len(a) == len(b) for a, b in zip(seen, filled, strict=True)):
            continue
        inner = field_of(element, name, "any", 0.1)
        stage = Stage("filter", (make("not", make("is_empty", inner)),))
        so_far = make("up_to_here", table.expr, index.expr)
        cost = 1.0 - 0.5 * frame.words.mention(name)
        values = tuple(held[-1] if held else None for held in filled)
        held = pipe(so_far, frame.depth, (stage,), inner, cost)
        bank.add(Entry(Expr("last", (held,), (), kind_of_values(values), cost + 0.3), values))
