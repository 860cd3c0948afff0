"""From a request to an answer: search, check, question or code."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import agents.synthesis.operators  # noqa: F401 - importing it fills the language
from agents.synthesis.coverage import left_over, unused_numbers
from agents.synthesis.doubts import doubtful
from agents.synthesis.echoes import echoes
from agents.synthesis.emit_javascript import javascript_body, javascript_item_body
from agents.synthesis.emit_python import python_body, python_item_body
from agents.synthesis.explain import explain, partial_words
from agents.synthesis.language import Expr, subexpressions, var
from agents.synthesis.question import doubted_readings, open_readings, other_readings
from agents.synthesis.readings import (
    agreed_inputs,
    confidence_of,
    fits,
    output_of,
    unmet,
)
from agents.synthesis.search import Search
from agents.synthesis.search.aggregates import aggregates
from agents.synthesis.search.frame import Budget, Exhausted, Frame
from agents.synthesis.strictness import strict
from agents.synthesis.trust import trusted
from agents.synthesis.types import Ambiguity, Reading, Status, Synthesis, SynthesisRequest
from agents.synthesis.words import Words

__all__ = ["Refitting", "decided", "leading_program", "synthesize"]

_STEPS = 90_000
"""Counted work of one request; reached well before the deadline on a quiet core, so that answers repeat."""
_DEAR = 12.0
_LONG = 45
"""More words than this hold more rules than one example shows; each further example adds to it."""
_WORDLESS = 5.5
"""The most that a program may cost that no words speak for."""
_UNMET = 2.0
"""Cost of each demand of the words that a program does not meet."""
_UNUSED = 1.0
"""Cost of each number of the words that a program does not use."""
_LEFT = 0.1
"""Cost of each content word that no part of a program stands for."""
_UNSURE = 0.6
"""Up to this confidence nothing is claimed."""
_UNPROVEN = 0.67
"""The share of right ones among the programs that two authors' 130 tasks, never seen before, left unproven."""
_FIRSTS = 3
"""So many programs that fit the first example are read otherwise when a second one is there."""
_TWICE = 12
"""So many of those readings are read otherwise once more."""
_REFITTED = 20_000
"""Counted work of a search without one row of the example."""
_PATIENCE_S = 0.5
"""The last guard of such a search; its counted work ends well before."""
_CONVINCING = 2.9
"""The most that a program may cost for each field of its output and still be offered."""
Rows = list[Any]
Withheld = Callable[[Expr], bool]


def _nothing(_: Expr) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Refitting:
    """Searches again with fewer rows of the example: the program that leads then, None when none does."""

    words: Words
    withheld: Withheld = _nothing

    def __call__(self, rows: Rows, wanted: Rows) -> Expr | None:
        """Find the leading program for other rows."""
        budget = Budget(_REFITTED, time.thread_time() + _PATIENCE_S, time.thread_time)
        found = candidates(self.words, Search(), [rows], [wanted], budget, self.withheld)
        return next(iter(_sound(found, self.words, [rows], [wanted])), None)


def synthesize(request: SynthesisRequest) -> Synthesis:
    """Find the program that turns every example's input into its output.

    Example:
        `synthesize(SynthesisRequest("double it", [Example([{"json": {"value": 5}}], [{"json": {"result": 10}}])]))`
    """
    started = time.perf_counter()
    words, search = Words(request.description), Search()
    inputs = [[item["json"] for item in example.input] for example in request.examples]
    outputs = [[item["json"] for item in example.output] for example in request.examples]
    programs = _programs(request, words, search, inputs, outputs)
    answer = _answer(programs, words, inputs, outputs) if programs else None
    elapsed_ms = (time.perf_counter() - started) * 1000
    if answer is None:
        return Synthesis(
            "unsolved", partial=partial_words(search.state.solved, search.state.missing), elapsed_ms=elapsed_ms
        )
    status, leading, ambiguity = answer
    pairs = agreed_inputs(leading, inputs)
    return Synthesis(
        status,
        code_of(leading),
        _item_code_of(leading),
        explain(leading),
        _UNPROVEN if status == "unproven" else round(confidence_of(leading, words, inputs, outputs), 3),
        ambiguity,
        elapsed_ms=(time.perf_counter() - started) * 1000,
        inputs=tuple(_items(rows) for rows, _ in pairs),
        outputs=tuple(_items(rows) for _, rows in pairs),
    )


