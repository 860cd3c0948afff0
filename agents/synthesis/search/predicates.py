"""Tests on a scope: comparisons with what the words name or the examples show."""

import re
from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import OPERATORS, Expr, const, subexpressions
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.dates import layouts_of
from agents.synthesis.search.derived import averages, combined_numbers
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built
from agents.synthesis.values import is_number, kind_of

__all__ = ["guessed", "predicates", "separating"]

_ORDERS = ("above", "at_least", "below", "at_most")
_POOL = 400
_PAIRED = 48
_DOUBTFUL = 2.6
"""Above this cost of a single test, pairs are tried too."""
_UNCOMPARED = 0.8
"""Cost of a number as a bound when the words compare with others only."""
_OTHERWISE = 0.3
"""What it costs to compare with a number in another way than the words state."""
_EQUALLY = 2.0
"""What it costs to ask for the very number that the words compare with."""
_GUESS = 1.0
"""What a pair of tests costs more of which one asks for a value that only the example shows."""
_UNASKED = 1.5
"""What it costs to ask whether two fields are alike when no word does."""
_PARALLEL = 1.4
"""What a pair costs less that asks the same of two fields, when the words join it."""
_TURNED = 1.2
_NULL = 0.4
"""What it costs to take empty texts for missing when the words speak of null only."""
_TEXT_TESTS = ("contains_text", "contains_folded", "starts_with", "ends_with")


def predicates(frame: Frame) -> list[Entry]:
    """Return the tests of the frame, cheapest first."""
    found: list[Entry] | None = frame.cache.get("predicates")
    if found is None:
        from agents.synthesis.search.neighbours import add_repeats

        bank = bank_of(frame, 1)
        add_repeats(bank)
        unique: dict[Any, Entry] = {}
        for entry in _tests(bank):
            if entry is not None and entry.expr not in unique:
                unique[entry.expr] = entry
        found = frame.cache["predicates"] = sorted(unique.values(), key=lambda entry: entry.expr.cost)[:_POOL]
    return found


def separating(frame: Frame, wanted: tuple[bool, ...], *, joined: bool = True) -> list[Entry]:
    """Return the tests that are true exactly where wanted; pairs by `and` and `or` when one is not enough."""
    pool = predicates(frame)
    found = [entry for entry in pool if entry.values == wanted]
    best = min((entry.expr.cost for entry in found if not guessed(frame, entry)), default=99.0)
    if joined and (not found or best > _DOUBTFUL):
        found += list(_pairs(frame, pool, wanted))
    return sorted(found, key=lambda entry: entry.expr.cost)[:24]


def guessed(frame: Frame, entry: Entry) -> bool:
    """Whether a test compares with a text that only the example shows."""
    literals = [inner.params[0] for inner in subexpressions(entry.expr) if inner.op == "const"]
    return any(isinstance(one, str) and one and not frame.words.names_value(one) for one in literals)


def _pairs(frame: Frame, pool: list[Entry], wanted: tuple[bool, ...]) -> Iterator[Entry]:
    wider = [
        e for e in pool if all(v is True or not w for v, w in zip(e.values, wanted, strict=True)) and e.values != wanted
    ][:_PAIRED]
    narrower = [
        e for e in pool if all(v is False or w for v, w in zip(e.values, wanted, strict=True)) and e.values != wanted
    ][:_PAIRED]
    for name, side in (("and", wider), ("or", narrower)):
        for place, left in enumerate(side):
            for right in side[place + 1 :]:
                frame.budget.spend(1)
                joined = tuple(
                    (a is True and b is True) if name == "and" else (a is True or b is True)
                    for a, b in zip(left.values, right.values, strict=True)
                )
                if joined == wanted:
                    extra = _GUESS * (guessed(frame, left) or guessed(frame, right))
                    extra -= _joining(frame, name) * _are_parallel(left.expr, right.expr)
                    entry = built(frame, name, (left, right), (), extra)
                    if entry:
                        yield entry


def _joining(frame: Frame, name: str) -> float:
    """What the words make cheaper: what is dropped without this and that is kept with the one or the other."""
    words = frame.words
    turned = name == "or" and words.has("and", "nor") and words.topic("drop") and not words.has("or")
    return _PARALLEL * words.has("and", "or", "nor") + _TURNED * turned


def _are_parallel(left: Expr, right: Expr) -> bool:
    """Whether two tests ask the same of two fields: a phone or an email that is there."""
    if left.op == "field" or right.op == "field":
        return left.op == right.op and left.params != right.params
    return (left.op, left.params, len(left.args)) == (right.op, right.params, len(right.args)) and all(
        _are_parallel(one, other) or one == other for one, other in zip(left.args, right.args, strict=True)
    )


