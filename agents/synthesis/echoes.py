"""Programs that only repeat the example: literals, positions, cuts and forms for which nothing speaks."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agents.synthesis.language import (
    FAILURES,
    LEVELS,
    OPERATORS,
    Expr,
    Stage,
    evaluate,
    stages_of,
    subexpressions,
    variables,
)
from agents.synthesis.readings import fits
from agents.synthesis.values import is_number, leaves
from agents.synthesis.words import Words, parts_of_name, stems_of

__all__ = ["echoes", "is_spoken_of"]

Rows = list[Any]
_FORMULAS = frozenset(["add", "subtract", "multiply", "divide"])
_CALLED_FOR = frozenset(["in_turn", "inverted", "reversed_text", "sorted_keys", "unflatten"])
"""Operators that fit many examples by chance: only where the words call for them."""
_CUTS = frozenset(["before", "after", "between", "before_here", "after_here", "last_piece"])
_BOUND = (
    r"\b(?:(?:more|less|fewer|longer|shorter|older|younger|larger|smaller|higher|lower|bigger|later|earlier) than"
    r"|at (?:least|most)|over|under|above|below|beyond|up to) {number}|{number} or (?:more|less|fewer|over|above|below)"
)
"""Words that make a number a bound."""
_SORTED_BY = re.compile(r"\b(?:sort|order|rank)\w*\b[^.;:]{0,40}?\bby ((?:[\w'-]+ ?){1,5})")
_AFFIXES = frozenset(["drop_prefix", "keep_prefix", "drop_suffix", "keep_suffix", "unprefix_keys"])


def echoes(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """Whether the program only repeats the example: literals, positions and cuts for which nothing speaks."""
    rows = min(sum(map(len, inputs)), max(sum(map(len, outputs)), 1))
    if any(_stands_for_nothing(expr, words, rows) for expr in subexpressions(program)):
        return True
    names = {name for rows_ in inputs for name in _inner_names(rows_)}
    if any(label in names and not is_spoken_of(label, words) for label in _labels(program)):
        return True
    if any(_is_echo(value, words, rows, label=label, name=name) for value, label, name in _given_literals(program)):
        return True
    values = {leaf for rows_ in inputs for leaf in leaves(rows_) if isinstance(leaf, str) and len(leaf) > 1}
    if any(_repeats(text, words, values, rows) for text in _written_texts(program)):
        return True
    given = {leaf for rows_ in inputs for leaf in leaves(rows_) if isinstance(leaf, str) and leaf}
    if any(text in given and not is_spoken_of(text, words) for text in _fallbacks(program)):
        return True
    if any(len(label.split()) > 1 and not words.contains(label) and label in values for label in _labels(program)):
        return True
    if any(_tells_nothing_apart(stage, inputs) for stage in stages_of(program)):
        return True
    if words.tokens and (_sorts_by_chance(program, words, inputs, outputs) or _chooses_among_fields(program)):
        return True
    return any(_by_chance(stage, words) for stage in stages_of(program))


def _stands_for_nothing(expr: Expr, words: Words, rows: int) -> bool:
    return (
        _only_tells_apart(expr, words)
        or _is_uncalled_for(expr, words)
        or _continues_digits(expr)
        or _is_made_up(expr, words, rows)
        or _ignores_a_bound(expr, words)
        or _is_spread_over_rows(expr, words)
    )


def _is_spread_over_rows(expr: Expr, words: Words) -> bool:
    """What is no total divided by how many rows there are, for which no word calls: three rows, a third."""
    if expr.op != "divide" or expr.args[1].op != "count" or not words.tokens:
        return False
    totals = any(OPERATORS[inner.op].takes == ("list",) for inner in _applied(expr.args[0]))
    return not totals and not words.has("split", "divide", "evenly", "equally", "equal", "number of", "count")


def _applied(expr: Expr) -> Iterator[Expr]:
    return (inner for inner in subexpressions(expr) if inner.op in OPERATORS)


def _ignores_a_bound(expr: Expr, words: Words) -> bool:
    """A test for the very number that the words name as a bound, `more than 48`: the example's row, not the rule."""
    if expr.op not in {"equals", "differs"} or expr.args[1].op != "const" or not is_number(expr.args[1].params[0]):
        return False
    number = rf"(?<![\d.]){re.escape(str(expr.args[1].params[0]))}(?!\.?\d)"
    return re.search(_BOUND.format(number=number), words.folded) is not None


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


