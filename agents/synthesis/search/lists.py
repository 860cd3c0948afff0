"""Lists as targets: which list they come from, which of its elements, in what order, mapped to what."""

from collections.abc import Iterable, Iterator
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage, var
from agents.synthesis.search.alignment import alignments, first_occurrences, scalar_alignment, text_alignment
from agents.synthesis.search.bank import REPEATS, bank_of
from agents.synthesis.search.elements import chosen_of, elements_of, pipe_of, selected_after
from agents.synthesis.search.frame import BOTTOM, Entry, Exhausted, Frame
from agents.synthesis.search.groups import GroupSearch
from agents.synthesis.search.growth import MOVING
from agents.synthesis.search.selection import Selection, explained
from agents.synthesis.search.tables import Table, run_stages, spans_of, table_of
from agents.synthesis.values import key_of, leaves, same

__all__ = ["ListSearch"]

_SOURCES = 12
_ENOUGH = 3.5
"""Below this cost of a program no other list is tried as its source."""
_FINE = 9.0
_NONE = 99.0
_PORTION = 0.8
"""The most of the work left that one way to read a list may use up, so that the others are tried too."""
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
        "each_entry",
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
        self.groups = GroupSearch(search)

    def lists(self, frame: Frame, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Return list expressions with these values, cheapest first; what was found before the work ran out counts."""
        found: list[Expr] = []
        if frame.depth + 2 >= len(LEVELS):
            return found
        try:
            for entry in self._sources(frame, targets):
                for expr in self._from(frame, entry, targets):
                    found.append(expr)  # noqa: PERF402 - what came before the work ran out is kept
                if found and min(expr.cost for expr in found) < _ENOUGH + entry.expr.cost:
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
        for ways in self._ways(frame, table, targets):
            for way in ways:
                found: list[Expr] = []
                try:
                    with frame.budget.portion(_PORTION):
                        for expr in way:
                            found.append(expr)  # noqa: PERF402 - what came before the portion ran out is kept
                finally:
                    best = min([best, *(expr.cost for expr in found)])
                    yield from found
            if best < _FINE:
                return

    def _ways(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[tuple[Iterable[Expr], ...]]:
        """Yield the ways to read a table, likely ones first; those of one tuple are compared with one another."""
        total, rows = sum(map(len, targets)), sum(map(len, table.scopes))
        grouping = frame.words.topic("group") or self.search.effort
        grouped = total < rows and frame.words.topic("group") and (not frame.depth or self.search.effort)
        chunked = self.groups.chunked(frame, table, targets)
        within = self.groups.within(frame, table, targets) if frame.words.topic("group") else ()
        groups = self.groups.grouped(frame, table, targets) if grouped else ()
        yield chunked, groups, within, self._mapped(frame, table, targets)
        if frame.depth and not self.search.effort:
            return
        for exploded in self._explosions(frame, table, targets):
            grouped_too = self.groups.grouped(frame, exploded, targets) if grouping else ()
            yield self._mapped(frame, exploded, targets), grouped_too
        if total <= rows and (self.search.effort or not frame.words.topic("group")):
            yield (self.groups.grouped(frame, table, targets),)

    def _mapped(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """Each target element comes from one element of the table."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or sum(map(len, targets)) > len(flat):
            return
        elements = elements_of(frame, table, flat)
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
        chosen = chosen_of(frame, table, elements, wanted)
        bodies = self._bodies(chosen, targets, table) if selections else []
        for selection in selections:
            for body in bodies:
                yield pipe_of(table, selection, body)
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
            inner = pipe_of(table, Selection((), 0.0), body)
            yield from selected_after(frame, inner, body, elements, table, wanted)

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
                yield pipe_of(table, Selection((), 0.0), expr)
        aligned = text_alignment(elements, spans, targets)
        if aligned is not None and aligned != [list(span) for span in spans]:
            yield from self._aligned(frame, table, elements, spans, aligned, targets)

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
            yield pipe_of(table, selection, body)
        firsts = [first_occurrences(entry, span) for span in spans]
        if unique and firsts == wanted and firsts != [list(span) for span in spans]:
            price = 0.5 if elements.words.topic("strong_dedupe") else 0.8 if elements.words.topic("dedupe") else 2.0
            inner = pipe_of(table, Selection((), 0.0), body)
            yield Expr("unique", (inner,), (), "list", inner.cost + price)
        if (
            unique
            and body is not None
            and [sorted(f) for f in firsts] == [sorted(w) for w in wanted]
            and firsts != wanted
        ):
            inner = pipe_of(table, Selection((), 0.0), body)
            yield from _sorted_once(elements, inner, entry, wanted)

    def _explosions(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Table]:
        """Tables with one scope an entry of a list in each row."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat:
            return
        rows = elements_of(frame, table, flat)
        wanted = {key_of(leaf) for target in targets for leaf in leaves(target) if leaf is not None}
        lists = [
            e for e in bank_of(rows, 1).of("list") if e.expr.op in _LISTS - {"var", "keys", "values"} and _is_sound(e)
        ]
        total = sum(map(len, targets))
        fitting = [e for e in lists if e.expr.op != "range" or sum(len(value) for value in e.values if value) == total]
        entries = sorted((e for e in fitting if _related(e, wanted)), key=lambda e: e.expr.cost - _covered(e, wanted))
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


def _is_sound(entry: Entry) -> bool:
    return all(value is not BOTTOM for value in entry.values) and any(entry.values)


def _related(entry: Entry, wanted: set[Any]) -> bool:
    held = {key_of(leaf) for value in entry.values for leaf in leaves(value) if leaf is not None}
    if held & wanted or entry.expr.op == "range":
        return True
    texts = [leaf for leaf in wanted if isinstance(leaf, str) and leaf]
    return any(isinstance(leaf, str) and any(text in leaf or leaf in text for text in texts) for leaf in held if leaf)


def _covered(entry: Entry, wanted: set[Any]) -> float:
    """Which share of the values that the targets hold stands in a list that the row has as it is."""
    if entry.expr.op != "field":
        return 0.0
    held = {key_of(leaf) for value in entry.values for leaf in leaves(value) if leaf is not None}
    return len(held & wanted) / max(len(wanted), 1)


def _sorted_once(elements: Frame, inner: Expr, entry: Entry, wanted: list[list[int]]) -> Iterator[Expr]:
    """Each value once, in their own order."""
    words = elements.words
    for descending in (False, True):
        try:
            fits = all(
                [entry.values[i] for i in w] == sorted((entry.values[i] for i in w), reverse=descending) for w in wanted
            )
        except TypeError:
            return
        if fits:
            price = 0.5 if words.topic("strong_dedupe") else 0.9
            price += 0.3 if words.topic("order") else 1.2
            price += 0.4 * (descending != words.topic("strongly_descending"))
            once = Expr("unique", (inner,), (), "list", inner.cost + price)
            yield Expr("sorted", (once,), (descending,), "list", once.cost)