def _tests(bank: Bank) -> Iterator[Entry | None]:
    frame = bank.frame
    fields = [e for e in bank.of("text", "num", "bool", "list", "obj", "any", "null") if _is_plain(e)]
    for entry in fields:
        yield from _presence(frame, entry)
    for entry in fields:
        if entry.expr.type == "bool":
            yield from _flags(frame, entry)
        if entry.expr.type in {"text", "any"}:
            yield from _text_tests(frame, entry)
        if entry.expr.type == "num":
            yield from _number_tests(frame, entry)
        if entry.expr.type == "list":
            yield from _list_tests(frame, entry)
    yield from _ends(bank)
    yield from (entry for entry in bank.of("bool") if entry.expr.op in {"above", "equals"})
    yield from _memberships(frame, fields)
    yield from _date_tests(bank)
    yield from _computed_tests(bank)
    derived = [
        e
        for e in bank.of("text")
        if e.expr.op
        in {"last_piece", "before", "first_chars", "last_chars", "lower", "trim", "up_to_last", "write_date"}
    ][:60]
    for entry in derived:
        yield from _equalities(frame, entry, only_named=True)
    yield from _between_fields(frame, [e for e in fields if e.expr.type in {"num", "text"}])


def _computed_tests(bank: Bank) -> Iterator[Entry | None]:
    """Tests of numbers that are made of fields, or compared with the average of theirs."""
    frame = bank.frame
    computed = [
        e for e in bank.of("num") if not _is_plain(e) and e.expr.op not in {"const", "to_unix", "floor", "ceil"}
    ][:30]
    for entry in [*combined_numbers(frame), *computed]:
        if any(is_number(value) for value in entry.values):
            yield from _number_tests(frame, entry)
    for field, average in averages(frame):
        for name in _ORDERS:
            yield built(frame, name, (field, average), (), 0.2)


def _ends(bank: Bank) -> Iterator[Entry | None]:
    """Is there no row before this one, or none after it?"""
    asked = bank.frame.words.topic("neighbours")
    for near in [e for e in bank.of("obj") if e.expr.op in {"before_here", "after_here"}]:
        yield built(bank.frame, "is_null", (near,), (), -1.0 if asked else 1.5)


def _memberships(frame: Frame, fields: list[Entry]) -> Iterator[Entry | None]:
    """Is this value in that other list?"""
    lists = [
        e for e in fields if e.expr.type == "list" and not any(isinstance(x, dict) for v in e.values for x in v or [])
    ]
    for entry in [e for e in fields if e.expr.type in {"text", "num"}][:8] if lists else ():
        for listed in lists[:4]:
            test = built(frame, "list_has", (listed, entry), (), 0.2)
            yield test
            if test:
                yield built(frame, "not", (test,), (), 0.2)


def _is_plain(entry: Entry) -> bool:
    return entry.expr.op in {"field", "var"}


