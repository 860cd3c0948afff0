"""Which words of a task no part of a program accounts for: rules that were said and are not there."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from agents.synthesis.language import OPERATORS, Expr, stages_of, subexpressions
from agents.synthesis.values import is_number
from agents.synthesis.words import Words, parts_of_name, stems_of

__all__ = ["content_of", "left_over", "unused_numbers"]

Rows = list[Any]
_SAMPLE = re.compile(r"\d[\d.]*(?:[^\w\s%€$.]|[xX])[\d][\w.:,/-]*")
_TOPICS_OF = {
    "filter": ("only", "not", "drop"),
    "sort": ("order", "descending", "by_date", "by_amount"),
    "dedupe": ("dedupe", "strong_dedupe"),
    "limit": ("limit", "order", "only"),
    "skip": ("skip", "limit"),
    "group": ("group",),
    "object": ("pick", "rename", "keep", "drop", "rest", "not"),
}
"""The lists of words that a stage or a form of the program answers to."""


def unused_numbers(program: Expr, words: Words) -> list[float]:
    """List the numbers of the text that no part of the program stands for.

    Samples of a form are no rules: what stands in quotes, dates, digits tied to further digits (`7:45`, `1.234,50`).
    """
    bare = _SAMPLE.sub(" ", words.text)
    for sample in (*words.quoted, *words.dates, *words.samples):
        bare = bare.replace(sample, " ")
    used, written = _numbers(program), {float(run) for run in re.findall(r"(?<![^\W\d])\d+(?:\.\d+)?", bare)}
    return [number for number in words.numbers if number in written - used and number > 2]


def left_over(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> list[str]:
    """List the content words that no part of the program stands for, in order."""
    known = _known(program, words, inputs, outputs)
    return [token for token in content_of(words) if not stems_of(token) & known]


def content_of(words: Words) -> list[str]:
    """List the words of a task that stand for something, each once."""
    stop = words.table("stop")
    tokens = [token for token in dict.fromkeys(words.tokens) if len(token) > 1 and not token.isdigit()]
    return [token for token in tokens if token not in stop]


def _known(program: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> set[str]:
    """Stems of all words that belong to the program: names, literals, operators, the forms of its stages."""
    texts: list[str] = [*_names(program, inputs, outputs), *_literals(program)]
    texts += [name for text in texts if len(text) == 1 for name in words.names_of_symbol(text)]
    texts += [word for kind in _forms(program) for topic in _TOPICS_OF.get(kind, ()) for word in words.topics(topic)]
    for name in _forms(program) & OPERATORS.keys():
        texts += [name, *OPERATORS[name].words, re.sub(r"\{[^}]*\}", " ", OPERATORS[name].says)]
    return set().union(*map(_stems_in, texts))


@lru_cache(maxsize=20_000)
def _stems_in(text: str) -> frozenset[str]:
    """Stems of the words of a text or a name; those of operators and topics are asked for again and again."""
    return frozenset(stem for part in [*text.lower().split(), *parts_of_name(text)] for stem in stems_of(part))


def _forms(program: Expr) -> set[str]:
    return {inner.op for inner in subexpressions(program)} | {stage.kind for stage in stages_of(program)}


def _names(program: Expr, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> Iterator[str]:
    """Yield the fields that the program reads, writes or leaves out."""
    yield from set(_all_names(outputs)) ^ set(_all_names(inputs))
    for expr in subexpressions(program):
        if expr.op == "field":
            yield str(expr.params[0])
        if expr.op == "object":
            yield from (*expr.params[0], *expr.params[2])


def _all_names(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for element in value:
            yield from _all_names(element)
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _all_names(inner)


def _parameters(program: Expr) -> Iterator[Any]:
    """Yield the scalars among the parameters, those inside lists and tables too."""
    for expr in subexpressions(program):
        if expr.op not in {"object", "pipe", "field", "var"}:
            yield from _scalars(expr.params)
    for stage in stages_of(program):
        yield from stage.params


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from _scalars(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _scalars(inner)
    else:
        yield value


def _literals(program: Expr) -> Iterator[str]:
    yield from (value for value in _parameters(program) if isinstance(value, str))


def _numbers(program: Expr) -> set[float]:
    plain = {float(value) for value in _parameters(program) if is_number(value)}
    inside = {float(run) for text in _literals(program) for run in re.findall(r"\d+", text)}
    shares = {round(abs(1 - value) * 100, 6) for value in plain} | {round(value * 100, 6) for value in plain}
    beside = {float(value) for value in _next_to_bounds(program)}
    return plain | inside | shares | beside


def _next_to_bounds(program: Expr) -> Iterator[float]:
    """Yield the whole number where the next range starts: "up to 14" is all there is to say of "from 15"."""
    for expr in subexpressions(program):
        if expr.op in {"at_most", "below", "at_least", "above"} and expr.args[1].op == "const":
            bound = expr.args[1].params[0]
            if isinstance(bound, int):
                yield bound + 1 if expr.op in {"at_most", "above"} else bound - 1
