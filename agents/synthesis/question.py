"""Which readings are still open: programs that fit every example and do something else on an input it did not show."""

from collections.abc import Iterator, Sequence
from typing import Any

from agents.synthesis.coverage import content_of, left_over
from agents.synthesis.echoes import is_spoken_of
from agents.synthesis.language import Expr
from agents.synthesis.mutations import revealing_inputs
from agents.synthesis.readings import fits, literals_of, output_of
from agents.synthesis.rivals import DIMENSIONS, Rival, Shown, rivals
from agents.synthesis.values import key_of
from agents.synthesis.words import Words

__all__ = ["difference", "doubted_readings", "open_readings", "other_readings", "plausibility"]

_NEAR = 12
"""How many of the cheapest programs of the search are looked at as other readings."""
_CLOSE = 0.18
"""The most that another program may cost more and still be asked about."""
_OPEN = 0.55
"""The same when it leaves fewer words over."""
_DOUBTED = 2.0
"""The same for a program that is not trusted."""
_ASKED = 0.3
"""From this plausibility on, a rival is asked about."""
_USUAL = 4
"""So many content words leave as much open as the requests counted in `dimensions.json`; fewer leave more."""
_VAGUEST = 1.6
_WORDLESS = 0.4
"""Rows without words speak for themselves: only what is nearly always meant otherwise is asked."""
_FURTHER = 0.2
"""Each further example makes what it leaves open less likely to matter."""
_SHOWN = 4
"""The most readings in one question."""
_TRIED = 40
"""So many inputs that part two programs are searched for one that parts more."""
Rows = list[Any]


def open_readings(
    programs: list[Expr], words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]
) -> tuple[list[Expr], Rows] | None:
    """Return programs of which each may be meant, and an input for which all give different outputs; None when sure."""
    best = programs[0]
    families, settled = _rivals(best, words, inputs, outputs)
    near = [[best, one] for one in _near(programs, words, inputs, outputs) if one not in settled]
    return _asked([*((family, True) for family in families), *((family, False) for family in near)], inputs)


def doubted_readings(programs: list[Expr], inputs: Sequence[Rows]) -> tuple[list[Expr], Rows] | None:
    """The same for a program that little speaks for: whatever else the search found that costs not much more."""
    best = programs[0]
    near = [one for one in programs[1:_NEAR] if one.cost - best.cost <= _DOUBTED]
    return _asked([([best, one], False) for one in near], inputs)


def _asked(families: Sequence[tuple[list[Expr], bool]], inputs: Sequence[Rows]) -> tuple[list[Expr], Rows] | None:
    """The first readings that differ and the input that parts them; each family says whether odd inputs count."""
    readings: list[Expr] = []
    asked: Rows = []
    for family, odd in families:
        rows = difference(family, inputs, odd=odd) if len(readings) < _SHOWN else None
        if rows is not None:
            apart = _distinct([*readings, *family], [*asked, *rows])
            if len(apart) > len(readings) and readings == apart[: len(readings)]:
                readings, asked = apart, [*asked, *rows]
    return (readings[:_SHOWN], asked) if readings else None


def other_readings(program: Expr, words: Words, inputs: Sequence[Rows]) -> Iterator[Expr]:
    """Yield the rivals of a program, whatever the words say."""
    yield from (rival.program for rival in rivals(program, Shown(words, inputs, program)))


def _rivals(
    best: Expr, words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]
) -> tuple[list[list[Expr]], set[Expr]]:
    """The program with the rivals that fit, by dimension, the most plausible first; and the rivals not worth asking."""
    found: dict[str, list[Expr]] = {}
    settled, shown = set(), Shown(words, inputs, best)
    factor = _openness(words) * _FURTHER ** (len(inputs) - 1)
    for rival in rivals(best, shown):
        if plausibility(rival, shown) * factor < _ASKED:
            settled.add(rival.program)
        elif fits(rival.program, inputs, outputs):
            own = [] if "replaces" in DIMENSIONS[rival.dimension] else [best]
            found.setdefault(rival.dimension, own).append(rival.program)
    return [found[name] for name in sorted(found, key=lambda name: -_share_meant(name))], settled


def _openness(words: Words) -> float:
    """How much a request leaves open: the fewer words the more; without any, its rows have to speak for themselves."""
    if not words.tokens:
        return _WORDLESS
    return min(_VAGUEST, _USUAL / max(len(content_of(words)), 1))


def plausibility(rival: Rival, shown: Shown) -> float:
    """How likely the rival is meant by words that say nothing about its dimension; 0 where they decide it.

    A word that is the name of a field decides nothing: a field called `title` asks for no title case.
    """
    dimension, words = DIMENSIONS[rival.dimension], shown.words
    if any(words.has(word) for word in dimension.get("decided", ()) if word not in shown.columns):
        return 0.0
    when = dimension.get("when")
    return _share_meant(rival.dimension) if when is None or words.has(*when) else 0.0


def _share_meant(name: str) -> float:
    """The share of requests open in this dimension whose author meant the rival, of those developed on (+1 of +2)."""
    meant, idle = DIMENSIONS[name]["meant"], DIMENSIONS[name]["idle"]
    return float((meant + 1) / (meant + idle + 2))


def _near(programs: list[Expr], words: Words, inputs: Sequence[Rows], outputs: Sequence[Rows]) -> list[Expr]:
    """Other programs of the search that cost hardly more and leave no more words over; `doubts.py` judges without."""
    if len(inputs) > 1 or not words.tokens:
        return []
    best = programs[0]
    guessed = _guesses(best, words)
    left = len(left_over(best, words, inputs, outputs))

    def window(one: Expr) -> float:
        over = len(left_over(one, words, inputs, outputs))
        if _guesses(one, words) > guessed or over > left:
            return -1.0
        return _OPEN if over < left else _CLOSE

    return [one for one in programs[1:_NEAR] if one.cost - best.cost <= window(one)]


def _guesses(program: Expr, words: Words) -> int:
    """Count the literals that the words do not hold."""
    scalars = [value for value in literals_of(program) if not isinstance(value, dict | list | tuple)]
    return sum(not is_spoken_of(value, words) for value in scalars)


def difference(family: list[Expr], inputs: Sequence[Rows], *, odd: bool) -> Rows | None:
    """Return a short input for which as many of the programs as possible give different outputs, at least two."""
    literals = [value for one in family for value in literals_of(one) if isinstance(value, str | int | float)]
    for rows in inputs:
        parting: list[tuple[int, Rows]] = []
        for tried in revealing_inputs(rows, list(dict.fromkeys(literals)), odd=odd):
            apart = len(_distinct(family, tried))
            if apart > 1:
                parting.append((apart, tried))
                if apart == min(len(family), _SHOWN) or len(parting) == _TRIED:
                    break
        if parting:
            return _shortened(family, max(parting, key=lambda pair: pair[0])[1])
    return None


def _distinct(programs: Sequence[Expr], rows: Rows) -> list[Expr]:
    """The programs that mean something for an input, one for each output."""
    found: dict[Any, Expr] = {}
    for program in programs:
        output = output_of(program, rows)
        if output is not None:
            found.setdefault(key_of(output), program)
    return list(found.values())


def _shortened(family: list[Expr], rows: Rows) -> Rows:
    """Leave out rows that the difference does not need."""
    kept, place = len(_distinct(family, rows)), 0
    while place < len(rows) and len(rows) > 1:
        fewer = rows[:place] + rows[place + 1 :]
        if len(_distinct(family, fewer)) >= kept:
            rows = fewer
        else:
            place += 1
    return rows
