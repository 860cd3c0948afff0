"""Which elements are kept and in what order: filters, sorts, limits and removals of duplicates that explain it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.synthesis.language import Expr, Stage, make, var
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.dates import layouts_of
from agents.synthesis.search.derived import combined_numbers
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.predicates import predicates, separating
from agents.synthesis.values import is_number, key_of, kind_of

__all__ = ["Selection", "explained"]

_KEYS = 60
_ENDS = ("first", "last", "header", "top", "heading", "title", "headline", "bottom", "footer")
_SPOKEN = 2.6
"""What a second key saves for which the words speak and the example does not."""
_ASKED_FOR = 1.3
"""The most that a sort may cost for which only the words speak."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Stages that turn all elements into the wanted ones, in the wanted order."""

    stages: tuple[Stage, ...]
    cost: float


@dataclass
class _Case:
    """The frame of all elements of all examples, which of them each example wants, and where each example starts."""

    frame: Frame
    spans: list[range]
    wanted: list[list[int]]
    """For each example, indices into the frame's scopes."""


def explained(frame: Frame, spans: list[range], wanted: list[list[int]]) -> list[Selection]:
    """Return the cheapest explanations of a selection."""
    if all(list(span) == want for span, want in zip(spans, wanted, strict=True)):
        return _untouched(_Case(frame, spans, wanted))
    case = _Case(frame, spans, wanted)
    found = [*_kept(case), *_last_resort(case)]
    unique = {selection.stages: selection for selection in sorted(found, key=lambda s: -s.cost)}
    return sorted(unique.values(), key=lambda selection: selection.cost)[:10]


def _untouched(case: _Case) -> list[Selection]:
    """All elements in their order; when the words sort, the example may just have come sorted."""
    if not case.frame.words.topic("sorting") or all(len(want) < 2 for want in case.wanted):
        return [Selection((), 0.0)]
    current = [list(span) for span in case.spans]
    sorts = [
        Selection((Stage("sort", keys, flags, price),), price)
        for keys, flags, order, price in _orders(case, current)
        if len(keys) == 1 and order == case.wanted and price < _ASKED_FOR
    ]
    return [*sorted(sorts, key=lambda selection: selection.cost)[:4], Selection((), 1.6 if sorts else 0.0)]


def _kept(case: _Case) -> Iterator[Selection]:
    frame = case.frame
    keep = {index for want in case.wanted for index in want}
    everything = keep == set(range(len(frame.scopes)))
    if everything:
        yield from _ordered(case, [list(span) for span in case.spans], (), 0.0)
        return
    bits = tuple(index in keep for index in range(len(frame.scopes)))
    for test in separating(frame, bits)[:12]:
        stage = Stage("filter", (test.expr,), (), test.expr.cost)
        rest = [[index for index in span if bits[index]] for span in case.spans]
        yield from _ordered(case, rest, (stage,), test.expr.cost + 0.4)
    yield from _reduced(case, [list(span) for span in case.spans], (), 0.0)
    if frame.words.topic("order") or frame.words.topic("limit") or frame.words.topic("dedupe"):
        for test in predicates(frame)[:50]:
            if (
                test.expr.cost > 2.2
                or not all(test.values[index] is True for index in keep)
                or all(v is True for v in test.values)
            ):
                continue
            rest = [[index for index in span if test.values[index] is True] for span in case.spans]
            stage = Stage("filter", (test.expr,), (), test.expr.cost)
            yield from _reduced(case, rest, (stage,), test.expr.cost + 0.4)


def _reduced(case: _Case, current: list[list[int]], before: tuple[Stage, ...], cost: float) -> Iterator[Selection]:
    """Drop duplicates, or all but some at one end (of some order)."""
    yield from _deduped(case, current, before, cost)
    yield from _limited(case, current, before, cost)
    for keys, flags, order, price in _orders(case, current):
        stage = Stage("sort", keys, flags, price)
        yield from _limited(case, order, (*before, stage), cost + price)
        if case.frame.words.topic("dedupe"):
            yield from _deduped(case, order, (*before, stage), cost + price)


