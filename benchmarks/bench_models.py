"""What a small model makes of the development tasks: alone, through the pipeline, and with the search before it.

`python -m benchmarks.bench_models --sample 12 --hard` measures the model of the settings (LLM_BASE_URL, LLM_MODEL or
LOCAL_MODEL_PATH); with none, there is nothing to measure. Answers are judged on the example and on all further cases.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from agents.answer import read_answer
from agents.wording import items_text
from benchmarks.report import Table, show, write
from graph.runner import Runner, open_runner
from graph.state import GenerateInput
from sandbox.types import ExecutionRequest, Language, Limits
from tools.errors import ModelError
from tools.n8n.items import rows_from, same_value
from tools.settings import load_settings

__all__ = ["Arm", "measure", "run", "sample", "table_of"]

TASKS = Path(__file__).parent.parent / "tests" / "data" / "tasks"
ARMS = ("model alone", "pipeline, no search", "all of it")
_ALONE = (
    "Write the code of an n8n Code node in {language} for this task. {rules} Answer with one fenced code block.\n\n"
    "Task: {description}\n\nInput items:\n{given}\n\nExpected output items:\n{wanted}"
)
_RULES = {
    "python": 'The input is `_items`, a list of {"json": {...}}; end with a top-level `return` of one; no imports.',
    "javascript": "The input is `$input.all()`, a list of {json: {...}}; end with a top-level `return` of one.",
}


@dataclass(slots=True)
class Arm:
    """One way of asking, over all tasks."""

    name: str
    tasks: int = 0
    solved: int = 0
    claimed: int = 0
    """Answers that said `success`."""
    claimed_right: int = 0
    tokens: int = 0
    seconds: float = 0.0
    levers: Counter[str] = field(default_factory=Counter)
    """What brought the solved ones: the strategy of the attempt that passed."""

    def row(self) -> tuple[Any, ...]:
        """For the table."""
        per = max(1, self.tasks)
        precision = self.claimed_right / self.claimed if self.claimed else None
        levers = ", ".join(f"{name} {count}" for name, count in self.levers.most_common())
        claims = f"{self.claimed_right}/{self.claimed}"
        return (
            self.name, f"{self.solved}/{self.tasks}", self.solved / per, claims, precision,
            self.tokens / per, self.seconds / per, levers,
        )  # fmt: skip


def sample(name: str, count: int | None) -> list[dict[str, Any]]:
    """Draw tasks from a file of the data, always the same ones for the same count."""
    tasks = [json.loads(line) for line in (TASKS / name).read_text(encoding="utf-8").splitlines()]
    random.Random(7).shuffle(tasks)
    return tasks[:count]


async def measure(
    runner: Runner,
    tasks: Sequence[dict[str, Any]],
    languages: Sequence[Language],
    arms: Sequence[str] = ARMS,
    **options: Any,
) -> list[Arm]:
    """Ask for every task in every language, arm by arm."""
    measured = {name: Arm(name) for name in arms}
    for task in tasks:
        for language in languages:
            for name, arm in measured.items():
                await _one(runner, task, language, arm, alone=name == ARMS[0], synthesis=name == ARMS[2], **options)
    return list(measured.values())


async def _one(
    runner: Runner, task: dict[str, Any], language: Language, arm: Arm, *, alone: bool, synthesis: bool, **options: Any
) -> None:
    started = time.perf_counter()
    if alone:
        code, claimed, tokens, lever = await _ask_alone(runner, task, language)
    else:
        profile = "n8n-2-default"
        given = cast(GenerateInput, {
            "task_description": task["description"], "language": language, "persona": "minimal",
            "input_example": task["input_example"], "expected_output": task["expected_output"],
        })  # fmt: skip
        answer = await runner.generate(given, runner.options(profile=profile, synthesis=synthesis, **options))
        code, claimed = answer["code"], answer["success"]
        tokens = sum(attempt["tokens"] for attempt in answer["attempts"])
        lever = answer["attempts"][-1]["strategy"] if answer["attempts"] else ""
    right = await _is_right(runner, code, language, task)
    arm.seconds += time.perf_counter() - started
    arm.tasks += 1
    arm.tokens += tokens
    arm.solved += right
    arm.claimed += claimed
    arm.claimed_right += claimed and right
    if right:
        arm.levers[lever] += 1
    print(
        f"{task['id']} {language} {arm.name}: {'right' if right else 'wrong'} {'claimed' if claimed else ''}",
        flush=True,
    )


async def _ask_alone(runner: Runner, task: dict[str, Any], language: Language) -> tuple[str, bool, int, str]:
    """One sample of a plain question; whatever comes is claimed, as everybody does who has no proof."""
    question = _ALONE.format(
        language=language,
        rules=_RULES[language],
        description=task["description"],
        given=items_text(task["example"]["input"]),
        wanted=items_text(task["example"]["expected"]),
    )
    try:
        completion = await runner.services.llm.complete([{"role": "user", "content": question}], max_tokens=1024)
        return read_answer(completion.text, language).code, True, completion.tokens, "one sample"
    except ModelError:
        return "", False, 0, ""


async def _is_right(runner: Runner, code: str, language: Language, task: dict[str, Any]) -> bool:
    cases = [task["example"], *task["cases"]]
    contexts = [{"items": case["input"]} for case in cases]
    request = ExecutionRequest(code, language, contexts, "body", Limits(timeout_s=5))
    if not code:
        return False
    results = await runner.services.sandbox.execute(request)
    return all(
        result.success and same_value(rows_from(result.result), rows_from(case["expected"]))
        for result, case in zip(results, cases, strict=True)
    )


def run() -> list[Table]:
    """Measure a small sample with the model of the settings; nothing without one."""
    if not load_settings().models.providers:
        return []
    return asyncio.run(_tables(sample("everyday-dev.jsonl", 6), ("javascript", "python"), "everyday"))


async def _tables(
    tasks: Sequence[dict[str, Any]], languages: Sequence[Language], name: str, **options: Any
) -> list[Table]:
    settings = load_settings()
    async with open_runner(settings) as runner:
        arms = await measure(runner, tasks, languages, **options)
        model = runner.services.llm.circuits[0].provider.config.model
    words = f"{len(tasks)} {name} tasks in {' and '.join(languages)}, {model}"
    return [table_of(arms, name, words)]


def table_of(arms: Sequence[Arm], name: str, words: str) -> Table:
    """Put the arms side by side."""
    columns = ("", "solved", "share", "claimed right", "precision", "tokens a task", "s a task", "solved by")
    notes = (f"{words}; right: the example and all further cases.",)
    return Table(f"models_{name}", f"A small model on {name} tasks", columns, [arm.row() for arm in arms], notes)


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=None, help="tasks; default: all")
    parser.add_argument("--hard", action="store_true", help="the hard tasks instead of the everyday ones")
    parser.add_argument("--language", choices=["python", "javascript", "both"], default="both")
    parser.add_argument("--attempts", type=int, default=5, help="fixes after the first draft")
    parser.add_argument("--arm", choices=ARMS, action="append")
    given = parser.parse_args()
    languages: tuple[Language, ...] = ("javascript", "python") if given.language == "both" else (given.language,)
    name = "hard" if given.hard else "everyday"
    tasks = sample("dev.jsonl" if given.hard else "everyday-dev.jsonl", given.sample)
    arms = given.arm or ARMS
    for table in asyncio.run(_tables(tasks, languages, name, arms=arms, max_fix_attempts=given.attempts)):
        show(table, Console(width=160))
        write(table)


if __name__ == "__main__":
    main()