def leading_program(request: SynthesisRequest, *, claimed: bool = True) -> Expr | None:
    """Return the program that `synthesize` would claim, None when it asks or claims nothing.

    `claimed=False`: also the one that leads when it asks or proves nothing.
    """
    answer = decided(request)
    return answer[1] if answer is not None and (answer[0] == "solved" or not claimed) else None


def decided(request: SynthesisRequest, *, withheld: Withheld = _nothing) -> tuple[Status, Expr] | None:
    """Say how a request is answered and with which program; None when nothing is found.

    `withheld`: programs that the search must not find, for measuring what it says of a task beyond its reach.
    """
    words = Words(request.description)
    inputs = [[item["json"] for item in example.input] for example in request.examples]
    outputs = [[item["json"] for item in example.output] for example in request.examples]
    programs = _programs(request, words, Search(), inputs, outputs, withheld)
    answer = _answer(programs, words, inputs, outputs) if programs else None
    return None if answer is None else answer[:2]


def _items(rows: Rows) -> list[dict[str, Any]]:
    return [{"json": row} for row in rows]


def _item_code_of(program: Expr) -> dict[Any, str]:
    printed = {"javascript": javascript_item_body(program), "python": python_item_body(program)}
    return {language: text for language, text in printed.items() if text is not None}


def code_of(program: Expr) -> dict[Any, str]:
    """Print a program in both languages."""
    return {"javascript": javascript_body(program), "python": python_body(program)}


def _answer(
    programs: list[Expr], words: Words, inputs: list[Rows], outputs: list[Rows]
) -> tuple[Status, Expr, Ambiguity | None] | None:
    """Decide between a claim, a question, a program that is not claimed, and nothing."""
    sound = _sound(programs, words, inputs, outputs)
    if not sound or _share(sound[0], outputs) > _CONVINCING:
        return None
    best = sound[0]
    if not words.tokens and (best.cost > _WORDLESS + _shown(outputs) or doubtful(best, inputs, outputs)):
        return None
    if len(words.tokens) > _LONG + 20 * (len(inputs) - 1) or unmet(best, words):
        return "unproven", best, None
    question = open_readings(sound, words, inputs, outputs)
    if question is None and not words.tokens:
        return "solved", strict(best), None
    if question is None and _is_trusted(best, words, inputs, outputs):
        return "solved", best, None
    question = question or doubted_readings(sound, inputs)
    if question is None:
        return "unproven", best, None
    readings, rows = question
    told = tuple(Reading(explain(one), code_of(one), _items(output_of(one, rows) or [])) for one in readings)
    return "ambiguous", best, Ambiguity(told, _items(rows))


def _sound(programs: list[Expr], words: Words, inputs: list[Rows], outputs: list[Rows]) -> list[Expr]:
    """The programs that do more than repeat the example, dearer by what they leave unsaid, cheapest first."""
    sound = [
        program.raised(_unaccounted(program, words, inputs, outputs))
        for program in programs
        if not echoes(program, words, inputs, outputs)
    ]
    return sorted(sound, key=lambda program: program.cost)


def _is_trusted(program: Expr, words: Words, inputs: list[Rows], outputs: list[Rows]) -> bool:
    """A second example confirms what one alone leaves to trust."""
    if confidence_of(program, words, inputs, outputs) <= _UNSURE:
        return False
    if len(inputs) > 1:
        return True
    return trusted(program, words, inputs[0], outputs[0], Refitting(words))


def _unaccounted(program: Expr, words: Words, inputs: list[Rows], outputs: list[Rows]) -> float:
    """What a program costs for demands, numbers and words of the text that no part of it stands for."""
    left = len(left_over(program, words, inputs, outputs))
    return _UNMET * len(unmet(program, words)) + _UNUSED * len(unused_numbers(program, words)) + _LEFT * left