def _limited(case: _Case, current: list[list[int]], before: tuple[Stage, ...], cost: float) -> Iterator[Selection]:
    words = case.frame.words
    counts = {len(want) for want in case.wanted}
    largest = max(counts)
    sorted_before = any(stage.kind == "sort" for stage in before)
    for kind in ("limit", "skip"):
        sizes = {largest} if kind == "limit" else {len(c) - len(w) for c, w in zip(current, case.wanted, strict=True)}
        for size in sizes:
            for end in ("first", "last"):
                cut = [_cut(indices, kind, size, end) for indices in current]
                if size > 0 and cut == case.wanted and cut != current:
                    price = _limit_cost(case, kind, size, end, sorted_before=sorted_before)
                    yield Selection((*before, Stage(kind, (), (size, end), price)), cost + price)
    del words


def _cut(indices: list[int], kind: str, size: int, end: str) -> list[int]:
    if kind == "limit":
        return indices[:size] if end == "first" else indices[-size:]
    return indices[size:] if end == "first" else indices[:-size]


def _limit_cost(case: _Case, kind: str, size: int, end: str, *, sorted_before: bool) -> float:
    words = case.frame.words
    named = size in words.counts or (size == 1 and words.topic("limit"))
    if kind == "skip":
        named = size in words.counts or (size == 1 and words.topic("skip") and words.has(*_ENDS))
    price = 0.7 if named else 3.0
    if end == "last":
        price += 0.6 if sorted_before else -0.3 if words.topic("last") else 1.2
    elif words.topic("last") and not sorted_before and not words.has("first"):
        price += 0.8
    if kind == "skip":
        price += 0.8 * sorted_before
        price += 0.4 if words.topic("skip") else 1.6
        if size == 1 and words.has("first", "header", "last"):
            price -= 0.8
    elif not words.topic("limit") and not sorted_before:
        price += 0.8
    if words.topic("strongly_descending") and not sorted_before and kind == "limit":
        price += 1.2
    return price


def _deduped(case: _Case, current: list[list[int]], before: tuple[Stage, ...], cost: float) -> Iterator[Selection]:
    words = case.frame.words
    sorted_before = any(stage.kind == "sort" for stage in before)
    general = 0.4 if words.topic("strong_dedupe") or words.topic("in_a_row") else 0.9 if words.topic("dedupe") else 2.6
    late = _late_cost(case.frame)
    for keys, price, values in _dedupe_keys(case):
        if sorted_before and price > 2.0:
            continue
        for keep in ("first", "last", "last_in_place", "adjacent"):
            picked = [_picked(indices, values, keep) for indices in current]
            extra = 0.0 if keep == "first" else late
            if keep == "adjacent":
                extra = 0.0 if words.topic("in_a_row") else 1.6
            extra += (0.5 if keep == "last_in_place" else 0.0) + (0.6 if sorted_before and keep != "first" else 0.0)
            if sorted_before:
                extra += 0.8 * (keep == "first" and words.has("keep the first", "first one")) + 1.4 * (not words.sorts)
            stage = Stage("dedupe", tuple(key.expr for key in keys), (keep,), price)
            if picked == case.wanted:
                yield Selection((*before, stage), cost + price + general + extra)
            elif not sorted_before and {i for p in picked for i in p} == {i for w in case.wanted for i in w}:
                unasked = 1.4 * (not words.sorts)
                yield from _ordered(case, picked, (*before, stage), cost + price + general + extra + unasked)


def _late_cost(frame: Frame) -> float:
    """Keeping the last is what "latest" asks for, where no dates say what is late; an amount's superlative never does."""
    words = frame.words
    if words.topic("high_end") or words.topic("low_end") or words.topic("by_amount"):
        return 2.7
    dated = words.topic("by_date") and any(layouts_of(entry.values) for entry in bank_of(frame, 1).of("text"))
    return 0.3 if words.topic("keep_last") and not dated else 1.2


