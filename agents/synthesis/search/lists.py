"""Lists as targets: which list they come from, which of its elements, in what order, grouped or not, mapped to what."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from agents.synthesis.language import FAILURES, LEVELS, Expr, Stage, evaluate, pipe, var
from agents.synthesis.search.alignment import alignments, first_occurrences, scalar_alignment
from agents.synthesis.search.bank import REPEATS, bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Exhausted, Frame
from agents.synthesis.search.growth import MOVING
from agents.synthesis.search.selection import SORTED, Selection, explained
from agents.synthesis.search.tables import Table, run_stages, spans_of, table_of
from agents.synthesis.values import key_of, leaves, same

__all__ = ["ListSearch"]

_SOURCES = 12
_FINE = 9.0
_STRAINED = 3.4
"""Above this cost of a selection, choosing among the mapped rows is tried too."""
_LISTS = frozenset(
    [
        "field",
        "var",
        "pipe",
        "split",
        "split_trim",
        "split_filled",
        "entries",
        "keys",
        "values",
        "flat",
        "words",
        "csv_table",
        "parse_json",
        "query_pairs",
        "look_up",
        "concat",
        "tags",
        "numbers_list",
        "range",
        "chunks",
        "unique",
        "table",
    ]
)


class ListSearch:
    """Finds pipelines; `solve` finds the expressions of their bodies."""

    def __init__(self, search: Any) -> None:
        self.search = search
        self.solve = search.solve

    def lists(self, frame: Frame, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Return list expressions with these values, cheapest first; what was found before the work ran out counts."""
        found: list[Expr] = []
        if frame.depth + 2 >= len(LEVELS):
            return found
        try:
            for entry in self._sources(frame, targets):
                for expr in self._from(frame, entry, targets):
                    found.append(expr)  # noqa: PERF402 - what came before the work ran out is kept
                if found and min(expr.cost for expr in found) < 2.0 + entry.expr.cost:
                    break
        except Exhausted:
            if not found:
                raise
        return sorted(found, key=lambda expr: expr.cost)[:8]

    def _sources(self, frame: Frame, targets: tuple[list[Any], ...]) -> list[Entry]:
        """Lists that share something with the targets, or have as many elements."""
        wanted = {key_of(leaf) for target in targets for leaf in leaves(target) if leaf is not None}
        sizes = [len(target) for target in targets]
        entries = [e for e in bank_of(frame, 1).of("list") if e.expr.op in _LISTS and _is_sound(e)]
        related = [e for e in entries if _related(e, wanted) or [len(value or []) for value in e.values] == sizes]
        if not related and not frame.depth and frame.words.has(*REPEATS):
            related = [e for e in entries if e.expr.op == "var"]
        return related[: _SOURCES if self.search.effort else 5]

    def _from(self, frame: Frame, entry: Entry, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """Try one source: mapped, grouped, exploded, chunked, until something convinces."""
        table = table_of(frame, entry)
        best = 99.0
        for way in self._ways(frame, table, targets):
            for expr in way:
                best = min(best, expr.cost)
                yield expr
            if best < _FINE:
                return

    def _ways(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Iterable[Expr]]:
        total, rows = sum(map(len, targets)), sum(map(len, table.scopes))
        grouping = frame.words.topic("group") or self.search.effort
        grouped = total < rows and frame.words.topic("group") and (not frame.depth or self.search.effort)
        yield chain(self._grouped(frame, table, targets) if grouped else (), self._mapped(frame, table, targets))
        if frame.depth and not self.search.effort:
            return
        for exploded in self._explosions(frame, table, targets):
            yield self._mapped(frame, exploded, targets)
            if grouping:
                yield self._grouped(frame, exploded, targets)
        if total <= rows and (self.search.effort or not frame.words.topic("group")):
            yield self._grouped(frame, table, targets)
        yield self._chunked(frame, table, targets)

    def _mapped(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """Each target element comes from one element of the table."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or sum(map(len, targets)) > len(flat):
            return
        elements = _elements_frame(frame, table, flat)
        spans = spans_of(table.scopes)
        scalar = not any(isinstance(t, dict | list) for target in targets for t in target)
        if scalar:
            yield from self._mapped_scalars(frame, table, elements, spans, targets)
            return
        for wanted in alignments(elements, spans, targets):
            found = list(self._aligned(frame, table, elements, spans, wanted, targets))
            yield from found
            if found and min(expr.cost for expr in found) < _FINE:
                break

    def _aligned(
        self,
        frame: Frame,
        table: Table,
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
        if not selections or selections[0].cost > _STRAINED:
            yield from self._selected_after(frame, table, elements, wanted, targets, chosen)

    def _bodies(self, chosen: Frame, targets: tuple[list[Any], ...], table: Table) -> list[Expr | None]:
        goal = tuple(element for target in targets for element in target)
        root = table.roots[0].params[0]
        if not goal:
            return []
        if all(same(scope[root], element) for scope, element in zip(chosen.scopes, goal, strict=True)):
            return [None if table.roots[0].params[0] == LEVELS[table.depth].element else table.roots[0]]
        return list(self.solve(chosen, goal, ""))

    def _selected_after(
        self,
        frame: Frame,
        table: Table,
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
        self, frame: Frame, inner: Expr, body: Expr, elements: Frame, table: Table, wanted: list[list[int]]
    ) -> Iterator[Expr]:
        try:
            values = [evaluate(body, {**scope}) for scope in elements.scopes]
        except FAILURES:
            return
        root = var(LEVELS[table.depth].element)
        rows = [{**frame.scopes[0], root.params[0]: value} for value in values]
        mapped = Frame(rows, (root,), table.inner, frame.words, frame.budget)
        for selection in explained(mapped, spans_of(table.scopes), wanted):
            yield pipe(inner, table.depth, selection.stages, None, inner.cost + selection.cost)

    def _mapped_scalars(
        self, frame: Frame, table: Table, elements: Frame, spans: list[range], targets: tuple[list[Any], ...]
    ) -> Iterator[Expr]:
        """Lists of scalars: try each cheap body on all elements, then explain which of its values are kept."""
        bank = bank_of(elements, 1)
        entries = [e for e in bank.of("text", "num", "bool", "any", "date") if e.expr.op != "const"]
        for entry in entries[:120]:
            wanted = scalar_alignment(entry, spans, targets)
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
        table: Table,
        entry: Entry,
        body: Expr | None,
    ) -> Iterator[Expr]:
        unique = all(len({key_of(entry.values[i]) for i in w}) == len(w) for w in wanted)
        for selection in explained(elements, spans, wanted):
            yield _pipe(table, selection, body)
        firsts = [first_occurrences(entry, span) for span in spans]
        if unique and firsts == wanted and firsts != [list(span) for span in spans]:
            price = 0.5 if elements.words.topic("strong_dedupe") else 0.8 if elements.words.topic("dedupe") else 2.0
            inner = _pipe(table, Selection((), 0.0), body)
            yield Expr("unique", (inner,), (), "list", inner.cost + price)

    def _grouped(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Each target element comes from one group of elements."""
        found: list[Expr] = []
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or not any(len(t) for t in targets) or sum(map(len, targets)) > len(flat):
            return found
        elements = _elements_frame(frame, table, flat)
        shown = {key_of(leaf) for target in targets for leaf in leaves(target) if leaf is not None}
        for keys, cost in self._likely(_group_keys(elements), shown):
            found += self._by_key(frame, table, keys, cost, (), targets)
            if found and min(expr.cost for expr in found) < 5:
                break
        if not found:
            found += self._filtered_groups(frame, table, elements, targets)
        return found

    def _likely(
        self, keys: list[tuple[tuple[Entry, ...], float]], shown: set[Any]
    ) -> list[tuple[tuple[Entry, ...], float]]:
        """Keys that all stand in the targets first; others only when everything is tried."""
        kept = [one for one in keys if all(key_of(value) in shown for key in one[0] for value in key.values)]
        some = [
            one
            for one in keys
            if one not in kept and any(key_of(v) in shown for key in one[0] for v in key.values if v is not BOTTOM)
        ]
        return [
            *kept[:10],
            *some[:6],
            *(one for one in keys[:6] if self.search.effort and one not in kept and one not in some),
        ]

    def _filtered_groups(
        self, frame: Frame, table: Table, elements: Frame, targets: tuple[list[Any], ...]
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
        table: Table,
        keys: tuple[Entry, ...],
        cost: float,
        before: tuple[Stage, ...],
        targets: tuple[list[Any], ...],
    ) -> list[Expr]:
        exploded = any(stage.kind == "explode" for stage in table.stages)
        stage = Stage("group", tuple(key.expr for key in keys), (True,) if exploded else (), cost)
        level = LEVELS[table.depth]
        stages = (*table.stages, *before, stage)
        scopes = [run_stages(table.source, scope, table.depth, stages) for scope in frame.scopes]
        if any(len(group) < len(target) for group, target in zip(scopes, targets, strict=True)):
            return []
        roots = (
            (var(level.group, "list", 0.1), var(level.key, "any", 0.3))
            if len(keys) == 1
            else (var(level.group, "list", 0.1),)
        )
        groups = Table(table.source, stages, table.cost + cost + 0.6, scopes, table.depth, table.inner, roots)
        return list(self._group_bodies(frame, groups, targets))

    def _group_bodies(self, frame: Frame, groups: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        flat = [scope for scopes in groups.scopes for scope in scopes]
        everything = Frame(flat, groups.roots, groups.inner, frame.words, frame.budget)
        spans = spans_of(groups.scopes)
        for wanted in alignments(everything, spans, targets)[:2]:
            chosen = _chosen(frame, groups, everything, wanted)
            goal = tuple(element for target in targets for element in target)
            kept = _keeps_key(groups, chosen, goal)
            for body in self.solve(chosen, goal, "")[:4] if goal else []:
                inner = _pipe(groups, Selection((), 0.0), body)
                inner = inner.raised(0.0 if kept else 1.2)
                untouched = [list(span) for span in spans] == wanted
                asked = frame.words.has(*SORTED) and frame.words.topic("sorting") and len(goal) > 1
                if untouched:
                    yield inner.raised(1.6 if asked else 0.0)
                if asked or not untouched:
                    yield from self._outer(frame, inner, body, everything, groups, wanted)

    def _explosions(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Table]:
        """Tables with one scope an entry of a list in each row."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat:
            return
        rows = _elements_frame(frame, table, flat)
        wanted = {key_of(leaf) for target in targets for leaf in leaves(target) if leaf is not None}
        lists = [
            e for e in bank_of(rows, 1).of("list") if e.expr.op in _LISTS - {"var", "keys", "values"} and _is_sound(e)
        ]
        total = sum(map(len, targets))
        fitting = [e for e in lists if e.expr.op != "range" or sum(len(value) for value in e.values if value) == total]
        entries = sorted((e for e in fitting if _related(e, wanted)), key=lambda e: e.expr.cost)
        for entry in entries[: 10 if self.search.effort else 5]:
            inner = LEVELS[table.depth + 1]
            stages = (*table.stages, Stage("explode", (entry.expr,), (), entry.expr.cost))
            scopes = [run_stages(table.source, scope, table.depth, stages) for scope in frame.scopes]
            rows_only = (root for root in table.roots if root.params[0] not in MOVING)
            counted = 0.4 if frame.words.topic("index") else 1.2
            roots = (var(inner.element, "any", 0.1), *rows_only, var(inner.index, "num", counted))
            yield Table(
                table.source, stages, table.cost + entry.expr.cost + 0.7, scopes, table.depth, table.inner + 1, roots
            )

    def _chunked(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> list[Expr]:
        words = frame.words
        found: list[Expr] = []
        sizes = [n for n in words.numbers if isinstance(n, int) and n > 0] or (
            [2] if words.has("pairs", "pair") else []
        )
        level = LEVELS[table.depth]
        for size in sizes if words.topic("batch") else []:
            stage = Stage("chunk", (), (size,), 0.5)
            scopes = [run_stages(table.source, scope, table.depth, (*table.stages, stage)) for scope in frame.scopes]
            if [len(rows) for rows in scopes] != [len(target) for target in targets]:
                continue
            roots = (var(level.group, "list", 0.1), var(level.index, "num", 0.8))
            flat = [scope for rows in scopes for scope in rows]
            goal = tuple(element for target in targets for element in target)
            groups = Table(
                table.source, (*table.stages, stage), table.cost + 1.0, scopes, table.depth, table.inner, roots
            )
            for body in self.solve(Frame(flat, roots, table.inner, words, frame.budget), goal, ""):
                found.append(_pipe(groups, Selection((), 0.0), body))
        return found


def _elements_frame(frame: Frame, table: Table, flat: list[dict[str, Any]]) -> Frame:
    """The frame of all elements of a table, made once."""
    key = ("elements", table.source, table.stages)
    if key not in frame.cache:
        frame.cache[key] = Frame(flat, table.roots, table.inner, frame.words, frame.budget)
    elements: Frame = frame.cache[key]
    return elements


def _is_sound(entry: Entry) -> bool:
    return all(value is not BOTTOM for value in entry.values) and any(entry.values)


def _related(entry: Entry, wanted: set[Any]) -> bool:
    held = {key_of(leaf) for value in entry.values for leaf in leaves(value) if leaf is not None}
    if held & wanted or entry.expr.op == "range":
        return True
    texts = [leaf for leaf in wanted if isinstance(leaf, str) and leaf]
    return any(isinstance(leaf, str) and any(text in leaf or leaf in text for text in texts) for leaf in held if leaf)


def _keeps_key(groups: Table, chosen: Frame, goal: tuple[Any, ...]) -> bool:
    """Whether every group's key stands in its target."""
    key = LEVELS[groups.depth].key
    return all(
        key_of(scope[key]) in {key_of(leaf) for leaf in leaves(target)}
        for scope, target in zip(chosen.scopes, goal, strict=True)
    )


def _chosen(frame: Frame, table: Table, elements: Frame, wanted: list[list[int]]) -> Frame:
    """The frame of the chosen elements; index and elements are those after the selection."""
    if wanted == [list(span) for span in spans_of(table.scopes)]:
        return elements
    key = ("chosen", tuple(map(tuple, wanted)))
    if key not in elements.cache:
        level = LEVELS[table.depth]
        scopes = []
        for want in wanted:
            rows = [elements.scopes[index] for index in want]
            listed = [row.get(level.element) for row in rows]
            scopes += [{**row, level.index: place, level.elements: listed} for place, row in enumerate(rows)]
        part = (elements, tuple(index for want in wanted for index in want), True)
        elements.cache[key] = Frame(scopes, table.roots, table.inner, frame.words, frame.budget, part_of=part)
    chosen: Frame = elements.cache[key]
    return chosen


def _pipe(table: Table, selection: Selection, body: Expr | None) -> Expr:
    cost = table.cost + selection.cost + (body.cost if body is not None else 0.0) + 0.2
    if (
        body is not None
        and body.op == "object"
        and body.params == ((), 1, ())
        and body.args[0].op == "var"
        and body.args[0].params[0] == LEVELS[table.depth].element
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
    return sorted(found, key=lambda pair: pair[1])