def _presence(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Tests of emptiness; only useful where some value is empty or missing, or where words say so."""
    hollow = [value for value in entry.values if value is None or value in ("", 0, False, [])]
    if not hollow or entry.expr.type == "obj":
        return
    only_null = frame.words.has("null", "nulls") and not frame.words.has("empty", "blank")
    for name in ("is_empty", "is_null", "is_falsy"):
        test = built(frame, name, (entry,), (), _NULL * (only_null and name != "is_null"))
        yield test
        if test:
            yield built(frame, "not", (test,), (), -0.2 - 0.6 * frame.words.topic("present"))
    if entry.expr.type == "text":
        test = built(frame, "is_blank", (entry,))
        yield test
        if test:
            yield built(frame, "not", (test,))
    if len({kind_of(value) for value in entry.values if value is not BOTTOM}) > 1:
        for name in ("is_number", "is_text"):
            yield built(frame, name, (entry,))


def _flags(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    test = built(frame, "equals", (entry, _literal(frame, True, 0.1)), (), -0.5)
    yield test
    yield built(frame, "equals", (entry, _literal(frame, False, 0.2)), (), -0.3 if frame.words.topic("not") else 0.3)
    yield built(frame, "differs", (entry, _literal(frame, True, 0.4)))
    yield built(frame, "differs", (entry, _literal(frame, False, 0.4)), (), 0.4)


def _literal(frame: Frame, value: Any, cost: float) -> Entry:
    return Entry(const(value, kind_of(value), cost), (value,) * len(frame.scopes))


def _named_cost(frame: Frame, value: Any) -> float:
    """A literal that the words hold is cheap; one that only the example shows is not, a date least of all."""
    if isinstance(value, str) and value in frame.words.quoted:
        return 0.2
    if frame.words.names_value(value):
        return 0.35
    return 2.5 if isinstance(value, str) and layouts_of((value,)) else 1.5


def _text_tests(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    yield from _equalities(frame, entry)
    texts = [value for value in entry.values if isinstance(value, str)]
    for mark in _marks(frame, texts):
        named = mark in frame.words.symbols or (mark == " " and frame.words.has("word", "space", "blank"))
        test = built(frame, "contains_text", (entry, _literal(frame, mark, 0.2 if named else 1.6)))
        yield test
        yield built(frame, "not", (test,), (), -0.3) if test else None
    for literal in _worded_literals(frame, texts):
        for name in _TEXT_TESTS:
            if name == "contains_folded" and literal != literal.lower():
                continue
            test = built(frame, name, (entry, _literal(frame, literal, 0.4)))
            yield test
            if test and frame.words.topic("not"):
                yield built(frame, "not", (test,), (), 0.3)


def _marks(frame: Frame, texts: list[str]) -> list[str]:
    """Separators that some of the texts hold and others do not: one word or several."""
    if not frame.words.topic("partly"):
        return []
    return [mark for mark in (" ", "@", ",", "-", ".", "/", "_") if len({mark in text for text in texts}) == 2]


def _worded_literals(frame: Frame, texts: list[str]) -> list[str]:
    """Pieces of the description that occur inside some of the texts but are not all of one."""
    stop = frame.words.table("stop")
    spoken = re.findall(r"[\w@.#+-]*[@.#][\w.-]*\w|\w{2,}|[@#]", frame.words.text)
    literals = [*frame.words.quoted, *(word for word in spoken if word.lower() not in stop)]
    literals += [literal.lower() for literal in literals if literal != literal.lower()]
    literals += frame.words.dates
    years = [str(number) for number in frame.words.numbers if isinstance(number, int) and 1900 < number < 2100]
    kept = [
        literal
        for literal in dict.fromkeys(literals + years)
        if any(literal in text or literal in text.lower() for text in texts)
    ]
    return kept[:24]


def _equalities(frame: Frame, entry: Entry, *, only_named: bool = False) -> Iterator[Entry | None]:
    values = list(
        dict.fromkeys(
            value
            for value in entry.values
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
        )
    )
    named = [value for value in values if frame.words.names_value(value)]
    if len(values) <= 12 and not only_named:
        named = list(dict.fromkeys([*named, *values]))
    for value in named:
        literal = _literal(frame, value, _named_cost(frame, value))
        yield built(frame, "equals", (entry, literal))
        yield built(frame, "differs", (entry, literal))
    chosen = [value for value in values if frame.words.names_value(value)]
    chosen += _absent_options(frame, chosen)
    if len(chosen) >= 2:
        yield built(frame, "in_list", (entry,), (tuple(chosen),), 0.2)
        yield built(frame, "not_in_list", (entry,), (tuple(chosen),), 0.2)


def _absent_options(frame: Frame, chosen: list[Any]) -> list[str]:
    """Options that the words list beside one of the chosen but the example does not show: "paid, shipped or done"."""
    found = []
    for value in [value for value in chosen if isinstance(value, str)]:
        pattern = r"((?:[\w'\"-]+, )*[\w'\"-]+ (?:or|and|nor) [\w'\"-]+)"
        for group in re.findall(pattern, frame.words.text):
            options = [option.strip("'\"") for option in re.split(r", | or | and | nor ", group)]
            if value in options and all(option.islower() == value.islower() for option in options):
                found += [option for option in options if option not in chosen and option not in found]
    return found[:5]


def _bounds(frame: Frame, values: list[Any]) -> dict[float, float]:
    """Numbers to compare with, and what each costs: those of the words, zero, and those of the example without words."""
    bounds: dict[float, float] = dict.fromkeys(frame.words.numbers, 0.3)
    bounds |= {number: _UNCOMPARED for number in frame.words.sampled if number in bounds}
    if frame.words.bounded:
        bounds |= {number: _UNCOMPARED for number in bounds if number not in frame.words.bounded}
    for percent in frame.words.percents:
        bounds.setdefault(percent / 100, 0.6)
    bounds.setdefault(
        0,
        0.6
        if frame.words.has(
            "negative",
            "positive",
            "zero",
            "stock",
            "sold",
            "left",
            "empty",
            "any",
            "no",
            "available",
            "none",
            "overdue",
        )
        else 1.3,
    )
    if not frame.words.numbers:
        for value in sorted(set(values))[:12]:
            bounds.setdefault(value, 2.8)
    if 1 in bounds and frame.words.article:
        bounds[1] += 1.2
    return bounds


def _number_tests(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    values = [value for value in entry.values if is_number(value)]
    if not values:
        return
    bounds = _bounds(frame, values)
    if entry.expr.op == "field" and frame.words.follows(str(entry.expr.params[0]), "no", "without", "zero"):
        yield built(frame, "equals", (entry, _literal(frame, 0, 0.2)))
    for bound, cost in bounds.items():
        literal = _literal(frame, bound, cost)
        stated = frame.words.bounded.get(bound, set())
        for name in _ORDERS:
            yield built(frame, name, (entry, literal), (), _OTHERWISE * (bool(stated) and name not in stated))
        if bound in values or bound in frame.words.numbers:
            yield built(frame, "equals", (entry, literal), (), 0.6 + _EQUALLY * bool(stated))
            yield built(frame, "differs", (entry, literal), (), _EQUALLY * bool(stated))
    yield from _divisible(frame, entry)
    chosen = [value for value in dict.fromkeys(values) if value in frame.words.numbers]
    if len(chosen) >= 2:
        yield built(frame, "in_list", (entry,), (tuple(chosen),))


def _divisible(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    if frame.words.has("even", "odd", "divisible", "multiple", "every second", "every other"):
        for base in dict.fromkeys([2, *[n for n in frame.words.numbers if isinstance(n, int) and n > 1]]):
            rest = built(frame, "modulo", (entry, _literal(frame, base, 0.3)))
            if rest:
                for remainder in (0, 1):
                    yield built(frame, "equals", (rest, _literal(frame, remainder, 0.2)), (), -1.5)


def _list_tests(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    elements = list(
        dict.fromkeys(e for value in entry.values if isinstance(value, list) for e in value if isinstance(e, str | int))
    )
    for element in elements[:16]:
        test = built(frame, "list_has", (entry, _literal(frame, element, _named_cost(frame, element))))
        yield test
        if test:
            yield built(frame, "not", (test,), (), 0.3)
    count = built(frame, "count", (entry,))
    if count:
        yield from _number_tests(frame, count)


def _date_tests(bank: Bank) -> Iterator[Entry | None]:
    """Comparisons of dates with the dates that the words name; ISO texts compare as texts."""
    frame = bank.frame
    for entry in [e for e in bank.of("text") if _is_plain(e)]:
        layouts = layouts_of(entry.values)
        if not layouts:
            continue
        for literal in frame.words.dates:
            if layouts[0].startswith("yyyy-MM-dd") and re.match(r"\d{4}-\d{2}", literal):
                shown = _literal(frame, literal, 0.3)
                for name in _ORDERS:
                    if len(literal) == 10 or name in {"at_least", "below"}:
                        yield built(frame, name, (entry, shown))
    yield from _weekends(bank)
    for date in bank.of("date"):
        if date.expr.op == "read_date" and not date.expr.params[0].startswith("yyyy-MM-dd"):
            yield from _against_dates(frame, date)


def _weekends(bank: Bank) -> Iterator[Entry | None]:
    """Is it a Saturday or Sunday? Only where the words speak of the weekend or of working days."""
    frame = bank.frame
    if frame.words.has("weekend", "weekends", "workday", "workdays", "working day", "working days", "weekdays"):
        six = _literal(frame, 6, 0.1)
        for day in [e for e in bank.of("num") if e.expr.op == "date_part" and e.expr.params[0] == "weekday"]:
            for name in ("at_least", "below"):
                yield built(frame, name, (day, six), (), -OPERATORS[name].demand)


def _against_dates(frame: Frame, date: Entry) -> Iterator[Entry | None]:
    for literal in frame.words.dates:
        for layout in [layout for layout in layouts_of((literal,)) if layout in {date.expr.params[0], "yyyy-MM-dd"}]:
            shown = built(frame, "read_date", (_literal(frame, literal, 0.3),), (layout,))
            for name in _ORDERS if shown else ():
                yield built(frame, name, (date, shown))  # type: ignore[arg-type]


def _between_fields(frame: Frame, entries: list[Entry]) -> Iterator[Entry | None]:
    for place, left in enumerate(entries[:14]):
        for right in entries[place + 1 : 14]:
            if left.expr.type != right.expr.type:
                continue
            named = min(frame.words.mention(str(side.expr.params[0])) for side in (left, right)) >= 0.6
            extra = 0.2 if named else 1.8
            for name in _ORDERS:
                if left.expr.type == "num" or layouts_of(left.values):
                    yield built(frame, name, (left, right), (), extra)
            extra += _UNASKED * (not frame.words.topic("alike"))
            yield built(frame, "equals", (left, right), (), extra)
            yield built(frame, "differs", (left, right), (), extra)