def _key_values(keys: tuple[Entry, ...], count: int) -> list[tuple[Any, ...]]:
    return [tuple(None if key.values[i] is BOTTOM else key_of(key.values[i]) for key in keys) for i in range(count)]


def _picked(indices: list[int], values: list[tuple[Any, ...]], keep: str) -> list[int]:
    if keep == "adjacent":
        return [
            index for place, index in enumerate(indices) if not place or values[index] != values[indices[place - 1]]
        ]
    if keep == "first":
        first: dict[Any, int] = {}
        for index in indices:
            first.setdefault(values[index], index)
        return list(first.values())
    last = {values[index]: index for index in indices}
    return list(last.values()) if keep == "last_in_place" else sorted(last.values(), key=indices.index)


def _dedupe_keys(case: _Case) -> list[tuple[tuple[Entry, ...], float, list[tuple[Any, ...]]]]:
    """Keys with their cost and their values; one that never repeats removes nothing."""
    known: list[tuple[tuple[Entry, ...], float, list[tuple[Any, ...]]]] | None = case.frame.cache.get("dedupe_keys")
    if known is None:
        priced = [(keys, price, _key_values(keys, len(case.frame.scopes))) for keys, price in _possible_keys(case)]
        known = case.frame.cache["dedupe_keys"] = [one for one in priced if len(set(one[2])) < len(one[2])]
    return known


def _possible_keys(case: _Case) -> list[tuple[tuple[Entry, ...], float]]:
    """Single keys, pairs of fields, and the whole element."""
    found: list[tuple[tuple[Entry, ...], float]] = []
    bank = bank_of(case.frame, 1)
    plain = [
        e for e in bank.of("text", "num", "bool") if e.expr.op in {"field", "var"} and "index" not in str(e.expr.params)
    ]
    changed = [
        e
        for e in bank.of("text")
        if e.expr.op in {"lower", "trim", "digits", "last_piece", "before", "write_date", "squeeze", "first_chars"}
        or (e.expr.op == "lower")
    ][:40]
    folded = case.frame.words.topic("ignore_case")
    for entry in plain:
        found.append(
            (
                (entry,),
                entry.expr.cost
                + 0.8
                * (
                    folded
                    and entry.expr.type == "text"
                    and any(isinstance(v, str) and v != v.lower() for v in entry.values)
                ),
            )
        )
    for entry in changed:
        called = entry.expr.op in {"lower", "trim", "squeeze"} and case.frame.words.operator_cost(entry.expr.op) < 0
        price = -0.3 if entry.expr.op == "lower" and folded else 0.0 if called else 0.8
        found.append(((entry,), entry.expr.cost + price))
    for place, left in enumerate(plain[:8]):
        for right in plain[place + 1 : 8]:
            found.append(((left, right), left.expr.cost + right.expr.cost + 0.5))
    whole = _whole(case)
    if whole:
        found.append(((whole,), 0.5 if case.frame.words.topic("whole") else 0.9))
    return found


def _whole(case: _Case) -> Entry | None:
    root = case.frame.roots[0]
    values = [scope[root.params[0]] for scope in case.frame.scopes]
    if not all(isinstance(value, dict) for value in values):
        return None
    return Entry(make("identity", var(root.params[0], "obj")), tuple(str(key_of(value)) for value in values))


def _ordered(case: _Case, current: list[list[int]], before: tuple[Stage, ...], cost: float) -> Iterator[Selection]:
    """Explain the order of exactly the wanted elements."""
    if current == case.wanted:
        yield Selection(before, cost)
        return
    if [sorted(c) for c in current] != [sorted(w) for w in case.wanted]:
        return
    if [c[::-1] for c in current] == case.wanted:
        price = (
            0.8
            if case.frame.words.has("reverse", "reversed", "backwards", "order", "flip", "last first", "bottom")
            else 2.4
        )
        yield Selection((*before, Stage("reverse", (), (), price)), cost + price)
    for keys, flags, order, price in _orders(case, current):
        if order == case.wanted:
            yield Selection((*before, Stage("sort", keys, flags, price)), cost + price)


