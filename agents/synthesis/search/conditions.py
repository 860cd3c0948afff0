"""Choices as targets: tables of labels, ladders of bounds, one value or another."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from agents.synthesis.language import FAILURES, Expr, const, evaluate, make
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.growth import MOVING
from agents.synthesis.search.predicates import guessed, predicates, separating
from agents.synthesis.values import Undefined, is_number, kind_of, same, text_of

__all__ = ["choices", "constant", "restricted"]

Solve = Callable[[Frame, tuple[Any, ...], str], list[Expr]]
_ECHO = 8.0
_WORDY = 0.6
"""What each further word of a label costs that the description does not hold: it may be put together."""
_SAMPLE = 1.4
"""Cost of a quoted label with a number in it: it may show a value of the row."""
_GUESSED = 0.8
"""What a test of a choice costs more that asks for a value which only the example shows."""
_SIDE = 3.8
"""The most that one side of a choice may cost."""
_JOINTS = ("=>", "->", "→", "=", ":", " means ", " is ", " to ", " becomes ", " as ", " for ", " stands for ")
_PAIR = r"['\"]?([\w.+%-]+)['\"]?\s*{}\s*['\"]?([\w+%-]+(?:\.[\w+%-]+)*(?: [A-Z]\w*)*)['\"]?"

_LISTED = r"['\"]?([\w.+%-]+)['\"]? ?(?:=>|->|→|=|:) ?([^\W\d_]\w*(?: [^\W\d_]\w*){0,2})(?=[,;.)]|$)"
"""A pair in a list of pairs, where a label may be several words."""


def constant(frame: Frame, targets: tuple[Any, ...]) -> Expr | None:
    """Return the one value of all targets as a literal; one that the words do not hold only echoes the example."""
    if isinstance(targets[0], dict | list) and targets[0]:
        return None
    if any(not same(target, targets[0]) for target in targets[1:]):
        return None
    value = targets[0]
    if value is None or frame.words.names_value(value) or value in frame.words.quoted:
        cost = 0.9
    elif value in ("", [], {}, 0, False, True):
        cost = 1.8
    else:
        cost = _ECHO - min(len(targets), 4)
    return const(value, kind_of(value), cost if len(targets) > 1 else cost + 0.4)


def choices(frame: Frame, targets: tuple[Any, ...], quick: Solve) -> Iterator[Expr]:
    """Yield expressions that choose between values by a test or a table."""
    scalar = all(not isinstance(target, dict | list) for target in targets)
    distinct = list({text_of(t) if t is not None else None: t for t in targets}.values()) if scalar else []
    if scalar and any(t is not None for t in targets):
        yield from _mapped(frame, targets)
        yield from _ladders(frame, targets)
        yield from _in_turn(frame, targets)
    if 2 <= len(distinct) <= 5:
        yield from _two_values(frame, targets, distinct)
        if len(distinct) > 2:
            yield from _nested(frame, targets, distinct)
    if len(targets) >= 2 and all(isinstance(target, str) for target in targets):
        yield from _around_field(frame, targets)
    if len(targets) >= 2 and len(targets) <= 40:
        yield from _branches(frame, targets, quick)


def _in_turn(frame: Frame, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield labels that follow one another by position, again and again."""
    for root in frame.roots:
        if root.params[0] not in MOVING or root.type != "num":
            continue
        shown = {scope[root.params[0]]: target for scope, target in zip(frame.scopes, targets, strict=True)}
        size = len({text_of(target) for target in targets if target is not None})
        labels = [shown.get(place) for place in range(size)]
        if 2 <= size < len(shown) and all(same(labels[place % size], target) for place, target in shown.items()):
            extra = frame.words.operator_cost("in_turn") + sum(_label_cost(frame, label) for label in labels) - 0.6
            turn = make("in_turn", root, params=(tuple(labels), size), extra=extra)
            yield Expr("in_turn", turn.args, turn.params, kind_of(labels[0]), turn.cost)


def _around_field(frame: Frame, targets: tuple[str, ...]) -> Iterator[Expr]:
    """Texts with one field inside and labels around it that differ from row to row."""
    fields = [
        e
        for e in bank_of(frame, 1).of("text")
        if e.expr.op in {"field", "var"} and all(isinstance(v, str) and v for v in e.values)
    ]
    for entry in fields[:10]:
        if not all(target.count(value) == 1 for target, value in zip(targets, entry.values, strict=True)):
            continue
        sides = [
            [target.split(value)[side] for target, value in zip(targets, entry.values, strict=True)] for side in (0, 1)
        ]
        labels = [_label(frame, tuple(side)) for side in sides]
        if labels[0] is None or labels[1] is None or all(label.op == "const" for label in labels if label):
            continue
        parts: list[Any] = []
        args: list[Expr] = []
        for expr in (labels[0], entry.expr, labels[1]):
            if expr.op == "const":
                parts += [expr.params[0]] if expr.params[0] else []
            else:
                parts.append(len(args))
                args.append(expr)
        cost = entry.expr.cost + sum(label.cost for label in labels if label) + 0.4
        yield Expr("template", tuple(args), tuple(parts), "text", cost)