def _sorts_by_chance(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> bool:
    """A sort against its words, or one that moves no row of the example and for which no word calls by its key."""
    if program.op != "pipe":
        return False
    depth, stages, body = program.params
    for place, stage in enumerate(stages):
        if stage.kind != "sort":
            continue
        if (
            len(stage.exprs) == 1
            and stage.exprs[0].type == "num"
            and _is_turned(words, descending=bool(stage.params[0]))
        ):
            return True
        if words.sorts and _is_asked_for(stage, words):
            continue
        without = Expr("pipe", program.args, (depth, stages[:place] + stages[place + 1 :], body), program.type)
        if fits(without, inputs, outputs):
            return True
    return False


def _is_turned(words: Words, *, descending: bool) -> bool:
    """Whether the words name the other end of the numbers first, and only that one."""
    low, high = words.topics("low_end"), words.topics("high_end")
    if descending:
        return words.has(*low) and not words.topic("strongly_descending")
    return words.has(*high) and not words.topic("ascending")


def _is_asked_for(stage: Stage, words: Words) -> bool:
    """Whether what stands after `sort by` is a key of the stage, or nothing is named there."""
    named = _SORTED_BY.search(words.folded)
    if named is None:
        return True
    if any(expr.op != "field" for expr in stage.exprs):
        return True
    keys = {stem for expr in stage.exprs for part in parts_of_name(str(expr.params[0])) for stem in stems_of(part)}
    return bool(keys & {stem for word in named[1].split() for stem in stems_of(word)})


def _chooses_among_fields(program: Expr) -> bool:
    """A choice of an object's entries by their place: the fields of an object have no order."""
    stages = stages_of(program)
    if not any(stage.kind == "explode" and stage.exprs[0].op == "entries" for stage in stages):
        return False
    places = {level.index for level in LEVELS[1:]}
    tests = [inner for stage in stages if stage.kind == "filter" for inner in subexpressions(stage.exprs[0])]
    return any(inner.op == "var" and inner.params[0] in places for inner in tests)


def _is_uncalled_for(expr: Expr, words: Words) -> bool:
    """A form that fits by chance, a part of field names, or a count corrected by one, for which no word calls."""
    if not words.tokens:
        return False
    if expr.op == "if" and _spells_its_number(expr):
        return True
    if expr.op in _CUTS and any(_holds_data(mark, words) for mark in expr.params):
        return True
    if expr.op in {"min", "max"} and expr.args[0].op == "numbers_list":
        return not words.has(*OPERATORS[expr.op].words)
    if expr.op in _CALLED_FOR:
        return not words.has(*OPERATORS[expr.op].words)
    if expr.op in _AFFIXES:
        return not _is_affix(expr.params[0], words)
    if expr.op in {"add", "subtract"} and expr.args[0].op == "count":
        return expr.args[1].op == "const" and expr.args[1].params[0] == 1 and not words.topic("one_more")
    return False


def _spells_its_number(expr: Expr) -> bool:
    """A label that holds the number it is chosen by, `3 seats` for 3: the row of the example, not a rule."""
    test, label = expr.args[0], expr.args[1]
    if test.op != "equals" or test.args[1].op != "const" or label.op != "const":
        return False
    number, text = test.args[1].params[0], label.params[0]
    if not is_number(number) or number in (0, 1) or not isinstance(text, str):
        return False
    return re.search(rf"(?<!\d){re.escape(str(number))}(?!\d)", text) is not None


def _holds_data(mark: Any, words: Words) -> bool:
    """A mark to cut at with digits that stand nowhere in the words."""
    digits = re.findall(r"\d+", mark) if isinstance(mark, str) else []
    return any(re.search(rf"(?<!\d){run}(?!\d)", words.folded) is None for run in digits)


def _is_affix(text: str, words: Words) -> bool:
    """Whether the words name the start or the end of field names: `crm_`, 'fields that start with crm'."""
    if text in words.affixes or text in words.quoted or text in words.symbols:
        return True
    named = set(parts_of_name(text)) <= words.stems
    return named and words.has("start", "begin", "prefix", "end", "suffix")


def _fallbacks(program: Expr) -> Iterator[str]:
    """Yield the texts that stand in for what is missing."""
    for expr in subexpressions(program):
        if expr.op in {"default", "default_empty", "falls_back"} and expr.args[1].op == "const":
            value = expr.args[1].params[0]
            if isinstance(value, str):
                yield value


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
    if stage.kind == "limit":
        return not (stage.params[0] in words.counts or (stage.params[0] == 1 and words.topic("limit")))
    if stage.kind == "skip":
        ends = words.topics("head") if stage.params[1] == "first" else words.topics("tail")
        return not (words.topic("skip") and words.has(*ends) and stage.params[0] in {1, *words.counts})
    if stage.kind == "dedupe":
        return not (words.topic("strong_dedupe") or words.topic("per_key"))
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
    if value == 1 and words.topic("repeats"):
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
        held = {*words.knowledge, *(round(1 + sign * n / 100, 10) for n in words.percents for sign in (1, -1))}
        return value not in held and not (label and value in (1, 100))
    return False
