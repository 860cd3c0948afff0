"""Tasks solved from a sentence and one example, and public text tasks: `python -m benchmarks synthesis`.

`python -m benchmarks.bench_synthesis FOLDER` measures the PROSE text transformation tasks in FOLDER (a checkout of
github.com/microsoft/prose-benchmarks, folder `Transformation.Text`).
"""

import asyncio
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
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
    ("hard", DATA / "tasks/dev.jsonl", lambda place, _: place >= 0),
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
    by_category = [
        [name, count["tasks"], count["solved"], count["wrong"]] for name, count in sorted(categories.items())
    ]
    return [
        shares,
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
        good = {language: await _solves(sandbox, answer, task, language) for language in ("javascript", "python")}
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


def _request(task: Task) -> SynthesisRequest:
    example = Example(items_from(task["input_example"]), items_from_output(task["expected_output"]))
    return SynthesisRequest(task["description"], [example])


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


def text_tasks(folder: Path) -> Iterator[list[tuple[list[str], str]]]:
    """Yield the example pairs of each PROSE text task."""
    for path in sorted(folder.glob("**/spec.json")):
        pairs = json.loads(path.read_text(encoding="utf-8-sig"))["Examples"]
        yield [(list(map(str, pair["Input"])), str(pair["Output"])) for pair in pairs]


def prose(folder: Path, every: int = 1) -> Table:
    """Measure the PROSE text tasks with the first 1, 2 and 3 examples; right: all other examples."""
    tasks = [pairs for pairs in text_tasks(folder) if len({tuple(given) for given, _ in pairs}) > 3][::every]
    rows: list[list[Any]] = []
    for shown in (1, 2, 3):
        verdicts = Counter(_verdict(pairs, shown) for pairs in tasks)
        shares = [f"{verdicts[verdict] / len(tasks):.3f}" for verdict in ("right", "wrong", "none")]
        rows.append([f"{shown} example{'s' * (shown > 1)}", len(tasks), *shares])
    return Table("synthesis-prose", "Public text tasks", ["given", "tasks", "right", "wrong", "no answer"], rows)


def _verdict(pairs: list[tuple[list[str], str]], shown: int) -> str:
    unique = list({tuple(given): (given, wanted) for given, wanted in pairs}.values())
    rest = unique[shown:]
    answers = _by_synthesis(unique[:shown], [given for given, _ in rest])
    if answers is None:
        return "none"
    return "right" if answers == [wanted for _, wanted in rest] else "wrong"


def _by_synthesis(shown: list[tuple[list[str], str]], asked: list[list[str]]) -> list[str] | None:
    from agents.synthesis.interpret import run_rows

    rows = [{f"column{place}": value for place, value in enumerate(given)} for given, _ in shown]
    wanted = [{"result": output} for _, output in shown]
    request = SynthesisRequest("", [Example(items_from(rows), items_from_output(wanted))])
    given = [{f"column{place}": value for place, value in enumerate(one)} for one in asked]
    output = run_rows(request, given)
    return [str(row.get("result")) for row in output] if output is not None else None


if __name__ == "__main__":
    table = prose(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    show(table, Console())
    write(table)