def _orders(
    case: _Case, current: list[list[int]]
) -> Iterator[tuple[tuple[Expr, ...], tuple[bool, ...], list[list[int]], float]]:
    """Yield sorts with the order that they give: one key, or two when the first leaves ties."""
    keys = _sort_keys(case.frame)
    for place, key in enumerate(keys):
        if all(len({key.values[index] for index in indices}) < 2 for indices in current) and len(current) > 1:
            continue
        for descending in (False, True):
            price = key.expr.cost + _direction_cost(case.frame, key, descending=descending)
            try:
                order = [_sort(indices, key, descending=descending) for indices in current]
            except TypeError:
                break
            yield (key.expr,), (descending,), order, price
            tied = _has_ties(key, current)
            if price < 2.2 and (tied or case.frame.words.topic("ties")):
                for second in [*keys[:place], *keys[place + 1 :]][:16]:
                    for down in (False, True):
                        try:
                            both = [
                                _sort(_sort(indices, second, descending=down), key, descending=descending)
                                for indices in current
                            ]
                        except TypeError:
                            break
                        if both != order or (not tied and _settles_ties(case.frame, second, down=down)):
                            yield (
                                (key.expr, second.expr),
                                (descending, down),
                                both,
                                price + _second_cost(case.frame, second, down=down) - _SPOKEN * (not tied),
                            )


def _settles_ties(frame: Frame, second: Entry, *, down: bool) -> bool:
    """Whether the words say by which field equal ones are ordered, though the example holds none."""
    if second.expr.op != "field" or down:
        return False
    name = str(second.expr.params[0])
    if frame.words.follows(name, "then", "ties", "equal", "tie"):
        return True
    return second.expr.type == "text" and frame.words.topic("ties_by_name")


def _second_cost(frame: Frame, key: Entry, *, down: bool) -> float:
    """What a second key costs: little where the words speak of ties or of several keys."""
    asked = frame.words.has("then", "tie", "ties", "equal", "same", "within", "secondary", "and", "second")
    return key.expr.cost + (0.4 if asked else 0.9) + 0.3 * down + max(0.0, _kind_cost(frame, key))


def _sort(indices: list[int], key: Entry, *, descending: bool) -> list[int]:
    return sorted(indices, key=key.values.__getitem__, reverse=descending)


def _has_ties(key: Entry, current: list[list[int]]) -> bool:
    return any(len({key.values[index] for index in indices}) < len(indices) for indices in current)


def _direction_cost(frame: Frame, key: Entry, *, descending: bool) -> float:
    words = frame.words
    strongly = words.topic("strongly_descending")
    upward = words.topic("ascending")
    wanted = (0.0 if words.topic("order") else 2.4) + _kind_cost(frame, key)
    if key.expr.params and words.near_order(str(key.expr.params[0])):
        wanted -= 0.4
    if strongly == upward:
        return wanted + (0.45 if descending else 0.1)
    return wanted + (0.0 if descending == strongly else 0.7)


def _kind_cost(frame: Frame, key: Entry) -> float:
    """The field that the words sort "by" is likely; "worst" speaks of an amount, "oldest" of a date."""
    words = frame.words
    name = str(key.expr.params[0]) if key.expr.op == "field" else ""
    if name and words.follows(name, "by", "on", "their", "its"):
        return 0.4 if name in _combined_by(frame) else -0.8
    args = [str(arg.params[0]) for arg in key.expr.args if arg.op == "field"]
    if len(args) == 2 and words.together_by(*args):
        return -1.8
    measured = _measured(frame)
    change = 0.0
    if measured and not words.topic("by_date"):
        change = -0.4 if {name, *args} & measured else 0.8
    dated = layouts_of(key.values)
    if words.topic("by_date") and dated:
        return -0.4
    if words.topic("by_amount") and key.expr.type == "text" and not dated and not words.topic("as_text"):
        change += 1.6
    return change