def _label(frame: Frame, texts: tuple[str, ...]) -> Expr | None:
    distinct = list(dict.fromkeys(texts))
    if len(distinct) == 1:
        return const(distinct[0], "text", 0.3)
    if len(distinct) > 4:
        return None
    found = [*_two_values(frame, texts, distinct), *_nested(frame, texts, distinct)]
    return min(found, key=lambda expr: expr.cost) if found else None


def _two_values(frame: Frame, targets: tuple[Any, ...], distinct: list[Any]) -> Iterator[Expr]:
    if len(distinct) != 2:
        return
    for yes, no in (distinct, distinct[::-1]):
        wanted = tuple(same(target, yes) for target in targets)
        alone = 1.5 * (len(targets) == 2 and not any(frame.words.names_value(value) for value in distinct))
        literals = [const(value, kind_of(value), _label_cost(frame, value) + alone) for value in (yes, no)]
        for test in separating(frame, wanted)[:8]:
            kind = literals[0].type if literals[0].type != "null" else literals[1].type
            order = 0.0 if _order(frame, yes) <= _order(frame, no) else 0.25
            order += _GUESSED * guessed(frame, test)
            yield Expr(
                "if",
                (test.expr, *literals),
                (),
                kind,
                0.5 + test.expr.cost + sum(literal.cost for literal in literals) + order,
            )


def _order(frame: Frame, value: Any) -> int:
    """Where the words name a value first."""
    place = frame.words.folded.find(text_of(value).lower()) if value is not None else -1
    return place if place >= 0 else 9999


def _label_cost(frame: Frame, value: Any) -> float:
    if frame.words.names_value(value):
        sample = isinstance(value, str) and value in frame.words.quoted and re.search(r"\d", value) is not None
        return _SAMPLE if sample else 0.15
    if value in (0, None, "", False, True):
        return 0.6
    if is_number(value):
        return 3.5
    return 1.6 + min(_WORDY * text_of(value).count(" "), 2.5)


def _nested(frame: Frame, targets: tuple[Any, ...], distinct: list[Any]) -> Iterator[Expr]:
    """Peel one value off after the other, each by its cheapest test."""
    rest = sorted(distinct, key=lambda value: _order(frame, value))
    tests: list[tuple[Expr, Any]] = []
    places = list(range(len(targets)))
    while len(rest) > 1:
        value = rest[0]
        inner = restricted(frame, places)
        wanted = tuple(same(targets[place], value) for place in places)
        found = separating(inner, wanted, joined=False)
        if not found:
            return
        tests.append((found[0].expr, value))
        places = [place for place in places if not same(targets[place], value)]
        rest = rest[1:]
    expr = const(rest[0], kind_of(rest[0]), _label_cost(frame, rest[0]))
    for test, value in reversed(tests):
        literal = const(value, kind_of(value), _label_cost(frame, value))
        expr = Expr("if", (test, literal, expr), (), literal.type, expr.cost + test.cost + literal.cost + 0.4)
    yield expr


def restricted(frame: Frame, places: list[int]) -> Frame:
    """Return the frame with only some of its scopes."""
    key = ("restricted", tuple(places))
    if key not in frame.cache:
        frame.cache[key] = Frame(
            [frame.scopes[place] for place in places],
            frame.roots,
            frame.depth,
            frame.words,
            frame.budget,
            part_of=(frame, tuple(places), False),
        )
    return frame.cache[key]  # type: ignore[no-any-return]


