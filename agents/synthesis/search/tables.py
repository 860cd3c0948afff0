"""A source list run through its first stages: the scopes that bodies and selections are sought in."""

from dataclasses import dataclass
from typing import Any

from agents.synthesis.language import FAILURES, LEVELS, Expr, Stage, evaluate, scopes_of, var
from agents.synthesis.search.frame import Entry, Frame

__all__ = ["Table", "run_stages", "spans_of", "table_of"]

Rows = list[list[dict[str, Any]]]


@dataclass
class Table:
    """A source run through its first stages: the scopes of each example."""

    source: Expr
    stages: tuple[Stage, ...]
    cost: float
    scopes: Rows
    depth: int
    inner: int
    """Depth that the body's own pipelines start at."""
    roots: tuple[Expr, ...]


def table_of(frame: Frame, entry: Entry) -> Table:
    """Open a list: each element in a scope of its own, with what may be read there."""
    depth = frame.depth
    level = LEVELS[depth]
    scopes = [scopes_of(elements, scope, depth, ()) for elements, scope in zip(entry.values, frame.scopes, strict=True)]
    outer = tuple(root for root in frame.roots if root.params[0] not in {"items", "table"})
    roots = (
        var(level.element, "any", 0.1),
        *(root.raised(0.4) for root in outer),
        var(level.index, "num", 0.6 if frame.words.topic("index") else 2.6),
        *(
            [var(level.elements, "list", 1.0)]
            if frame.words.topic("overall")
            or frame.words.topic("carried")
            or (frame.words.topic("index") and frame.words.topic("group"))
            else []
        ),
        *([var("items", "list", 0.8)] if not depth and _links(scopes) else []),
    )
    return Table(entry.expr, (), entry.expr.cost, scopes, depth, depth + 1, roots)


def _links(scopes: Rows) -> bool:
    """Whether rows point at other rows: a column whose values all stand once in another column."""
    rows = [scope["row"] for part in scopes for scope in part if isinstance(scope.get("row"), dict)]
    columns = (
        {name: [row[name] for row in rows if isinstance(row.get(name), str | int)] for name in rows[0]} if rows else {}
    )
    columns |= {
        name: [row[name] for row in rows if isinstance(row.get(name), str | int)]
        for row in rows
        for name in row
        if name not in columns
    }
    unique = {name: set(values) for name, values in columns.items() if len(set(values)) == len(values) > 1}
    return any(
        set(values) <= held
        and name != other
        and not all(isinstance(value, bool) for value in values)
        and name.lower().endswith(other.lower())
        for name, values in columns.items()
        if values
        for other, held in unique.items()
    )


def run_stages(source: Expr, scope: Any, depth: int, stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
    """Run a source through stages; nothing where that means nothing."""
    try:
        return scopes_of(evaluate(source, scope), scope, depth, stages)
    except FAILURES:
        return []


def spans_of(scopes: Rows) -> list[range]:
    """Place each example's scopes among all of them."""
    spans, start = [], 0
    for rows in scopes:
        spans.append(range(start, start + len(rows)))
        start += len(rows)
    return spans
