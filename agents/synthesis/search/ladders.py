"""Ladders of bounds: what the words say about which label holds from which number on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.synthesis.language import Expr, const, make
from agents.synthesis.search.bank import bank_of
from agents.synthesis.search.frame import Frame
from agents.synthesis.values import is_number, kind_of

__all__ = ["ladders"]

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_FORMS = (
    (r"-?\d+(?:\.\d+)? ?(?:to|-|\u2013|till|until|up to|through) ?[€$]?" + _NUMBER, "at_most"),
    (r"(?:at least|from|≥|starting (?:at|from)|>=|minimum|min\.?|reaches|not (?:less than|below|under)) ?[€$]?" + _NUMBER, "at_least"),
    (_NUMBER + r" ?(?:%|points?|eur|€|\$|days?|years?|kg|g|km|m|cm|hours?|h|minutes?|min|stars?|visits|orders|pieces|pcs|units|items|people|degrees|°c?|°)? ?(?:or (?:more|above|higher|over|older|up|better|greater|later)|and (?:more|above|up|over|higher|older|greater)|\+|plus\b|upwards)", "at_least"),
    (r"(?:at most|up to|until|till|<=|≤|maximum|max\.?|not (?:more than|over|above)|no more than) ?[€$]?" + _NUMBER, "at_most"),
    (_NUMBER + r" ?(?:%|points?|eur|€|\$|days?|years?|kg|g|km|m|cm|hours?|h|minutes?|min|stars?|visits|orders|pieces|pcs|units|items|people|degrees|°c?|°)? ?(?:or (?:less|below|under|fewer|lower|younger)|and (?:less|below|under|lower|fewer))", "at_most"),
    (r"(?:more than|over|above|greater than|larger than|bigger than|higher than|older than|exceeds?|exceeding|beyond|longer than|>) ?[€$]?" + _NUMBER, "above"),
    (r"(?:less than|under|below|fewer than|smaller than|lower than|younger than|before|shorter than|<) ?[€$]?" + _NUMBER, "below"),
)  # fmt: skip
_ELSE = re.compile(
    r"\b(?:else|otherwise|rest|others?|remaining|everything else|all others?|(?:anything|everything|everyone|all|any) (?:more|less|above|below|over|under|beyond|bigger|smaller)"
    r"|heavier|lighter|bigger|smaller|larger|longer|shorter|older|younger|higher|lower|more|less|above that|below that|beyond)\b"
)
_INCLUDED = re.compile(
    r" (?:and including|and incl\.?|including|incl\.?|inclusive)(?= )|(?<=\d) (?:inclusive|included|incl\.?)"
)
"""Words that only say that a bound belongs to its side: "up to and including 2"."""


@dataclass(frozen=True, slots=True)
class _Rung:
    label: Any
    relation: str
    bound: float


def ladders(frame: Frame, targets: tuple[Any, ...]) -> Iterator[Expr]:
    """Yield nested choices over each number field, from the clauses of the description."""
    labels = list(dict.fromkeys(_label_key(target) for target in targets if target is not None))
    rungs, last = _read(frame, targets, labels)
    if not rungs or len(rungs) + (last is not None) < 2:
        return
    for entry in bank_of(frame, 1).of("num")[:14]:
        if entry.expr.op == "const" or not any(is_number(value) for value in entry.values):
            continue
        yield _nested(entry.expr, rungs, last)


def _label_key(value: Any) -> str:
    return str(value).lower()


def _read(frame: Frame, targets: tuple[Any, ...], labels: list[str]) -> tuple[list[_Rung], Any]:
    """Read one rung a clause; the label is a shown target or, beside shown ones, any quoted or last word."""
    by_key = {_label_key(target): target for target in targets if target is not None}
    rungs: list[_Rung] = []
    last: Any = None
    for clause in re.split(
        r"[,;:()\n]|\.(?:\s|$)|\band\b(?! (?:more|above|up|over|higher|older|less|below|under))",
        _INCLUDED.sub("", frame.words.folded),
    ):
        label = _label_in(clause, by_key, frame)
        relation = _relation_in(clause)
        if relation is None:
            if label is not None and (_ELSE.search(clause) or rungs):
                last = label if last is None or _ELSE.search(clause) else last
            continue
        if label is not None:
            rungs.append(_Rung(label, *relation))
    del labels
    return rungs, last


def _label_in(clause: str, by_key: dict[str, Any], frame: Frame) -> Any:
    for key, value in sorted(by_key.items(), key=lambda pair: -len(pair[0])):
        if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", clause) and not is_number(value):
            return value
    kinds = {kind_of(value) for value in by_key.values()}
    if kinds != {"text"}:
        return _number_label(clause, by_key) if kinds == {"num"} else None
    quoted = [text for text in frame.words.quoted if text.lower() in clause]
    if quoted:
        return quoted[0]
    stripped = re.sub(r"|".join(form for form, _ in _FORMS), " ", clause)
    stripped = re.sub(
        r"\b(?:else|otherwise|rest|the|is|are|if|when|for|gets?|then|others?|everything|all|it|as|a|an|to|of|from|in|on|with|amount|total|score|points?|value|everyone|remaining|=|mark|set|label)\b|[^\w -]",
        " ",
        stripped,
    )
    words = [word for word in stripped.split() if not word.isdigit()]
    if len(words) != 1:
        return None
    return _cased(words[0], list(by_key.values()), frame)


def _cased(word: str, shown: list[Any], frame: Frame) -> str:
    """Write a label as the description does, or in the manner of the shown ones."""
    written = re.search(rf"\b{re.escape(word)}\b", frame.words.text, re.IGNORECASE)
    text = written.group() if written else word
    if all(isinstance(value, str) and value[:1].isupper() for value in shown):
        return text.upper() if all(value.isupper() for value in shown) else text[:1].upper() + text[1:]
    return text


def _number_label(clause: str, by_key: dict[str, Any]) -> Any:
    """A label that is a number itself: the number of the clause that is not its bound."""
    relation = _relation_in(clause)
    numbers = [float(text) for text in re.findall(_NUMBER, clause)]
    others = [number for number in numbers if relation is None or number != relation[1]]
    del by_key
    return (int(others[0]) if others[0].is_integer() else others[0]) if len(others) == 1 else None


def _relation_in(clause: str) -> tuple[str, float] | None:
    for form, relation in _FORMS:
        found = re.search(form, clause)
        if found:
            return relation, float(found.group(1))
    return None


def _nested(subject: Expr, rungs: list[_Rung], last: Any) -> Expr:
    """Order the rungs so that each test stands before the wider ones."""
    upward = [rung for rung in rungs if rung.relation in {"at_least", "above"}]
    downward = [rung for rung in rungs if rung.relation in {"at_most", "below"}]
    ordered = sorted(upward, key=lambda rung: -rung.bound) + sorted(downward, key=lambda rung: rung.bound)
    if last is None:
        *ordered, final = ordered
        last = final.label
    expr = const(last, kind_of(last), 0.1)
    for rung in reversed(ordered):
        bound = const(int(rung.bound) if rung.bound.is_integer() else rung.bound, "num", 0.1)
        test = make(rung.relation, subject, bound)
        label = const(rung.label, kind_of(rung.label), 0.1)
        expr = Expr("if", (test, label, expr), (), label.type, expr.cost + 0.3)
    return expr.raised(subject.cost)