def _mapped(frame: Frame, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Look labels up in a table that the words spell out (`N = New, O = Open`)."""
    written: dict[str, str] = {}
    for joint in _JOINTS:  # each for itself: "country: write Austria for AT" holds two
        written |= dict(re.findall(_PAIR.format(joint), frame.words.text))
    written |= dict(re.findall(_LISTED, frame.words.text))
    fields = {entry.expr.params[0] for entry in bank_of(frame, 1).of("text", "num", "bool") if entry.expr.op == "field"}
    written = {key: label for key, label in written.items() if not fields & {key, label}}
    swapped = {right.strip(".,"): left for left, right in written.items()}
    spelled = (written, swapped, written | _shared_labels(frame, targets))
    words = frame.words
    bank = bank_of(frame, 1)
    for entry in [
        e
        for e in bank.of("text", "num", "bool")
        if e.expr.op in {"field", "var", "lower", "upper", "trim", "date_part", "key"}
    ][:30]:
        table = _table(entry, targets, spelled)
        if table is None or (entry.expr.type == "num" and words.topic("bounds")):
            continue
        spoken = len(set(table) - {_lookup_key(value) for value in entry.values})
        literal = const(table, "obj", max(0.1, 0.5 + 0.1 * len(table) - 0.5 * spoken))
        key = make("text", entry.expr, extra=-0.8) if entry.expr.type == "num" else entry.expr
        look = make("look_up", literal, key, extra=frame.words.operator_cost("look_up") - 0.6)
        kinds = {kind_of(value) for value in table.values()}
        look = Expr("look_up", look.args, (), kinds.pop() if len(kinds) == 1 else "any", look.cost)
        other = [(v, t) for v, t in zip(entry.values, targets, strict=True) if _lookup_key(v) not in table]
        missing = [target for _, target in other]
        if missing and all(same(value, target) for value, target in other if value is not BOTTOM):
            yield Expr("default", (look, entry.expr), (), look.type, look.cost + 0.5)
        if not missing:
            yield look
        elif all(same(t, missing[0]) for t in missing):
            fallback = const(missing[0], kind_of(missing[0]), _label_cost(frame, missing[0]))
            yield (
                look
                if missing[0] is None
                else Expr("default", (look, fallback), (), look.type, look.cost + fallback.cost + 0.3)
            )


def _shared_labels(frame: Frame, targets: tuple[Any, ...]) -> dict[str, str]:
    """Read clauses in which several keys share a label: "DE and AT are zone 1, FR and IT zone 2"."""
    labels = {text_of(target) for target in targets if target is not None}
    found: dict[str, str] = {}
    for clause in re.split(r"[;.\n(:]\s|,\s(?=[^,;.]*\b(?:and|or)\b|everything|else|all)", frame.words.text):
        named = [label for label in labels if re.search(rf"(?<!\w){re.escape(label)}(?!\w)", clause)]
        group = re.search(r"((?:[\w'\"-]+, ?)*[\w'\"-]+,? ?(?:and|or|&|/) ?[\w'\"-]+)", clause)
        if len(named) == 1 and group and named[0] not in group.group():
            keys = re.split(r", ?(?:and |or )?| and | or | ?[&/] ?", group.group())
            found |= {key.strip("'\""): named[0] for key in keys}
    return found


def _lookup_key(value: Any) -> str | None:
    try:
        return text_of(value)
    except Undefined:
        return None


def _table(entry: Entry, targets: tuple[Any, ...], spelled: tuple[dict[str, str], ...]) -> dict[str, Any] | None:
    """Collect the pairs of the words, in the kind of the targets, and check them against the examples."""
    shown = {_lookup_key(v): t for v, t in zip(entry.values, targets, strict=True) if v is not BOTTOM}
    numeric = all(is_number(target) for target in targets if target is not None)
    tables = [_agreeing(pairs, shown, numeric=numeric) for pairs in spelled]
    hits, table = max(tables, key=lambda found: found[0])
    return table if len(table) >= 2 and hits else None


def _agreeing(pairs: dict[str, str], shown: dict[str | None, Any], *, numeric: bool) -> tuple[int, dict[str, Any]]:
    """Read the pairs of the words in one direction; how many the example shows, and those it does not contradict."""
    table: dict[str, Any] = {}
    for key, value in pairs.items():
        cleaned = value.strip(".,")
        if cleaned in pairs or (numeric and not re.fullmatch(r"[-+]?\d+(?:\.\d+)?", cleaned)):
            continue
        label: Any = cleaned if not numeric else float(cleaned) if "." in cleaned else int(cleaned)
        target = shown.get(key, label)
        if same(target, label) or (isinstance(target, str) and target.lower() == str(label).lower()):
            table[key] = target
    return sum(key in shown for key in table), table


def _ladders(frame: Frame, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Read bounds and labels from the words: `gold from 1000, silver from 500, else bronze`."""
    from agents.synthesis.search.ladders import ladders

    for expr in ladders(frame, targets):
        if _fits(frame, expr, targets):
            yield expr


def _fits(frame: Frame, expr: Expr, targets: tuple[Any, ...]) -> bool:
    try:
        return all(same(evaluate(expr, scope), target) for scope, target in zip(frame.scopes, targets, strict=True))
    except FAILURES:
        return False


def _branches(frame: Frame, targets: tuple[Any, ...], quick: Solve) -> Iterator[Expr]:
    """Yield `if test then one expression else another`, each solved on its own rows."""
    tried = 0
    seen: set[tuple[Any, ...]] = set()
    for test in predicates(frame):
        yes = [place for place, value in enumerate(test.values) if value is True]
        no = [place for place, value in enumerate(test.values) if value is not True]
        if not yes or not no or test.values in seen or any(value is BOTTOM for value in test.values):
            continue
        if tried >= 8 or test.expr.cost > 2.4:
            return
        seen.add(test.values)
        tried += 1
        first = quick(restricted(frame, yes), tuple(targets[place] for place in yes), "")
        if not first or first[0].cost > _SIDE:
            continue
        rest = tuple(targets[place] for place in no)
        inner = restricted(frame, no)
        second = quick(inner, rest, "")
        if (not second or second[0].cost > _SIDE) and len(rest) > 1:
            second = sorted(_branches(inner, rest, quick), key=lambda expr: expr.cost)
        if second and second[0].cost < 3 * _SIDE:
            sides = (first[0], second[0])
            cost = test.expr.cost + sum(side.cost for side in sides) + 0.6
            kind = sides[0].type if sides[0].type != "null" else sides[1].type
            yield Expr("if", (test.expr, *sides), (), kind, cost)