def _shown(outputs: list[Rows]) -> float:
    """Each further row that differs speaks for a program without words."""
    shown = len({repr(row) for rows in outputs for row in rows})
    return min(max(shown - 1, 0), 3) * 1.0


def _share(program: Expr, outputs: list[Rows]) -> float:
    fields = max((len(row) for rows in outputs for row in rows if isinstance(row, dict)), default=1)
    return program.cost / (2.0 + fields)


def _programs(
    request: SynthesisRequest,
    words: Words,
    search: Search,
    inputs: list[Rows],
    outputs: list[Rows],
    withheld: Withheld = _nothing,
) -> list[Expr]:
    """Return programs over `items` that fit every example, cheapest first."""
    deadline = time.thread_time() + request.deadline_s * 0.7
    if not inputs:
        return []
    found = candidates(words, search, inputs, outputs, Budget(_STEPS, deadline, time.thread_time), withheld)
    if len(inputs) > 1:
        found += _readings_of_first(words, inputs, outputs, deadline)
    return sorted(found, key=lambda program: program.cost)


def _readings_of_first(words: Words, inputs: list[Rows], outputs: list[Rows], deadline: float) -> list[Expr]:
    """Readings of the first example that the others confirm: one step from a program that fits it, or two."""
    budget = Budget(_STEPS, deadline, time.thread_time)
    found = candidates(words, Search(), inputs[:1], outputs[:1], budget)
    sound = [program for program in found if not echoes(program, words, inputs[:1], outputs[:1])]
    once = [other for program in (sound or found)[:_FIRSTS] for other in other_readings(program, words, inputs[:1])]
    confirmed = [program for program in once if fits(program, inputs, outputs)]
    if confirmed:
        return confirmed
    open_ones = [program for program in once if fits(program, inputs[:1], outputs[:1])][:_TWICE]
    twice = [other for program in open_ones for other in other_readings(program, words, inputs[:1])]
    return [program for program in twice if fits(program, inputs, outputs)]


def candidates(
    words: Words,
    search: Search,
    inputs: list[Rows],
    outputs: list[Rows],
    budget: Budget,
    withheld: Withheld = _nothing,
) -> list[Expr]:
    """Search in two efforts; what was found before the work ran out counts."""
    frame = Frame([{"items": rows} for rows in inputs], (var("items", "list", 0.0),), 0, words, budget)
    goal = tuple(outputs)
    many_to_one = all(len(rows) == 1 for rows in goal) and any(len(rows) != 1 for rows in inputs)
    found: list[Expr] = []
    for effort in (0, 1):
        search.effort = effort
        try:
            if many_to_one or effort:
                for program in aggregates(frame, goal, search):
                    found.append(program)  # noqa: PERF402 - what came before the work ran out counts
            dear = 2.5 if many_to_one and not words.topic("limit") and not words.topic("skip") else 0.0
            dear -= 1.5 * (dear > 0 and (words.topic("drop") or words.has("only")))
            for program in search.lists.lists(frame, goal):
                raised = 0.0 if _is_named_choice(program, words) else dear
                found.append(program.raised(raised))
        except Exhausted:
            pass
        found = [program for program in found if fits(program, inputs, outputs) and not withheld(program)]
        sound = [program for program in found if not echoes(program, words, inputs, outputs)]
        if sound and min(program.cost for program in sound) < _DEAR:
            break
    return sorted(found, key=lambda program: program.cost)


def _is_named_choice(program: Expr, words: Words) -> bool:
    """Whether the program only keeps rows by values that the words hold."""
    stages = program.params[1] if program.op == "pipe" and program.params[2] is None else ()
    tests = [inner for stage in stages for expr in stage.exprs for inner in subexpressions(expr)]
    values = [test.params[0] for test in tests if test.op == "const"]
    return all(stage.kind == "filter" for stage in stages) and bool(values) and all(map(words.names_value, values))
