"""How often each dimension of rivals was meant and idle: `python -m benchmarks.count_dimensions FILE.jsonl...`.

The files hold everyday tasks and requests with two readings; the counts printed are those of the file
`agents/synthesis/rivals/dimensions.json`. A dimension is open where a rival of it fits the example, differs on an
input that the example does not show, and no word decides it. It was meant where its rivals and the leading program
give two of the outputs that the request's author had in mind, and idle in a task that has one answer.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.synthesis import SynthesisRequest
from agents.synthesis.engine import leading_program
from agents.synthesis.language import Expr
from agents.synthesis.question import difference, plausibility
from agents.synthesis.readings import fits, output_of
from agents.synthesis.rivals import Shown, rivals
from agents.synthesis.words import Words
from agents.task import Example
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

Task = dict[str, Any]


def count(tasks: Iterator[Task]) -> tuple[Counter[str], Counter[str]]:
    """Count the tasks in which each dimension was meant, and those in which it was idle."""
    meant: Counter[str] = Counter()
    idle: Counter[str] = Counter()
    for task in tasks:
        for name, family in open_dimensions(task).items():
            if "readings" not in task:
                idle[name] += 1
            elif sum(_gives(family, task["distinguishing_input"], output) for output in task["outputs"]) > 1:
                meant[name] += 1
    return meant, idle


def open_dimensions(task: Task) -> dict[str, list[Expr]]:
    """The leading program with its rivals, by the dimensions that the words and the example leave open."""
    example = Example(items_from(task["input_example"]), items_from_output(task["expected_output"]))
    leading = leading_program(SynthesisRequest(task["description"], [example], deadline_s=30.0), claimed=False)
    if leading is None:
        return {}
    inputs, outputs = [rows_from(example.input)], [rows_from(example.output)]
    shown = Shown(Words(task["description"]), inputs, leading)
    found: dict[str, list[Expr]] = {}
    for rival in rivals(leading, shown):
        if plausibility(rival, shown) and fits(rival.program, inputs, outputs):
            found.setdefault(rival.dimension, [leading]).append(rival.program)
    return {name: family for name, family in found.items() if difference(family, inputs, odd=True) is not None}


def _gives(family: list[Expr], given: Any, wanted: Any) -> bool:
    rows = rows_from(given)
    return any(same_value(output_of(program, rows), rows_from(wanted)) for program in family)


def _tasks(paths: list[str]) -> Iterator[Task]:
    for path in paths:
        yield from (json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip())


if __name__ == "__main__":
    counted, unused = count(_tasks(sys.argv[1:]))
    for dimension in sorted({*counted, *unused}):
        print(f"{dimension:16} meant {counted[dimension]:3} idle {unused[dimension]:3}")
