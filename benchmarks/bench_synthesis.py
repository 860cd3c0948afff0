"""Tasks solved from a sentence and one example, and public text tasks: `python -m benchmarks synthesis`.

`python -m benchmarks.bench_synthesis FOLDER` measures the PROSE text transformation tasks in FOLDER (a checkout of
github.com/microsoft/prose-benchmarks, folder `Transformation.Text`).
"""

import asyncio
import hashlib
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.task import Example
from benchmarks.report import Table, quantile, show, write
from sandbox import Sandbox
from sandbox.types import ExecutionRequest, Language
from tools.n8n.items import items_from, items_from_output, rows_from, same_value

DATA = Path("tests/data")
Task = dict[str, Any]


def is_aside(task: Task) -> bool:
    """Whether a task of another author belongs to the third that was only measured, by the hash of its id."""
    return int(hashlib.sha256(task["id"].encode()).hexdigest(), 16) % 3 == 0


SHARES: tuple[tuple[str, Path, Callable[[int, Task], bool]], ...] = (
    ("everyday, developed on", DATA / "tasks/everyday-dev.jsonl", lambda place, _: place % 3 != 2),
    ("everyday, kept aside", DATA / "tasks/everyday-dev.jsonl", lambda place, _: place % 3 == 2),
    ("own, developed on", DATA / "synthesis/everyday-own.jsonl", lambda place, _: place % 3 != 0),
    ("own, kept aside", DATA / "synthesis/everyday-own.jsonl", lambda place, _: place % 3 == 0),
    ("another author, developed on", DATA / "synthesis/everyday-fresh.jsonl", lambda _, task: not is_aside(task)),
    ("another author, kept aside", DATA / "synthesis/everyday-fresh.jsonl", lambda _, task: is_aside(task)),
    ("a further author", DATA / "synthesis/everyday-further.jsonl", lambda place, _: place >= 0),
    ("a fourth author", DATA / "synthesis/everyday-fourth.jsonl", lambda place, _: place >= 0),
    ("a fifth author", DATA / "synthesis/everyday-fifth.jsonl", lambda place, _: place >= 0),
    ("a sixth author", DATA / "synthesis/everyday-sixth.jsonl", lambda place, _: place >= 0),
    ("a seventh author", DATA / "synthesis/everyday-seventh.jsonl", lambda place, _: place >= 0),
    ("hard", DATA / "tasks/dev.jsonl", lambda place, _: place >= 0),
)
AMBIGUOUS: tuple[tuple[str, Path, Callable[[int, Task], bool]], ...] = (
    ("developed on", DATA / "tasks/ambiguous-dev.jsonl", lambda place, _: place >= 0),
    ("own, developed on", DATA / "synthesis/ambiguous-own.jsonl", lambda place, _: place >= 0),
    ("another author, developed on", DATA / "synthesis/ambiguous-fresh.jsonl", lambda _, task: not is_aside(task)),
    ("another author, kept aside", DATA / "synthesis/ambiguous-fresh.jsonl", lambda _, task: is_aside(task)),
    ("a further author, developed on", DATA / "synthesis/ambiguous-b.jsonl", lambda place, _: place >= 0),
    ("a fourth author, developed on", DATA / "synthesis/ambiguous-d.jsonl", lambda place, _: place >= 0),
    ("a fifth author", DATA / "synthesis/ambiguous-c.jsonl", lambda place, _: place >= 0),
)


def run() -> list[Table]:
    """Measure every share of the tasks, and by category."""
    return asyncio.run(_run())


async def _run() -> list[Table]:
    rows: list[list[Any]] = []
    categories: dict[str, Counter[str]] = {}
    async with Sandbox() as sandbox:
        for name, path, chosen in SHARES:
            tasks = [task for place, task in enumerate(_lines(path)) if chosen(place, task)]
            rows.append([name, *await _measured(sandbox, tasks, {} if name == "hard" else categories)])
        open_rows: list[list[Any]] = []
        for name, path, chosen in AMBIGUOUS:
            tasks = [task for place, task in enumerate(_lines(path)) if chosen(place, task)]
            open_rows.append([name, *await _asked(sandbox, tasks)])
    columns = [
        "tasks",
        "number",
        "solved JavaScript",
        "solved Python",
        "claimed",
        "claimed right",
        "asked",
        "p50 ms",
        "p95 ms",
    ]
    shares = Table(
        "synthesis",
        "A node from a sentence and one example, no model",
        columns,
        rows,
        ["solved: all further cases right"],
    )
    by_category: list[list[Any]] = [
        [name, count["tasks"], count["solved"], count["wrong"]] for name, count in sorted(categories.items())
    ]
    return [
        shares,
        Table(
            "synthesis-ambiguous",
            "Requests with two readings",
            ["requests", "number", "asked", "second examples", "settled"],
            open_rows,
            ["settled: the second example's output comes out of the code, for each of the two readings"],
        ),
        Table("synthesis-categories", "By category", ["category", "tasks", "solved", "claimed and wrong"], by_category),
    ]


def _lines(path: Path) -> list[Task]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


