"""How far one example and its words can be believed: evidence for a program, weighed by what it was worth before."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from agents.synthesis.coverage import left_over
from agents.synthesis.echoes import is_spoken_of
from agents.synthesis.language import OPERATORS, Expr, Stage, stages_of, subexpressions
from agents.synthesis.mutations import sampled_inputs
from agents.synthesis.readings import fits, literals_of, output_of
from agents.synthesis.rivals import Shown, rewritten, rivals
from agents.synthesis.rivals.walk import with_stages
from agents.synthesis.values import key_of
from agents.synthesis.words import Words

__all__ = ["BAR", "Refit", "evidence", "held", "trusted"]

Rows = list[Any]
Refit = Callable[[Rows, Rows], Expr | None]
"""Searches again with another example: the program that leads then, if any."""
_WEIGHTS: dict[str, float] = json.loads((Path(__file__).parent / "trust.json").read_text(encoding="utf-8"))
"""What each piece of evidence adds to the log odds; `python -m benchmarks.fit_trust` measures them."""
BAR = -0.4
"""Log odds, right and wrong weighing the same, from which a program is claimed: nine in ten of the right ones are."""
_NAMED = 0.9
"""From this mention on, the words name a field."""
_HINTED = 0.3
"""From this one on, they may mean it."""
_LEFT_OUT = 3
"""So many rows are left out of the example, one at a time."""
_UNTOLD = 0.6
"""Taken for `held` where no row can be left out."""
_CALLS = {
    "sort": ("order", "descending", "ascending", "by_date", "by_amount", "low_end", "high_end"),
    "limit": ("limit", "order"),
    "dedupe": ("dedupe", "strong_dedupe", "per_key"),
    "group": ("group", "per_key"),
    "filter": ("only", "not", "drop"),
    "skip": ("skip",),
}
"""The lists of words that call for a stage."""


def trusted(program: Expr, words: Words, inputs: Rows, outputs: Rows, refit: Refit) -> bool:
    """Whether a program that fits one example is to be claimed: its words say every step, or enough speaks for it.

    The rows are left out, which needs further searches, only where that can decide.
    """
    given = evidence(program, words, inputs, outputs)
    if not (given["unread"] or given["guesses"] or given["keys"]) and _is_said(program, words, inputs, outputs):
        return True
    score = _WEIGHTS["base"] + sum(_WEIGHTS[name] * value for name, value in given.items())
    most = _WEIGHTS["held"]
    if score >= BAR or score + most < BAR:
        return score >= BAR
    return score + most * held(program, inputs, outputs, refit) >= BAR


def evidence(program: Expr, words: Words, inputs: Rows, outputs: Rows) -> dict[str, float]:
    """Measure what speaks for a program and against it, by the names in `trust.json`.

    `cost`: its own; `rivals`: other readings that fit too and do something else elsewhere (log of 1 + count);
    `keys`: other fields to sort or compare by that fit too; `unread`: fields that the words name and it does not read;
    `guesses`: parameters that the words do not hold; `called`: steps for which a word calls;
    `listed`: objects written field by field; `rows`: of the example.
    """
    shown, parts = Shown(words, [inputs], program), list(subexpressions(program))
    literals = [value for value in literals_of(program) if isinstance(value, str | int | float)]
    given = [(tried, _key(program, tried)) for tried in sampled_inputs(inputs, literals)]

    def is_open(other: Expr) -> bool:
        return fits(other, [inputs], [outputs]) and any(_parts(other, tried, key) for tried, key in given)

    rekeyed = set(rewritten(program, partial(_other_keys, shown=shown))) - {program}
    return {
        "cost": program.cost,
        "rivals": math.log1p(
            sum(rival.dimension != "kin" and is_open(rival.program) for rival in rivals(program, shown))
        ),
        "keys": sum(map(is_open, rekeyed)),
        "unread": len(_unread(parts, shown)),
        "guesses": sum(_is_guess(value, words) for expr in parts for value in _parameters(expr)),
        "called": sum(_is_called(expr, words) for expr in parts) + sum(map(_calls_for(words), stages_of(program))),
        "listed": sum(expr.op == "object" and expr.params[1] == 0 for expr in parts),
        "rows": len(inputs),
    }


def held(program: Expr, inputs: Rows, outputs: Rows, refit: Refit) -> float:
    """The share of rows that the search still gets right when they are left out of its example."""
    if len(inputs) < 2:
        return _UNTOLD
    right: list[bool] = []
    for place in range(min(len(inputs), _LEFT_OUT)):
        fewer = [*inputs[:place], *inputs[place + 1 :]]
        wanted = output_of(program, fewer)
        if wanted and wanted != fewer:  # else it shows nothing
            found = refit(fewer, wanted)
            right.append(found is not None and fits(found, [inputs], [outputs]))
    return sum(right) / len(right) if right else _UNTOLD


def _is_said(program: Expr, words: Words, inputs: Rows, outputs: Rows) -> bool:
    """Whether the words call for each step, name each literal and field of it, and leave hardly a word over."""
    parts = list(subexpressions(program))
    named = {str(arg.params[0]) for expr in parts if expr.op in OPERATORS for arg in expr.args if arg.op == "field"}
    for stage in stages_of(program):
        if stage.kind in _CALLS and not _calls_for(words)(stage):
            return False
        named |= {str(one.params[0]) for expr in stage.exprs for one in subexpressions(expr) if one.op == "field"}
    if any(words.mention(name) < _HINTED for name in named) or not all(_may_stand(expr, words) for expr in parts):
        return False
    return len(left_over(program, words, [inputs], [outputs])) <= 1


def _may_stand(expr: Expr, words: Words) -> bool:
    """Whether the words call for an operator, or it needs no call, or hold a literal."""
    if expr.op == "const":
        return isinstance(expr.params[0], dict | list | tuple) or is_spoken_of(expr.params[0], words)
    operator = OPERATORS.get(expr.op)
    return operator is None or _is_called(expr, words) or not (operator.words or operator.demand > 0)


def _key(program: Expr, rows: Rows) -> Any:
    output = output_of(program, rows)
    return None if output is None else key_of(output)


def _parts(other: Expr, rows: Rows, key: Any) -> bool:
    """Whether another program gives something else; where one of the two means nothing, nothing is told."""
    return key is not None and _key(other, rows) not in (None, key)


def _other_keys(expr: Expr, shown: Shown) -> Iterator[Expr]:
    """Sort by every field in either direction, tell duplicates apart by each field named as surely as the key."""
    for place, stage in enumerate(expr.params[1] if expr.op == "pipe" else ()):
        named = _key_mention(stage, shown.words)
        for field in shown.fields:
            if shown.words.mention(str(field.params[0])) >= named:
                for other in _keyed(stage, field):
                    yield with_stages(expr, (*expr.params[1][:place], other, *expr.params[1][place + 1 :]))


def _key_mention(stage: Stage, words: Words) -> float:
    """How surely the words name what a stage compares by; whole rows count as named by "same in all fields"."""
    names = [str(one.params[0]) for expr in stage.exprs for one in subexpressions(expr) if one.op == "field"]
    if not names:
        return _NAMED if words.topic("whole") else 0.0
    return max(words.mention(name) for name in names)


def _keyed(stage: Stage, field: Expr) -> Iterator[Stage]:
    if stage.kind == "sort":
        yield from (replace(stage, exprs=(field,), params=(descending,)) for descending in (True, False))
    if stage.kind == "dedupe":
        yield replace(stage, exprs=(field,))


def _unread(parts: Sequence[Expr], shown: Shown) -> list[str]:
    read = {str(expr.params[0]) for expr in parts if expr.op == "field"}
    return [name for name in shown.columns if name not in read and shown.words.mention(name) >= _NAMED]


def _parameters(expr: Expr) -> Iterator[Any]:
    if expr.op in OPERATORS and expr.op != "read_date":
        yield from (value for value in expr.params if isinstance(value, str | int | float))


def _is_guess(value: Any, words: Words) -> bool:
    if isinstance(value, bool) or value in (0, 1, -1) or words.names_value(value):
        return False
    return not (isinstance(value, str) and (value in words.symbols or not value.strip()))


def _is_called(expr: Expr, words: Words) -> bool:
    return expr.op in OPERATORS and words.has(*OPERATORS[expr.op].words)


def _calls_for(words: Words) -> Callable[[Stage], bool]:
    """Return the test whether the words call for a stage."""

    def is_called(stage: Stage) -> bool:
        named = words.has(*[word for topic in _CALLS.get(stage.kind, ()) for word in words.topics(topic)])
        return named or (stage.kind == "sort" and bool(words.sorts))

    return is_called
