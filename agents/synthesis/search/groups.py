"""Lists as targets whose elements come from groups of elements: of one key, or of one size."""

from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage, var
from agents.synthesis.search.alignment import alignments
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.elements import chosen_of, elements_of, pipe_of, selected_after
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.predicates import predicates
from agents.synthesis.search.selection import Selection
from agents.synthesis.search.tables import Table, run_stages, spans_of
from agents.synthesis.values import key_of, leaves

__all__ = ["GroupSearch"]

_GROUPED = 7.0
"""Below this cost of a program over groups, no other key is tried."""
_NONE = 99.0
_KEYS = 4
_FLAT = 0.3


class GroupSearch:
    """Finds pipelines over groups; `solve` finds the expressions of their bodies."""

    def __init__(self, search: Any) -> None:
        self.search = search
        self.solve = search.solve

    def grouped(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """Each target element comes from one group of elements."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or not any(len(t) for t in targets) or sum(map(len, targets)) > len(flat):
            return
        elements = elements_of(frame, table, flat)
        shown = {key_of(leaf) for target in targets for leaf in leaves(target) if leaf is not None}
        best = _NONE
        for keys, cost in self._likely(_group_keys(elements), shown):
            for expr in self._by_key(frame, table, keys, cost, (), targets):
                best = min(best, expr.cost)
                yield expr
            if best < _GROUPED:
                return
        if best == _NONE:
            yield from self._filtered_groups(frame, table, elements, targets)

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
    ) -> Iterator[Expr]:
        for test in [t for t in predicates(elements) if t.expr.cost < 2.0 and not all(v is True for v in t.values)][:8]:
            stage = Stage("filter", (test.expr,), (), test.expr.cost)
            for keys, cost in _group_keys(elements)[:6]:
                found = list(self._by_key(frame, table, keys, cost + test.expr.cost + 0.4, (stage,), targets))
                if found:
                    yield from found
                    return

    def _by_key(
        self,
        frame: Frame,
        table: Table,
        keys: tuple[Entry, ...],
        cost: float,
        before: tuple[Stage, ...],
        targets: tuple[list[Any], ...],
    ) -> Iterator[Expr]:
        exploded = any(stage.kind == "explode" for stage in table.stages)
        stage = Stage("group", tuple(key.expr for key in keys), (True,) if exploded else (), cost)
        level = LEVELS[table.depth]
        stages = (*table.stages, *before, stage)
        scopes = [run_stages(table.source, scope, table.depth, stages) for scope in frame.scopes]
        if any(len(group) < len(target) for group, target in zip(scopes, targets, strict=True)):
            return
        roots = (
            (var(level.group, "list", 0.1), var(level.key, "any", 0.3))
            if len(keys) == 1
            else (var(level.group, "list", 0.1),)
        )
        groups = Table(table.source, stages, table.cost + cost + 0.6, scopes, table.depth, table.inner, roots)
        yield from self._group_bodies(frame, groups, targets)

    def _group_bodies(self, frame: Frame, groups: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        flat = [scope for scopes in groups.scopes for scope in scopes]
        everything = Frame(flat, groups.roots, groups.inner, frame.words, frame.budget)
        spans = spans_of(groups.scopes)
        for wanted in alignments(everything, spans, targets)[:2]:
            chosen = chosen_of(frame, groups, everything, wanted)
            goal = tuple(element for target in targets for element in target)
            kept = _keeps_key(groups, chosen, goal)
            for body in self.solve(chosen, goal, "")[:4] if goal else []:
                inner = pipe_of(groups, Selection((), 0.0), body)
                inner = inner.raised(0.0 if kept else 1.2)
                untouched = [list(span) for span in spans] == wanted
                asked = frame.words.sorts and len(goal) > 1
                if untouched:
                    yield inner.raised(1.6 if asked else 0.0)
                if asked or not untouched:
                    yield from selected_after(frame, inner, body, everything, groups, wanted)

    def within(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> Iterator[Expr]:
        """The elements of each group chosen and ordered on their own, one group after the other."""
        flat = [scope for scopes in table.scopes for scope in scopes]
        if not flat or not any(targets) or sum(map(len, targets)) > len(flat) or frame.depth:
            return
        elements = elements_of(frame, table, flat)
        spans = spans_of(table.scopes)
        for wanted in [one for one in alignments(elements, spans, targets)[:2] if one != list(map(list, spans))]:
            for keys, cost in [one for one in _group_keys(elements) if len(one[0]) == 1][:_KEYS]:
                key = keys[0]
                if key.expr.op != "field" or len({key_of(value) for value in key.values}) == len(key.values):
                    continue
                stage = Stage("group", (key.expr,), (), cost)
                level = LEVELS[table.depth]
                stages = (*table.stages, stage)
                scopes = [run_stages(table.source, scope, table.depth, stages) for scope in frame.scopes]
                parts = [
                    _parts(groups, level.key, [key.values[i] for i in want], target)
                    for groups, want, target in zip(scopes, wanted, targets, strict=True)
                ]
                if any(part is None for part in parts) or max(map(len, scopes)) < 2:
                    continue
                goal = tuple(one for part in parts if part for one in part)
                roots = (var(level.group, "list", 0.1), var(level.key, "any", 0.4))
                groups = Table(table.source, stages, table.cost + cost + 0.6, scopes, table.depth, table.inner, roots)
                inner = Frame(
                    [scope for rows in scopes for scope in rows], roots, table.inner, frame.words, frame.budget
                )
                for body in self.search.lists.lists(inner, goal)[:3]:
                    if body != roots[0]:
                        whole = pipe_of(groups, Selection((), 0.0), body)
                        yield Expr("flat", (whole,), (), "list", whole.cost + _FLAT)

    def chunked(self, frame: Frame, table: Table, targets: tuple[list[Any], ...]) -> list[Expr]:
        """Each target element comes from so many elements as the words say."""
        words = frame.words
        found: list[Expr] = []
        sizes = [n for n in words.numbers if isinstance(n, int) and n > 1] or (
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
                found.append(pipe_of(groups, Selection((), 0.0), body))
        return found


def _parts(groups: list[dict[str, Any]], key: str, held: list[Any], target: list[Any]) -> list[list[Any]] | None:
    """The targets of each group, when those of one stand together and in the order of the groups."""
    order = [key_of(group[key]) for group in groups]
    places = [order.index(key_of(value)) if key_of(value) in order else -1 for value in held]
    if places != sorted(places) or -1 in places:
        return None
    return [[one for one, place in zip(target, places, strict=True) if place == number] for number in range(len(order))]


def _keeps_key(groups: Table, chosen: Frame, goal: tuple[Any, ...]) -> bool:
    """Whether every group's key stands in its target."""
    key = LEVELS[groups.depth].key
    return all(
        key_of(scope[key]) in {key_of(leaf) for leaf in leaves(target)}
        for scope, target in zip(chosen.scopes, goal, strict=True)
    )


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
