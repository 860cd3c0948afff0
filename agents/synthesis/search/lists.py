"""Lists as targets: which list they come from, which of its elements, in what order, grouped or not, mapped to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.synthesis.language import FAILURES, LEVELS, Expr, Stage, evaluate, pipe, scopes_of, var
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.selection import Selection, explained
from agents.synthesis.values import key_of, leaves, same

__all__ = ["ListSearch"]

_SOURCES = 14
Rows = list[list[dict[str, Any]]]


@dataclass
class _Table:
    """A source run through its first stages: the scopes of each example."""

    source: Expr
    stages: tuple[Stage, ...]
    cost: float
    scopes: Rows
    depth: int
    inner: int
    """Depth that the body's own pipelines start at."""
    roots: tuple[Expr, ...]


class ListSearch:
    """Finds pipelines; `solve` finds the expressions of their bodies."""

    def __init__(self, solve: Any) -> None:
        self.solve = solve

    def lists(self, frame: Frame, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Return list expressions with these values, cheapest first."""
        found: list[Expr] = []
        if frame.depth + 2 >= len(LEVELS):
            return found
        for entry in self._sources(frame):
            found += self._from(frame, entry, targets)
            if found and min(expr.cost for expr in found) < 2.0 + entry.expr.cost:
                break
        return sorted(found, key=lambda expr: expr.cost)[:8]

    def _sources(self, frame: Frame) -> list[Entry]:
        entries = [
            e
            for e in bank_of(frame, 1).of("list")
            if e.expr.op not in {"up_to_here", "sorted", "reversed", "characters"}
        ]
        return [e for e in entries if all(v is not BOTTOM for v in e.values) and any(e.values)][:_SOURCES]

    def _from(self, frame: Frame, entry: Entry, targets: tuple[list[Any], ...]) -> list[Expr]:
        table = _table(frame, entry)
        found = list(self._mapped(frame, table, targets))
        if not found or min(expr.cost for expr in found) > 6:
            found += self._grouped(frame, table, targets)
        if not found or min(expr.cost for expr in found) > 6:
            for exploded in self._explosions(frame, table):
                found += self._mapped(frame, exploded, targets)
                if not found:
                    found += self._grouped(frame, exploded, targets)
        if not found:
            found += self._chunked(frame, table, targets)
        return found

    def _mapped(self, frame: Frame, table: _Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """Each target element comes from one element of the table."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or sum(map(len, targets)) > len(flat):
            return
        elements = Frame(flat, table.roots, table.inner, frame.words, frame.budget)
        spans = _spans(table.scopes)
        scalar = not any(isinstance(t, dict | list) for target in targets for t in target)
        if scalar:
            yield from self._mapped_scalars(frame, table, elements, spans, targets)
            return
        for wanted in _alignments(elements, spans, targets):
            yield from self._aligned(frame, table, elements, spans, wanted, targets)

    def _aligned(
        self,
        frame: Frame,
        table: _Table,
        elements: Frame,
        spans: list[range],
        wanted: list[list[int]],
        targets: tuple[list[Any], ...],
    ) -> Iterator[Expr]:
        selections = explained(elements, spans, wanted)
        chosen = _chosen(frame, table, elements, wanted)
        bodies = self._bodies(chosen, targets, table) if selections else []
        for selection in selections:
            for body in bodies:
                yield _pipe(table, selection, body)
        if not selections:
            yield from self._selected_after(frame, table, elements, wanted, targets, chosen)

    def _bodies(self, chosen: Frame, targets: tuple[list[Any], ...], table: _Table) -> list[Expr | None]:
        goal = tuple(element for target in targets for element in target)
        root = table.roots[0].params[0]
        if not goal:
            return []
        if all(same(scope[root], element) for scope, element in zip(chosen.scopes, goal, strict=True)):
            return [None, *self.solve(chosen, goal, "")[:2]]
        return list(self.solve(chosen, goal, ""))

    def _selected_after(
        self,
        frame: Frame,
        table: _Table,
        elements: Frame,
        wanted: list[list[int]],
        targets: tuple[list[Any], ...],
        chosen: Frame,
    ) -> Iterator[Expr]:
        """The selection needs what only the mapped rows hold: map first, choose then."""
        for body in self._bodies(chosen, targets, table)[:2]:
            if body is None:
                continue
            inner = _pipe(table, Selection((), 0.0), body)
            yield from self._outer(frame, inner, body, elements, table, wanted)

    def _outer(
        self, frame: Frame, inner: Expr, body: Expr, elements: Frame, table: _Table, wanted: list[list[int]]
    ) -> Iterator[Expr]:
        try:
            values = [evaluate(body, {**scope}) for scope in elements.scopes]
        except FAILURES:
            return
        root = var(LEVELS[table.depth].element)
        rows = [{**frame.scopes[0], root.params[0]: value} for value in values]
        mapped = Frame(rows, (root,), table.inner, frame.words, frame.budget)
        for selection in explained(mapped, _spans(table.scopes), wanted):
            yield pipe(inner, table.depth, selection.stages, None, inner.cost + selection.cost)

    def _mapped_scalars(
        self, frame: Frame, table: _Table, elements: Frame, spans: list[range], targets: tuple[list[Any], ...]
    ) -> Iterator[Expr]:
        """Lists of scalars: try each cheap body on all elements, then explain which of its values are kept."""
        bank = bank_of(elements, 1)
        entries = [e for e in bank.of("text", "num", "bool", "any", "date") if e.expr.op != "const"]
        for entry in entries[:120]:
            wanted = _scalar_alignment(entry, spans, targets)
            if wanted is None:
                continue
            body = (
                None
                if entry.expr == table.roots[0]
                or (entry.expr.op == "var" and entry.expr.params == table.roots[0].params)
                else entry.expr
            )
            yield from self._scalar_pipes(elements, spans, wanted, table, entry, body)
        if all(len(span) == len(target) for span, target in zip(spans, targets, strict=True)):
            goal = tuple(element for target in targets for element in target)
            for expr in self.solve(elements, goal, "")[:4] if goal else []:
                yield _pipe(table, Selection((), 0.0), expr)
        del frame

    def _scalar_pipes(
        self,
        elements: Frame,
        spans: list[range],
        wanted: list[list[int]],
        table: _Table,
        entry: Entry,
        body: Expr | None,
    ) -> Iterator[Expr]:
        unique = all(len({key_of(entry.values[i]) for i in w}) == len(w) for w in wanted)
        for selection in explained(elements, spans, wanted):
            yield _pipe(table, selection, body)
        firsts = [_first_occurrences(entry, span) for span in spans]
        if unique and firsts == wanted and firsts != [list(span) for span in spans]:
            price = 0.5 if elements.words.topic("strong_dedupe") else 0.8 if elements.words.topic("dedupe") else 2.0
            inner = _pipe(table, Selection((), 0.0), body)
            yield Expr("unique", (inner,), (), "list", inner.cost + price)

    def _grouped(self, frame: Frame, table: _Table, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Each target element comes from one group of elements."""
        found: list[Expr] = []
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or not any(len(t) for t in targets) or sum(map(len, targets)) > len(flat):
            return found
        elements = Frame(flat, table.roots, table.inner, frame.words, frame.budget)
        for keys, cost in _group_keys(elements)[:16]:
            found += self._by_key(frame, table, keys, cost, (), targets)
            if found and min(expr.cost for expr in found) < 5:
                break
        if not found:
            found += self._filtered_groups(frame, table, elements, targets)
        return found

    def _filtered_groups(
        self, frame: Frame, table: _Table, elements: Frame, targets: tuple[list[Any], ...]
    ) -> list[Expr]:
        from agents.synthesis.search.predicates import predicates

        for test in [t for t in predicates(elements) if t.expr.cost < 2.0 and not all(v is True for v in t.values)][:8]:
            stage = Stage("filter", (test.expr,), (), test.expr.cost)
            for keys, cost in _group_keys(elements)[:6]:
                found = self._by_key(frame, table, keys, cost + test.expr.cost + 0.4, (stage,), targets)
                if found:
                    return found
        return []

    def _by_key(
        self,
        frame: Frame,
        table: _Table,
        keys: tuple[Entry, ...],
        cost: float,
        before: tuple[Stage, ...],
        targets: tuple[list[Any], ...],
    ) -> list[Expr]:
        exploded = any(stage.kind == "explode" for stage in table.stages)
        stage = Stage("group", tuple(key.expr for key in keys), (True,) if exploded else (), cost)
        level = LEVELS[table.depth]
        stages = (*table.stages, *before, stage)
        scopes = [_run(table.source, scope, table.depth, stages) for scope in frame.scopes]
        if any(len(group) < len(target) for group, target in zip(scopes, targets, strict=True)):
            return []
        roots = (
            (var(level.group, "list", 0.1), var(level.key, "any", 0.3))
            if len(keys) == 1
            else (var(level.group, "list", 0.1),)
        )
        groups = _Table(table.source, stages, table.cost + cost + 0.6, scopes, table.depth, table.inner, roots)
        return list(self._group_bodies(frame, groups, targets))

    def _group_bodies(self, frame: Frame, groups: _Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        flat = [scope for scopes in groups.scopes for scope in scopes]
        everything = Frame(flat, groups.roots, groups.inner, frame.words, frame.budget)
        spans = _spans(groups.scopes)
        for wanted in _alignments(everything, spans, targets)[:2]:
            chosen = _chosen(frame, groups, everything, wanted)
            goal = tuple(element for target in targets for element in target)
            for body in self.solve(chosen, goal, "")[:4] if goal else []:
                inner = _pipe(groups, Selection((), 0.0), body)
                if [list(span) for span in spans] == wanted:
                    yield inner
                else:
                    yield from self._outer(frame, inner, body, everything, groups, wanted)

    def _explosions(self, frame: Frame, table: _Table) -> Iterator[_Table]:
        """Tables with one scope an entry of a list in each row."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat:
            return
        rows = Frame(flat, table.roots, table.inner, frame.words, frame.budget)
        entries = [
            e
            for e in bank_of(rows, 1).of("list")
            if all(v is not BOTTOM for v in e.values) and any(e.values) and e.expr.op != "var"
        ]
        for entry in entries[:10]:
            inner = LEVELS[table.depth + 1]
            stages = (*table.stages, Stage("explode", (entry.expr,), (), entry.expr.cost))
            scopes = [_run(table.source, scope, table.depth, stages) for scope in frame.scopes]
            roots = (var(inner.element, "any", 0.1), *table.roots, var(inner.index, "num", 1.2))
            yield _Table(
                table.source, stages, table.cost + entry.expr.cost + 0.7, scopes, table.depth, table.inner + 1, roots
            )

    def _chunked(self, frame: Frame, table: _Table, targets: tuple[list[Any], ...]) -> list[Expr]:
        words = frame.words
        found: list[Expr] = []
        sizes = [n for n in words.numbers if isinstance(n, int) and n > 0] or (
            [2] if words.has("pairs", "pair") else []
        )
        level = LEVELS[table.depth]
        for size in sizes if words.topic("batch") else []:
            stage = Stage("chunk", (), (size,), 0.5)
            scopes = [_run(table.source, scope, table.depth, (*table.stages, stage)) for scope in frame.scopes]
            if [len(rows) for rows in scopes] != [len(target) for target in targets]:
                continue
            roots = (var(level.group, "list", 0.1), var(level.index, "num", 0.8))
            flat = [scope for rows in scopes for scope in rows]
            goal = tuple(element for target in targets for element in target)
            groups = _Table(
                table.source, (*table.stages, stage), table.cost + 1.0, scopes, table.depth, table.inner, roots
            )
            for body in self.solve(Frame(flat, roots, table.inner, words, frame.budget), goal, ""):
                found.append(_pipe(groups, Selection((), 0.0), body))
        return found


def _table(frame: Frame, entry: Entry) -> _Table:
    depth = frame.depth
    level = LEVELS[depth]
    scopes = [scopes_of(elements, scope, depth, ()) for elements, scope in zip(entry.values, frame.scopes, strict=True)]
    outer = tuple(root for root in frame.roots if root.params[0] not in {"items", "table"})
    roots = (
        var(level.element, "any", 0.1),
        *(root.raised(0.4) for root in outer),
        var(level.index, "num", 0.6 if frame.words.topic("index") else 1.8),
        var(level.elements, "list", 1.0),
    )
    return _Table(entry.expr, (), entry.expr.cost, scopes, depth, depth + 1, roots)


def _run(source: Expr, scope: Any, depth: int, stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
    try:
        return scopes_of(evaluate(source, scope), scope, depth, stages)
    except FAILURES:
        return []


def _spans(scopes: Rows) -> list[range]:
    spans, start = [], 0
    for rows in scopes:
        spans.append(range(start, start + len(rows)))
        start += len(rows)
    return spans


def _chosen(frame: Frame, table: _Table, elements: Frame, wanted: list[list[int]]) -> Frame:
    """The frame of the chosen elements; index and elements are those after the selection."""
    level = LEVELS[table.depth]
    scopes = []
    for want in wanted:
        rows = [elements.scopes[index] for index in want]
        listed = [row.get(level.element) for row in rows]
        scopes += [{**row, level.index: place, level.elements: listed} for place, row in enumerate(rows)]
    return Frame(scopes, table.roots, table.inner, frame.words, frame.budget)


def _pipe(table: _Table, selection: Selection, body: Expr | None) -> Expr:
    cost = table.cost + selection.cost + (body.cost if body is not None else 0.0) + 0.2
    if (
        body is not None
        and body.op == "object"
        and body.params == ((), 1, ())
        and body.args[0].op == "var"
        and body.args[0].params == table.roots[0].params
    ):
        body = None
    return pipe(table.source, table.depth, (*table.stages, *selection.stages), body, cost)


def _group_keys(elements: Frame) -> list[tuple[tuple[Entry, ...], float]]:
    """Entries by which rows may be grouped: they repeat, and the words name them."""
    bank = bank_of(elements, 1)
    found: list[tuple[tuple[Entry, ...], float]] = []
    plain = []
    for entry in bank.of("text", "num", "bool", "any"):
        values = [key_of(value) for value in entry.values if value is not BOTTOM and not isinstance(value, dict | list)]
        if len(values) != len(entry.values) or entry.expr.op in {
            "const",
            "text",
            "length",
            "word_count",
            "capital",
            "reversed_text",
        }:
            continue
        if entry.expr.op == "var" and entry.expr.params[0] != elements.roots[0].params[0]:
            continue
        simple = entry.expr.op in {"field", "var"}
        if simple:
            plain.append(entry)
        found.append(((entry,), entry.expr.cost + (0.0 if simple else 0.4) + 0.5 * (len(set(values)) == len(values))))
    for place, left in enumerate(plain[:6]):
        for right in plain[place + 1 : 6]:
            found.append(((left, right), left.expr.cost + right.expr.cost + 0.8))
    return sorted(found, key=lambda pair: pair[1])[:40]


def _alignments(elements: Frame, spans: list[range], targets: tuple[list[Any], ...]) -> list[list[list[int]]]:
    """Guess which element each target comes from, by the values they share; in order when as many are wanted."""
    found: list[list[list[int]]] = []
    if all(len(span) == len(target) for span, target in zip(spans, targets, strict=True)):
        found.append([list(span) for span in spans])
    atoms = [_atoms(elements, index) for index in range(len(elements.scopes))]
    for late in (False, True):
        guess = []
        for span, target in zip(spans, targets, strict=True):
            picked = _assigned(span, target, atoms, late=late)
            if picked is None:
                break
            guess.append(picked)
        if len(guess) == len(spans) and guess not in found:
            found.append(guess)
    if len(found) > 1 and _sharing(found[0], targets, atoms) < _sharing(found[1], targets, atoms):
        found = [*found[1:], found[0]]
    return found


def _sharing(wanted: list[list[int]], targets: tuple[list[Any], ...], atoms: list[set[Any]]) -> int:
    return sum(
        len(_own_atoms(t) & atoms[i])
        for want, target in zip(wanted, targets, strict=True)
        for i, t in zip(want, target, strict=True)
    )


def _own_atoms(value: Any) -> set[Any]:
    own: set[Any] = {key_of(leaf) for leaf in leaves(value) if leaf is not None}
    if isinstance(value, dict):
        own |= {(name, key_of(inner)) for name, inner in value.items()}
    return own


def _atoms(elements: Frame, index: int) -> set[Any]:
    scope = elements.scopes[index]
    own: set[Any] = set()
    for root in elements.roots:
        if root.params[0] not in {"table", "index", "items", "entries", "position", "parts", "place"}:
            own |= _own_atoms(scope.get(root.params[0]))
    return own


def _assigned(span: range, target: list[Any], atoms: list[set[Any]], *, late: bool) -> list[int] | None:
    """Give each target the free element that shares most with it; among equals the first (or the last)."""
    own = [_own_atoms(element) for element in target]
    scores = [[len(own[j] & atoms[i]) for i in span] for j in range(len(target))]
    order = sorted(range(len(target)), key=lambda j: (-max(scores[j], default=0), j))
    free, picked = set(span), [-1] * len(target)
    for j in order:
        ranked = sorted(free, key=lambda i: (-scores[j][i - span.start], -i if late else i))
        if not ranked or scores[j][ranked[0] - span.start] == 0:
            return None
        picked[j] = ranked[0]
        free.discard(ranked[0])
    return picked


def _scalar_alignment(entry: Entry, spans: list[range], targets: tuple[list[Any], ...]) -> list[list[int]] | None:
    """Find the targets among the values of one body: each at its first free place."""
    wanted = []
    for span, target in zip(spans, targets, strict=True):
        free, picked = list(span), []
        for element in target:
            place = next((i for i in free if entry.values[i] is not BOTTOM and same(entry.values[i], element)), None)
            if place is None:
                return None
            picked.append(place)
            free.remove(place)
        wanted.append(picked)
    return wanted


def _first_occurrences(entry: Entry, span: range) -> list[int]:
    seen: dict[Any, int] = {}
    for index in span:
        seen.setdefault(key_of(entry.values[index]) if entry.values[index] is not BOTTOM else BOTTOM, index)
    return list(seen.values())
