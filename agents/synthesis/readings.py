"""Is the answer certain? Rival readings that fit every example, the inputs that tell them apart, echoes, confidence."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agents.synthesis.coverage import left_over, unused_numbers
from agents.synthesis.language import FAILURES, LEVELS, Expr, Stage, evaluate, stages_of, subexpressions, variables
from agents.synthesis.mutations import edge_inputs, sampled_inputs
from agents.synthesis.values import is_number, leaves, same
from agents.synthesis.words import Words

__all__ = [
    "agreed_inputs",
    "confidence_of",
    "echoes",
    "fits",
    "is_spoken_of",
    "literals_of",
    "output_of",
    "unmet",
]

Rows = list[Any]
_FORMULAS = frozenset(["add", "subtract", "multiply", "divide"])


def fits(program: Expr, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """Whether the interpreter agrees with every example."""
    for rows, wanted in zip(inputs, outputs, strict=True):
        given = output_of(program, rows)
        if given is None or not same(given, wanted):
            return False
    return True


def output_of(program: Expr, rows: Rows) -> Rows | None:
    """Run a program; None where it means nothing."""
    try:
        output = evaluate(program, {"items": rows})
    except FAILURES:
        return None
    except RecursionError:
        return None
    return output if isinstance(output, list) else None


def literals_of(program: Expr) -> list[Any]:
    """List the literals of a program."""
    return [inner.params[0] for inner in subexpressions(program) if inner.op == "const"]


def agreed_inputs(program: Expr, inputs: Sequence[Rows]) -> list[tuple[Rows, Rows]]:
    """Mutated inputs for which the program means something, with its outputs: what both printings must reproduce."""
    pairs = []
    for rows in inputs[:2]:
        for tried in [*edge_inputs(rows), *sampled_inputs(rows, literals_of(program))]:
            output = output_of(program, tried)
            if output is not None:
                pairs.append((tried, output))
    return pairs


def echoes(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """Whether the program only repeats the example: literals, positions and cuts for which nothing speaks."""
    rows = min(sum(map(len, inputs)), max(sum(map(len, outputs)), 1))
    if any(_only_tells_apart(expr, words) for expr in subexpressions(program)):
        return True
    names = {name for rows_ in inputs for name in _inner_names(rows_)}
    if any(label in names and not is_spoken_of(label, words) for label in _labels(program)):
        return True
    if any(_continues_digits(expr) for expr in subexpressions(program)):
        return True
    if any(_is_made_up(expr, words, rows) for expr in subexpressions(program)):
        return True
    if any(_is_echo(value, words, rows, label=label, name=name) for value, label, name in _given_literals(program)):
        return True
    values = {leaf for rows_ in inputs for leaf in leaves(rows_) if isinstance(leaf, str) and len(leaf) > 1}
    if any(_repeats(text, words, values, rows) for text in _written_texts(program)):
        return True
    if any(len(label.split()) > 1 and not words.contains(label) and label in values for label in _labels(program)):
        return True
    if any(_tells_nothing_apart(stage, inputs) for stage in stages_of(program)):
        return True
    return any(_by_chance(stage, words) for stage in stages_of(program))


def _tells_nothing_apart(stage: Stage, inputs: Sequence[Rows]) -> bool:
    """A key of duplicates that is the same in every row."""
    rows = [row for given in inputs for row in given]
    if stage.kind != "dedupe" or len(rows) < 2 or any(variables(expr) - {"row"} for expr in stage.exprs):
        return False
    try:
        return len({repr([evaluate(expr, {"row": row}) for expr in stage.exprs]) for row in rows}) == 1
    except FAILURES:
        return False


def _only_tells_apart(expr: Expr, words: Words) -> bool:
    """A label, or a part of a text, chosen by a value that no word names: the rows of the example told apart."""
    if expr.op != "if" or not any(_is_unnamed_text(arg, words) for arg in expr.args[1:]):
        return False
    return any(
        test.op in {"equals", "differs", "contains_text", "starts_with", "ends_with"}
        and _is_unnamed_text(test.args[1], words)
        for test in subexpressions(expr.args[0])
    )


def _labels(program: Expr) -> Iterator[str]:
    """Yield the texts that a choice gives out as values."""
    for expr in subexpressions(program):
        if expr.op == "if":
            yield from (arg.params[0] for arg in expr.args[1:] if arg.op == "const" and isinstance(arg.params[0], str))


def _inner_names(value: Any) -> Iterator[str]:
    """Yield the field names inside objects of rows."""
    if isinstance(value, list):
        for element in value:
            yield from _inner_names(element)
    if isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, dict):
                yield from inner
            yield from _inner_names(inner)


def _continues_digits(expr: Expr) -> bool:
    """A text with digits written right beside a number that is put in: `<n>024`."""
    if expr.op != "template":
        return False
    numbers = [isinstance(part, int) and expr.args[part].type == "num" for part in expr.params]
    texts = [part if isinstance(part, str) else "" for part in expr.params]
    after = any(texts[place + 1][:1].isdigit() for place in range(len(texts) - 1) if numbers[place])
    return after or any(texts[place][-1:].isdigit() for place in range(len(texts) - 1) if numbers[place + 1])


def _is_unnamed_text(expr: Expr, words: Words) -> bool:
    return (
        expr.op == "const"
        and isinstance(expr.params[0], str)
        and expr.params[0] != ""
        and not is_spoken_of(expr.params[0], words)
    )


def _is_made_up(expr: Expr, words: Words, rows: int) -> bool:
    """A formula with numbers (from three rows on: two) that neither the words nor a unit in them hold."""
    if expr.op not in _FORMULAS or (expr.op == "add" and expr.args[0].op == "snap"):  # the end of a range
        return False
    named = [*words.numbers, *words.percents]
    held = {*named, *words.knowledge, 0, 1, 100, *(share / 100 for share in named)}
    held |= {round(1 + sign * share / 100, 10) for share in named for sign in (1, -1)}
    numbers = [inner.params[0] for inner in subexpressions(expr) if inner.op == "const"]
    return sum(is_number(number) and number not in held and -number not in held for number in numbers) > (rows > 2)


def _by_chance(stage: Stage, words: Words) -> bool:
    """A cut, a turn or a position for which no word speaks."""
    if stage.kind in {"limit", "skip"}:
        named = (
            stage.params[0] in words.numbers or words.topic("limit") or (stage.kind == "skip" and words.topic("skip"))
        )
        return not named
    if stage.kind == "reverse":
        return not words.has(
            "reverse", "reversed", "backwards", "flip", "order", "last first", "bottom", "newest", "upside"
        )
    if stage.kind != "filter":
        return False
    inside = list(subexpressions(stage.exprs[0]))
    names = {level.index for level in LEVELS}
    if not words.topic("index") and any(inner.op == "var" and inner.params[0] in names for inner in inside):
        return True
    return any(inner.op == "const" and not is_spoken_of(inner.params[0], words) for inner in inside)


def is_spoken_of(value: Any, words: Words) -> bool:
    """Whether the words hold the literal of a test, or at least a word with the same beginning."""
    if isinstance(value, bool) or value in (0, "", None) or words.names_value(value):
        return True
    if not isinstance(value, str):
        return isinstance(value, float) and value * 100 in words.percents
    folded = value.strip().lower()
    head = folded[:4]
    return len(head) == 4 and any(
        token.startswith(head) or (len(token) > 3 and folded.endswith(token)) for token in words.tokens
    )


def _repeats(text: str, words: Words, values: set[str], rows: int) -> bool:
    """Whether a literal spells out a value of the example's input, or digits that nobody named."""
    parts = {part for part in values if part in text and not words.contains(part)}
    if any(len(part) > 2 or f" {part}" in f" {text}" for part in parts) and text not in values:
        return True
    if rows > 1:
        return False
    digits = re.findall(r"\d+", text)
    pieces = [piece.lower() for piece in re.findall(r"[^\W\d_]{2,}(?:\.[^\W\d_]{2,})*", text)]
    held = [value.lower() for value in values]
    return any(run not in words.folded for run in digits) or any(
        len(piece) > 3 and piece not in words.folded and any(piece in value for value in held) for piece in pieces
    )


