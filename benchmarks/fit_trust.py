"""What evidence is worth: `python -m benchmarks.fit_trust FILE.jsonl...` prints the weights of `trust.json`.

The files hold everyday tasks with further cases. Each task gives the program that leads, and the one that leads when
the right ones are withheld: what the search would say of a task that it cannot solve. A logistic regression tells the
right ones from the others; each file's claims are also judged by the weights of the other files.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.synthesis import SynthesisRequest
from agents.synthesis.engine import Refitting, decided
from agents.synthesis.language import Expr
from agents.synthesis.mutations import sampled_inputs
from agents.synthesis.readings import literals_of, output_of
from agents.synthesis.trust import BAR, evidence, held
from agents.synthesis.words import Words
from agents.task import Example
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

Task = dict[str, Any]
_RIDGE = 3.0
_ROUNDS = 25


@dataclass(frozen=True, slots=True)
class Claim:
    """A program that would be claimed, what speaks for it, whether it is right, and whether it is a real answer."""

    file: str
    given: dict[str, float]
    right: bool
    real: bool


def claims_of(path: str) -> Iterable[Claim]:
    """Yield the leading program of each task, and the wrong one that leads without the right ones."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        leading = _leading(task, lambda _: False)
        if leading is not None:
            yield Claim(path, _evidence(task, leading, lambda _: False), _is_right(task, leading), real=True)
        if leading is None or not _is_right(task, leading):
            continue
        model = leading

        def withheld(program: Expr, task: Task = task, model: Expr = model) -> bool:
            return _is_right(task, program) or _does_the_same(task, program, model)

        wrong = _leading(task, withheld)
        if wrong is not None:
            yield Claim(path, _evidence(task, wrong, withheld), right=False, real=False)


def _request(task: Task) -> SynthesisRequest:
    example = Example(items_from(task["input_example"]), items_from_output(task["expected_output"]))
    return SynthesisRequest(task["description"], [example], deadline_s=30.0)


def _leading(task: Task, withheld: Callable[[Expr], bool]) -> Expr | None:
    answer = decided(_request(task), withheld=withheld)
    return answer[1] if answer is not None and answer[0] in {"solved", "unproven"} else None


def _evidence(task: Task, program: Expr, withheld: Callable[[Expr], bool]) -> dict[str, float]:
    words, [example] = Words(task["description"]), _request(task).examples
    given, wanted = rows_from(example.input), rows_from(example.output)
    share = held(program, given, wanted, Refitting(words, withheld))
    return evidence(program, words, given, wanted) | {"held": share, "base": 1.0}


def _is_right(task: Task, program: Expr) -> bool:
    return all(
        same_value(output_of(program, rows_from(case["input"])), rows_from(case["expected"])) for case in task["cases"]
    )


def _does_the_same(task: Task, program: Expr, model: Expr) -> bool:
    """Whether two programs part on no ordinary input with the fields of the example."""
    given = rows_from(items_from(task["input_example"]))
    names = {name for row in given for name in row}
    literals = [value for value in literals_of(model) if isinstance(value, str | int | float)]
    ordinary = [rows for rows in sampled_inputs(given, literals) if all(set(row) <= names for row in rows)]
    pairs = [(output_of(program, rows), output_of(model, rows)) for rows in ordinary]
    return all(same_value(left, right) for left, right in pairs if left is not None and right is not None)


def fit(claims: list[Claim]) -> dict[str, float]:
    """Fit by Newton's method; right and wrong weigh the same in sum, which puts the bar where the two are as likely."""
    names, half = list(claims[0].given), 0.5 * len(claims)
    shares = {right: half / max(sum(claim.right == right for claim in claims), 1) for right in (True, False)}
    weights = [0.0] * len(names)
    for _ in range(_ROUNDS):
        slope = [-_RIDGE * weight * (name != "base") for name, weight in zip(names, weights, strict=True)]
        bend = [[_RIDGE * (i == j) for j in range(len(names))] for i in range(len(names))]
        for claim in claims:
            row = [claim.given[name] for name in names]
            chance = 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, row, strict=True))))
            share = shares[claim.right]
            for i, left in enumerate(row):
                slope[i] += share * (claim.right - chance) * left
                for j, value in enumerate(row):
                    bend[i][j] += share * chance * (1 - chance) * left * value
        weights = [weight + step for weight, step in zip(weights, _solved(bend, slope), strict=True)]
    return dict(zip(names, weights, strict=True))


def _solved(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Solve a small symmetric system by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    for place, pivot in enumerate(rows):
        for other in rows[place + 1 :]:
            factor = other[place] / pivot[place]
            other[:] = [value - factor * taken for value, taken in zip(other, pivot, strict=True)]
    found = [0.0] * len(rows)
    for place in reversed(range(len(rows))):
        known = sum(rows[place][after] * found[after] for after in range(place + 1, len(rows)))
        found[place] = (rows[place][-1] - known) / rows[place][place]
    return found


def _is_trusted(claim: Claim, weights: dict[str, float]) -> bool:
    return sum(weights[name] * value for name, value in claim.given.items()) >= BAR


def main(paths: list[str]) -> None:
    """Print each file's claims as the others judge them, and the weights of all."""
    claims = [claim for path in paths for claim in claims_of(path)]
    for path in paths:
        weights = fit([claim for claim in claims if claim.file != path])
        own = [claim for claim in claims if claim.file == path]
        kept = [claim for claim in own if claim.real and _is_trusted(claim, weights)]
        wrong = [claim for claim in own if not claim.real]
        print(
            f"{path}: claimed {len(kept)} of {sum(claim.real for claim in own)}, right {sum(c.right for c in kept)};"
            f" withheld {len(wrong)}, still claimed {sum(_is_trusted(claim, weights) for claim in wrong)}"
        )
    print(json.dumps({name: round(weight, 3) for name, weight in fit(claims).items()}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
