"""Fields called like a value in the data: how many rows hold it, and what their numbers add up to."""

from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import LEVELS, OPERATORS, Expr, Stage, const, field_of, make, pipe, var
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.columns import is_table
from agents.synthesis.search.frame import Entry
from agents.synthesis.values import is_number, same

__all__ = ["called_in_data", "labelled"]

_TABLES = 3
_COUNT = 0.2
_TOTAL = 1.2
_LONE = 1.6
"""What it costs when the rows of a value are one everywhere, and their number is taken as it stands."""


def called_in_data(bank: Bank, names: list[str]) -> dict[str, list[str]]:
    """Return the columns of lists in reach that hold some of these names as values, with the names that they hold."""
    found: dict[str, list[str]] = {}
    for table in _tables(bank):
        rows = [row for value in table.values for row in value or []]
        for column in dict.fromkeys(name for row in rows for name in row):
            held = {row[column] for row in rows if isinstance(row.get(column), str)}
            inside = [name for name in names if name in held]
            if inside:
                found.setdefault(column, inside)
    return found


def labelled(bank: Bank, targets: tuple[Any, ...], name: str, names: list[str]) -> Iterator[Expr]:
    """Yield counts and totals of the rows that hold the field's own name in a column where others of the names stand."""
    frame = bank.frame
    if not all(is_number(target) or target is None for target in targets) or frame.depth + 1 >= len(LEVELS):
        return
    root = var(LEVELS[frame.depth].element)
    for table in _tables(bank):
        rows = [row for value in table.values for row in value or []]
        for column in dict.fromkeys(key for row in rows for key in row):
            held = {row[column] for row in rows if isinstance(row.get(column), str)}
            spelled = {value.lower().replace(" ", "_").replace("-", "_"): value for value in held}
            if not any(other.lower() in spelled for other in names):
                continue
            literal = spelled.get(name.lower())
            if literal is None and not frame.words.contains(name):
                continue
            literal = name if literal is None else literal
            test = make("equals", field_of(root, column, "text", 0.1), const(literal, "text", 0.1))
            stage = Stage("filter", (test,), (), 0.3)
            chosen = [[row for row in value or [] if same(row.get(column), literal)] for value in table.values]
            cost = table.expr.cost + _COUNT - 0.3 * frame.words.mention(name)
            kept = pipe(table.expr, frame.depth, (stage,), None, cost)
            if all(len(part) == target for part, target in zip(chosen, targets, strict=True)):
                yield Expr("count", (kept,), (), "num", cost + OPERATORS["count"].cost)
            yield from _totals(table, frame.depth, stage, root, chosen, targets, cost)


def _totals(
    table: Entry,
    depth: int,
    stage: Stage,
    root: Expr,
    chosen: list[list[Any]],
    targets: tuple[Any, ...],
    cost: float,
) -> Iterator[Expr]:
    for field in dict.fromkeys(key for part in chosen for row in part for key in row):
        columns = [[row.get(field) for row in part] for part in chosen]
        if not all(is_number(value) for values in columns for value in values):
            continue
        listed = pipe(table.expr, depth, (stage,), field_of(root, field, "num", 0.1), cost)
        if all(sum(values) == target for values, target in zip(columns, targets, strict=True)):
            lone = _LONE * all(len(values) < 2 for values in columns)
            yield Expr("sum", (listed,), (), "num", cost + _TOTAL + 0.3 * lone)
        if all((values[0] if values else None) == target for values, target in zip(columns, targets, strict=True)):
            yield Expr("first", (listed,), (), "num", cost + _TOTAL + 0.4)


def _tables(bank: Bank) -> list[Entry]:
    listed = [e for e in bank.of("list") if e.expr.op in {"var", "field"} and any(is_table(v) for v in e.values)]
    return [e for e in listed if all(is_table(v) or v in (None, []) for v in e.values)][:_TABLES]