def _written_texts(program: Expr) -> Iterator[str]:
    """Yield the literal texts of templates and of choices."""
    for expr in subexpressions(program):
        if expr.op == "template":
            yield from (part for part in expr.params if isinstance(part, str))
        if expr.op == "if":
            yield from (arg.params[0] for arg in expr.args[1:] if arg.op == "const" and isinstance(arg.params[0], str))


def _given_literals(program: Expr) -> Iterator[tuple[Any, bool, str]]:
    """Yield literals that stand for an output value themselves, whether they are one of several labels, their name."""
    for expr in subexpressions(program):
        if expr.op == "object":
            names = ("",) * expr.params[1] + expr.params[0]
            yield from (
                (arg.params[0], False, name) for name, arg in zip(names, expr.args, strict=True) if arg.op == "const"
            )
        if expr.op == "if":
            yield from ((arg.params[0], True, "") for arg in expr.args[1:] if arg.op == "const")
        if expr.op in {"default", "default_empty", "falls_back"} and expr.args[1].op == "const":
            yield expr.args[1].params[0], True, ""


def _is_echo(value: Any, words: Words, rows: int, *, label: bool, name: str) -> bool:
    if value is None or value in ("", [], {}):
        return False
    if not label and rows < 2:
        return not words.sets(name, value)
    if isinstance(value, bool) or value == 0 or words.names_value(value):
        return False
    if is_number(value):
        return value not in words.knowledge and not (label and value in (1, 100))
    return False


def unmet(program: Expr, words: Words) -> list[str]:
    """Name what the words demand and the program does not do."""
    used = {inner.op for inner in subexpressions(program)} | {stage.kind for stage in stages_of(program)}
    return words.unmet(used)


_UNUSED = 0.5
"""The most that is believed of a program for a text with numbers that it does not use."""
_MEASURED = ((1, 121 / 122), (3, 74 / 76), (8, 30 / 36))
"""Up to so many words left over: (right + 1) / (claimed + 2) of 228 claims on the tasks developed on."""


def confidence_of(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> float:
    """Say how sure an answer is: the share of right claims of its kind on the tasks that the search was developed on.

    A kind is how many content words the program leaves over; among those its cost told nothing more. Tasks never seen
    come out lower, see docs/synthesis.md.
    """
    if unused_numbers(program, words):
        return _UNUSED
    left = len(left_over(program, words, inputs, outputs))
    return next((right for most, right in _MEASURED if left <= most), _UNUSED)
