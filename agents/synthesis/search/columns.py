"""What a list of objects says as a whole: its columns, its filtered rows, its totals."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agents.synthesis.language import LEVELS, OPERATORS, Expr, Stage, const, make, pipe, scopes_of, var
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.derived import signed_numbers
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, kind_of_values
from agents.synthesis.search.growth import list_entries
from agents.synthesis.search.predicates import predicates
from agents.synthesis.values import is_number

__all__ = ["add_columns", "columns_of", "is_table"]

_TABLES = 5
_COLUMNS = 24


def add_columns(bank: Bank) -> None:
    """Add columns and totals of every list of objects in the bank."""
    frame = bank.frame
    if frame.cache.get("columns") or frame.depth + 1 >= len(LEVELS):
        return
    frame.cache["columns"] = True
    tables = [
        e
        for e in bank.of("list")
        if any(is_table(value) for value in e.values) and all(is_table(v) or v in (None, []) for v in e.values)
    ]
    for table in tables[:_TABLES]:
        for end in ("first", "last"):
            one = built(frame, end, (table,), (), -0.4) if table.expr.op == "field" and frame.words.has(end) else None
            if one is not None:
                bank.add_object(Entry(replace(one.expr, type="obj"), one.values))
        for entry in columns_of(frame, table):
            bank.add(entry)


def is_table(value: Any) -> bool:
    """Whether a value is a list of objects, at least one."""
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _elements(frame: Frame, table: Entry) -> tuple[Frame, list[range]]:
    scopes: list[dict[str, Any]] = []
    spans = []
    for value, scope in zip(table.values, frame.scopes, strict=True):
        rows = scopes_of(value if value is not BOTTOM else [], scope, frame.depth, ())
        spans.append(range(len(scopes), len(scopes) + len(rows)))
        scopes += rows
    root = var(LEVELS[frame.depth].element, "any", 0.1)
    return Frame(scopes, (root,), frame.depth + 1, frame.words, frame.budget), spans


def columns_of(frame: Frame, table: Entry) -> Iterator[Entry | None]:
    """Yield the columns of a list of objects, those of its rows that pass a test, and what is said of each."""
    elements, spans = _elements(frame, table)
    if not elements.scopes:
        return
    bank = bank_of(elements, 1)
    columns = [
        e
        for e in bank.of("num", "text", "bool", "any")
        if e.expr.op in {"field", "number", "amount", "first_number"} and e.expr.type != "null"
    ]
    numbers = [
        e for e in bank.of("num") if e.expr.op in {"field", "number", "amount"} and all(is_number(v) for v in e.values)
    ]
    products = [*_products(frame, numbers), *signed_numbers(elements)]
    for column in [*columns[:_COLUMNS], *products]:
        entry = _plucked(frame, table, column, spans, ())
        if entry is None:
            continue
        yield entry
        yield from list_entries(frame, entry)
        if column.expr.type in {"num", "text"} and column.expr.op == "field":
            yield from _extremes(frame, table, column, spans, elements)
    for test in [t for t in predicates(elements) if t.expr.cost < 2.3][:10]:
        if all(value is True for value in test.values):
            continue
        yield from _filtered(frame, table, test, [*numbers, *columns][:8], spans, elements)


def _products(frame: Frame, numbers: list[Entry]) -> Iterator[Entry]:
    for place, left in enumerate(numbers[:6]):
        for right in numbers[place + 1 : 6]:
            values = tuple(a * b for a, b in zip(left.values, right.values, strict=True))
            yield Entry(make("multiply", left.expr, right.expr, extra=frame.words.operator_cost("multiply")), values)


def _plucked(
    frame: Frame, table: Entry, column: Entry, spans: list[range], stages: tuple[Stage, ...], keep: Any = None
) -> Entry | None:
    listed = tuple([column.values[i] for i in span if keep is None or keep[i] is True] for span in spans)
    if any(value is BOTTOM for values in listed for value in values):
        return None
    cost = table.expr.cost + column.expr.cost + 0.1 + sum(stage.cost + 0.3 for stage in stages)
    expr = pipe(table.expr, frame.depth, stages, column.expr, cost)
    return Entry(expr, listed)


def _filtered(
    frame: Frame, table: Entry, test: Entry, columns: list[Entry], spans: list[range], elements: Frame
) -> Iterator[Entry | None]:
    stage = Stage("filter", (test.expr,), (), test.expr.cost)
    root = LEVELS[frame.depth].element
    rows = tuple([elements.scopes[i][root] for i in span if test.values[i] is True] for span in spans)
    kept = Entry(pipe(table.expr, frame.depth, (stage,), None, table.expr.cost + test.expr.cost + 0.4), rows)
    yield kept
    count = Expr("count", (kept.expr,), (), "num", kept.expr.cost + 0.9 + frame.words.operator_cost("count"))
    yield Entry(count, tuple(len(row) for row in rows))
    if frame.words.topic("share") and all(spans):
        yield from _shares(
            frame, count, table, tuple(len(row) / len(span) * 100 for row, span in zip(rows, spans, strict=True))
        )
    for column in columns[:12]:
        entry = _plucked(frame, table, column, spans, (stage,), test.values)
        if entry is not None:
            yield entry
            yield from list_entries(frame, entry)


def _shares(frame: Frame, count: Expr, table: Entry, values: tuple[float, ...]) -> Iterator[Entry]:
    """Yield which percentage of the rows passes a test, as it is and rounded."""
    whole = make("count", table.expr)
    share = make("multiply", make("divide", count, whole), const(100, "num", 0.1))
    share = replace(share, cost=count.cost + 0.5)
    yield Entry(share, values)
    for digits in (0, 1, 2):
        rounded = make("round", share, params=(digits,), extra=frame.words.operator_cost("round") - 0.4)
        yield Entry(rounded, tuple(OPERATORS["round"].run(value, digits) for value in values))


def _extremes(frame: Frame, table: Entry, column: Entry, spans: list[range], elements: Frame) -> Iterator[Entry | None]:
    """Yield fields of the row with the largest or smallest value of a column."""
    if not frame.words.topic("order") or any(value is None or value is BOTTOM for value in column.values):
        return
    root = LEVELS[frame.depth].element
    for descending in (True, False):
        try:
            rows = tuple(
                elements.scopes[sorted(span, key=column.values.__getitem__, reverse=descending)[0]][root]
                if span
                else None
                for span in spans
            )
        except TypeError:
            return
        extra = 0.0 if frame.words.topic("strongly_descending") == descending else 0.6
        extra += 0.0 if frame.words.topic("strongly_descending") or frame.words.topic("ascending") else 2.0
        name = str(column.expr.params[0])
        extra += 1.4 * (frame.words.mention(name) < 0.5 and not frame.words.measures(name))
        stage = Stage("sort", (column.expr,), (descending,), column.expr.cost)
        listed = pipe(table.expr, frame.depth, (stage,), None, table.expr.cost + column.expr.cost + 0.5 + extra)
        entry = Entry(Expr("first", (listed,), (), "obj", listed.cost + 0.3), rows)
        yield entry
        names = dict.fromkeys(name for row in rows if row for name in row)
        for name in names:
            values = tuple((row or {}).get(name) for row in rows)
            cost = entry.expr.cost + 0.4 - 0.2 * frame.words.mention(name)
            yield Entry(Expr("field", (entry.expr,), (name,), kind_of_values(values), cost), values)