async def _measured(sandbox: Sandbox, tasks: list[Task], categories: dict[str, Counter[str]]) -> list[Any]:
    solved: Counter[Language] = Counter()
    claimed = right = asked = 0
    times = []
    for task in tasks:
        answer = synthesize(_request(task))
        times.append(answer.elapsed_ms)
        good: dict[Language, bool] = {
            language: await _solves(sandbox, answer, task, language) for language in ("javascript", "python")
        }
        solved.update(language for language, fine in good.items() if fine)
        asked += answer.status == "ambiguous"
        claimed += answer.status == "solved"
        right += answer.status == "solved" and all(good.values())
        count = categories.setdefault(task["category"], Counter())
        count.update(tasks=1, solved=all(good.values()), wrong=answer.status == "solved" and not all(good.values()))
    number = len(tasks)
    shares = [f"{solved[language] / number:.3f}" for language in ("javascript", "python")]
    return [
        number,
        *shares,
        claimed,
        f"{right / max(claimed, 1):.3f}",
        asked,
        round(quantile(times, 0.5)),
        round(quantile(times, 0.95)),
    ]


async def _asked(sandbox: Sandbox, tasks: list[Task]) -> list[Any]:
    """Count the requests that are asked about, and the second examples after which the code gives their output."""
    asked = settled = given = 0
    for task in tasks:
        asked += synthesize(_request(task)).status == "ambiguous"
        for output in task["outputs"]:
            given += 1
            answer = synthesize(_request(task, Example(task["distinguishing_input"], output)))
            settled += await _gives(sandbox, answer, task["distinguishing_input"], output)
    return [len(tasks), asked, given, settled]


async def _gives(sandbox: Sandbox, answer: Synthesis, items: Any, wanted: Any) -> bool:
    if not answer.code:
        return False
    request = ExecutionRequest(answer.code["javascript"], "javascript", [{"items": items}], "body")
    result = (await sandbox.execute(request))[0]
    return result.success and same_value(rows_from(result.result), rows_from(wanted))


def _request(task: Task, *more: Example) -> SynthesisRequest:
    example = Example(items_from(task["input_example"]), items_from_output(task["expected_output"]))
    return SynthesisRequest(task["description"], [example, *more])


async def _solves(sandbox: Sandbox, answer: Synthesis, task: Task, language: Language) -> bool:
    if not answer.code:
        return False
    cases = [task["example"], *task["cases"]]
    contexts = [{"items": case["input"]} for case in cases]
    results = await sandbox.execute(ExecutionRequest(answer.code[language], language, contexts, "body"))
    return all(
        result.success and same_value(rows_from(result.result), rows_from(case["expected"]))
        for result, case in zip(results, cases, strict=True)
    )


Pair = tuple[list[str | None], str | None]


def text_tasks(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """Yield the name and the example pairs of each PROSE text task; an output that is null means no value."""
    for path in sorted(folder.glob("**/spec.json")):
        pairs = json.loads(path.read_text(encoding="utf-8-sig"))["Examples"]
        unique = {tuple(pair["Input"]): (list(pair["Input"]), pair["Output"]) for pair in pairs}
        if len(unique) > 3:
            yield path.parent.name, list(unique.values())


def prose(folder: Path, every: int = 1) -> Table:
    """Measure the PROSE text tasks with the first 1, 2 and 3 examples; right: all other examples.

    The search was developed on the tasks whose name hashes to an even byte, the others were kept aside. `fails`: some
    rows are not answered, none is answered wrongly. exform is the baseline where it is installed.
    """
    tasks = list(text_tasks(folder))[::every]
    halves = {"developed on": 0, "kept aside": 1}
    engines: dict[str, Any] = {"synthesis": _by_synthesis}
    if importlib.util.find_spec("exform") is not None:
        engines["exform"] = _by_exform
    rows: list[list[Any]] = []
    for (engine, answer), shown in product(engines.items(), (1, 2, 3)):
        verdicts = {name: _verdict(answer, pairs, shown) for name, pairs in tasks}
        for half, byte in [("all", None), *halves.items()]:
            chosen = Counter(verdict for name, verdict in verdicts.items() if byte in (None, _half(name)))
            total = max(sum(chosen.values()), 1)
            shares = [f"{chosen[verdict] / total:.3f}" for verdict in ("right", "wrong", "fails", "none")]
            rows.append([engine, shown, half, total, *shares])
    columns = ["engine", "examples", "share", "tasks", "right", "wrong", "fails", "no answer"]
    return Table("synthesis-prose", "Public text tasks", columns, rows)


def _half(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 2


def _verdict(answer: Any, pairs: list[Pair], shown: int) -> str:
    rest = pairs[shown:]
    answers = answer(pairs[:shown], [given for given, _ in rest])
    if answers is None:
        return "none"
    missed = [got for got, (_, wanted) in zip(answers, rest, strict=True) if (got or None) != (wanted or None)]
    return "wrong" if any(missed) else "fails" if missed else "right"


def _by_synthesis(shown: list[Pair], asked: list[list[str | None]]) -> list[str | None] | None:
    from agents.synthesis.engine import leading_program
    from agents.synthesis.readings import output_of

    rows = [{f"column{place}": value for place, value in enumerate(given)} for given, _ in shown]
    wanted = [{"result": output} for _, output in shown]
    program = leading_program(SynthesisRequest("", [Example(items_from(rows), items_from_output(wanted))]))
    if program is None:
        return None
    outputs = [output_of(program, [{f"column{place}": value for place, value in enumerate(one)}]) for one in asked]
    return [output[0].get("result") if output else None for output in outputs]


def _by_exform(shown: list[Pair], asked: list[list[str | None]]) -> list[str | None] | None:
    """Several columns are put together with a tab: exform reads lines."""
    exform = importlib.import_module("exform")

    def line(given: list[str | None]) -> str:
        return "\t".join(value or "" for value in given)

    try:
        program = exform.synthesize([(line(given), wanted or "") for given, wanted in shown])
    except exform.SynthesisError:
        return None
    return [program.apply(line(given)) for given in asked]


if __name__ == "__main__":
    table = prose(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    show(table, Console())
    write(table)