def _combined_by(frame: Frame) -> set[str]:
    """The fields that the words sort by together: "by stock times cost"."""
    pairs = [{str(arg.params[0]) for arg in entry.expr.args} for entry in combined_numbers(frame)]
    return {name for pair in pairs if frame.words.together_by(*pair) for name in pair}


def _measured(frame: Frame) -> set[str]:
    """The fields of which a superlative of the words speaks."""
    names: set[str] | None = frame.cache.get("measured")
    if names is None:
        entries = [e for e in bank_of(frame, 1).of("num", "text") if e.expr.op == "field"]
        names = {str(e.expr.params[0]) for e in entries if frame.words.measures(str(e.expr.params[0]))}
        frame.cache["measured"] = names
    return names


def _sort_keys(frame: Frame) -> list[Entry]:
    """Entries of one comparable kind in all scopes, the cheapest first."""
    found: list[Entry] | None = frame.cache.get("sort_keys")
    if found is None:
        bank = bank_of(frame, 1)
        entries = [
            e
            for e in [*bank.of("num", "text", "date"), *combined_numbers(frame)]
            if _comparable(e)
            and e.expr.op
            not in {
                "first_number",
                "const",
                "write_date",
                "capital",
                "upper",
                "text",
                "abs",
                "floor",
                "ceil",
                "slug",
                "fixed",
                "to_json",
            }
        ]
        found = []
        for entry in sorted(entries, key=lambda e: e.expr.cost + _sort_change(frame, e)):
            changed = Entry(entry.expr.raised(_sort_change(frame, entry)), entry.values)
            found.append(changed)
        found = frame.cache["sort_keys"] = found[:_KEYS]
    return found


def _sort_change(frame: Frame, entry: Entry) -> float:
    """Numbers in texts sort as texts only when the words do not speak of numbers."""
    words = frame.words
    if entry.expr.op == "number":
        return -0.8 if words.topic("numeric") else -0.95
    if len(entry.expr.args) == 2 and entry.expr.type == "num":
        return -0.5 if all(words.mention(str(arg.params[0])) >= 0.7 for arg in entry.expr.args if arg.params) else 0.0
    if entry.expr.op == "lower":
        return -0.4 if words.topic("ignore_case") else 0.6
    if entry.expr.op == "read_date":
        iso = str(entry.expr.params[0]).startswith("yyyy-MM-dd")
        return 0.9 if iso else -0.6
    if entry.expr.op in {"field", "var"}:
        if layouts_of(entry.values) and not layouts_of(entry.values)[0].startswith("yyyy"):
            return 1.2
        return 0.0
    return 0.8


def _comparable(entry: Entry) -> bool:
    kinds = {kind_of(value) for value in entry.values if value is not BOTTOM}
    return (
        BOTTOM not in entry.values
        and len(kinds) == 1
        and kinds <= {"num", "text"}
        and all(is_number(v) or isinstance(v, str) for v in entry.values)
    )


def _last_resort(case: _Case) -> Iterator[Selection]:
    """Take one element a key: the largest or smallest of each group (sort, then drop duplicates, then the old order)."""
    if not case.frame.words.topic("order") or not case.frame.words.topic("dedupe"):
        return
    current = [list(span) for span in case.spans]
    for keys, flags, order, price in _orders(case, current):
        if len(keys) > 1 or price > 2.0:
            continue
        for group, group_price, values in _dedupe_keys(case)[:20]:
            picked = [_picked(indices, values, "first") for indices in order]
            if [sorted(p) for p in picked] == [sorted(w) for w in case.wanted]:
                stages = (
                    Stage("sort", keys, flags, price),
                    Stage("dedupe", tuple(key.expr for key in group), ("first",), group_price),
                )
                unasked = (1.4 if picked == case.wanted else 2.4) * (not case.frame.words.sorts)
                yield from _ordered(case, picked, stages, price + group_price + 0.8 + unasked)
