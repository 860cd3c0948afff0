"""Texts made of many: one piece for each element of a list, with a separator between, a line above."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from agents.synthesis.language import Expr, apply, make
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.columns import is_table
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built

__all__ = ["joined", "joins"]

Lists = Callable[[Frame, tuple[list[Any], ...]], list[Expr]]
_CONVINCING = 6.0
"""Below this cost of the pieces no other separator is tried."""
_SEPARATORS = ("\n\n", "\n", " | ", "; ", ", ", " / ", " - ", " and ", " + ", ";", ",", "|", "/", "&", " ")


def joined(frame: Frame, targets: tuple[str, ...], lists: Lists) -> Iterator[Expr]:
    """Yield the join of a list of texts, alone or below a first line."""
    yield from _tables(frame, targets)
    yield from _tagged(targets, lambda parts: lists(frame, parts))
    tried = 0
    for separator in dict.fromkeys([*(s for s in frame.words.quoted if len(s) < 4), *_SEPARATORS]):
        if not any(separator in target for target in targets) or tried >= 3:
            continue
        tried += 1
        parts = tuple(target.split(separator) if target else [] for target in targets)
        named = separator.strip() in frame.words.symbols or separator in frame.words.symbols
        extra = frame.words.operator_cost("join") + (0.0 if named else 0.3)
        found = lists(frame, parts)
        for expr in found[:3]:
            yield make("join", expr, params=(separator,), extra=extra)
        if found and found[0].cost < _CONVINCING:
            return
        if not found and separator == "\n":
            yield from _below(frame, parts, lists, extra)


def _tables(frame: Frame, targets: tuple[str, ...]) -> Iterator[Expr]:
    """Yield CSV texts of some fields of a list of objects: those that the first line names."""
    for table in [e for e in bank_of(frame, 1).of("list") if e.expr.op in {"var", "field", "pipe"}][:4]:
        if not all(is_table(value) for value in table.values):
            continue
        for separator in ",;\t|":
            names = targets[0].split("\n")[0].split(separator)
            held = {name for value in table.values for row in value for name in row}
            if not set(names) <= held or (len(names) < 2 and separator != ","):
                continue
            text = make(
                "csv_of", table.expr, params=(tuple(names), separator), extra=frame.words.operator_cost("csv_of")
            )
            given = [apply(text, [value]) for value in table.values]
            if all(one == target for one, target in zip(given, targets, strict=True)):
                yield text


def joins(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield lists of scalars joined as they stand inside the targets."""
    for entry in [e for e in bank.of("list") if all(isinstance(value, list) and value for value in e.values)][:16]:
        for separator in _SEPARATORS:
            if not all(separator in target for target in targets):
                continue
            whole = built(bank.frame, "join", (entry,), (separator,))
            if whole and all(
                text in target for text, target in zip(whole.values, targets, strict=True) if text is not BOTTOM
            ):
                yield whole


def _below(frame: Frame, parts: tuple[list[str], ...], lists: Lists, extra: float) -> Iterator[Expr]:
    """A fixed first line (or two), then one line an element."""
    for size in (1, 2):
        heads = {"\n".join(lines[:size]) for lines in parts}
        if len(heads) == 1 and all(len(lines) > size for lines in parts):
            head = heads.pop() + "\n"
            for expr in lists(frame, tuple(lines[size:] for lines in parts))[:2]:
                body = make("join", expr, params=("\n",), extra=extra)
                yield Expr("template", (body,), (head, 0), "text", body.cost + 0.5 + 0.05 * len(head))


def _tagged(targets: tuple[str, ...], lists: Callable[[tuple[list[str], ...]], list[Expr]]) -> Iterator[Expr]:
    """Yield markup: one tagged piece for each element, between a fixed head and tail."""
    for tag in dict.fromkeys(re.findall(r"<(\w+)>", targets[0])):
        ends = [(target.find(f"<{tag}>"), target.rfind(f"</{tag}>")) for target in targets]
        if any(start < 0 or end < start for start, end in ends):
            continue
        size = len(tag) + 3
        heads = {target[:start] for target, (start, _) in zip(targets, ends, strict=True)}
        tails = {target[end + size :] for target, (_, end) in zip(targets, ends, strict=True)}
        parts = tuple(
            [f"<{tag}>{part}" for part in target[start : end + size].split(f"<{tag}>")[1:]]
            for target, (start, end) in zip(targets, ends, strict=True)
        )
        if len(heads) != 1 or len(tails) != 1 or all(len(part) < 2 for part in parts):
            continue
        head, tail = heads.pop(), tails.pop()
        for expr in lists(parts)[:2]:
            body = make("join", expr, params=("",), extra=0.2)
            around = tuple(part for part in (head, 0, tail) if part != "")
            yield Expr("template", (body,), around, "text", body.cost + 0.3) if len(around) > 1 else body
        return
