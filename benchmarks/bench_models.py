"""What a small model makes of the development tasks: alone, through the pipeline, and lever by lever.

`python -m benchmarks.bench_models --limit 12 --hard` measures the model of the settings (LLM_BASE_URL, LLM_MODEL or
LOCAL_MODEL_PATH). Each result is a line of `--results FILE` at once: stopped and begun again, it goes on where it was.
An answer is right when its code is, on the example and on all further cases.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from agents.answer import read_answer
from agents.wording import items_text
from benchmarks.report import Table, show, write
from graph.request import task_from
from graph.runner import Runner, open_runner
from graph.state import GenerateInput
from sandbox.types import ExecutionRequest, Language, Limits
from tools.errors import ModelError
from tools.llm import make_providers
from tools.n8n.items import rows_from, same_value
from tools.n8n.profile import profile_from
from tools.settings import load_settings

__all__ = ["CONFIGURATIONS", "MAIN", "Configuration", "Result", "measure", "run", "sample", "table_of"]

TASKS = Path(__file__).parent.parent / "tests" / "data" / "tasks"
FILES = {"everyday": "everyday-dev.jsonl", "hard": "dev.jsonl"}
PROFILE = "n8n-2-default"
_ALONE = (
    "Write the code of an n8n Code node in {language} for this task. {rules} Answer with one fenced code block.\n\n"
    "Task: {description}\n\nInput items:\n{given}\n\nExpected output items:\n{wanted}"
)
_RULES = {
    "python": 'The input is `_items`, a list of {"json": {...}}; end with a top-level `return` of one; no imports.',
    "javascript": "The input is `$input.all()`, a list of {json: {...}}; end with a top-level `return` of one.",
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way of asking."""

    name: str
    options: Mapping[str, Any] | None = None
    """Of the run; `None`: one sample of a plain question, without any pipeline."""
    memory: bool = False
    """Whether the other tasks of the file are remembered as solved."""
    provider: tuple[tuple[str, Any], ...] = ()
    """Fields of the model's configuration that are set otherwise."""


_DRAFT = {
    "synthesis": False,
    "max_fix_attempts": 0,
    "second_opinions": 0,
    "model_tests": False,
    "model_explanation": False,
}
_WHOLE = {"max_fix_attempts": 4, "model_tests": False, "model_explanation": False}
_LONG = (("style", "feedback"),)
_PLAIN = (("style", "resample"),)
_SINGLE = (*_PLAIN, ("drafts_at_once", 1))
CONFIGURATIONS = {
    one.name: one
    for one in (
        Configuration("model alone"),
        Configuration("long prompt", _DRAFT, provider=_LONG),
        Configuration("long prompt, patterns", _DRAFT, memory=True, provider=_LONG),
        Configuration("long prompt, feedback and fixes", _DRAFT | {"max_fix_attempts": 4}, provider=_LONG),
        Configuration("plain function", _DRAFT, provider=_SINGLE),
        Configuration("plain function, four drafts", _DRAFT, provider=_PLAIN),
        Configuration("pipeline, no search", _WHOLE | {"synthesis": False}),
        Configuration("all of it", _WHOLE),
    )
}
MAIN = ("model alone", "pipeline, no search", "all of it")


@dataclass(frozen=True, slots=True)
class Result:
    """What one configuration made of one task in one language."""

    task: str
    language: str
    configuration: str
    right: bool
    claimed: bool
    """The answer said `success`; a bare model always does."""
    tokens: int = 0
    seconds: float = 0.0
    lever: str = ""
    """The strategy of the attempt that passed."""
    drafts: int = 0
    """Answers of the model that the record lists."""
    code: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is the result of."""
        return self.task, self.language, self.configuration


def sample(kind: str, count: int | None, seed: int = 7) -> list[dict[str, Any]]:
    """Draw tasks, `everyday` or `hard`: always the same ones for the same seed, more of them for a larger count."""
    tasks = [json.loads(line) for line in (TASKS / FILES[kind]).read_text(encoding="utf-8").splitlines()]
    random.Random(seed).shuffle(tasks)
    return tasks[:count]


async def measure(
    tasks: Sequence[dict[str, Any]],
    languages: Sequence[Language],
    configurations: Iterable[str] = MAIN,
    results: Path | None = None,
    known: Sequence[dict[str, Any]] = (),
) -> list[Result]:
    """Ask for every task in every language in every configuration, but for what `results` holds already.

    Args:
        tasks: to be solved.
        languages: in which.
        configurations: names of `CONFIGURATIONS`.
        results: file of JSON lines, one a result.
        known: solved tasks, for the configurations with a memory; a task is never shown its own solution.
    """
    done = list(_read(results))
    have = {result.key for result in done}
    wanted = [CONFIGURATIONS[name] for name in configurations]
    for kind in dict.fromkeys((one.memory, one.provider) for one in wanted):
        left = [
            (task, language, one)
            for task in tasks
            for language in languages
            for one in wanted
            if (one.memory, one.provider) == kind and (task["id"], language, one.name) not in have
        ]
        if not left:
            continue
        async with _runner(memory=kind[0], provider=dict(kind[1])) as runner:
            if kind[0]:
                await _remember(runner, [task for task in known if task not in tasks], languages)
            for task, language, one in left:
                done.append(await _one(runner, task, language, one))
                if results:
                    with results.open("a", encoding="utf-8") as lines:
                        lines.write(json.dumps(asdict(done[-1])) + "\n")
    named = {task["id"] for task in tasks}
    return [result for result in done if result.task in named and result.configuration in {w.name for w in wanted}]


def _read(results: Path | None) -> Iterator[Result]:
    if results and results.exists():
        yield from (Result(**json.loads(line)) for line in results.read_text(encoding="utf-8").splitlines())


@asynccontextmanager
async def _runner(*, memory: bool, provider: Mapping[str, Any]) -> AsyncIterator[Runner]:
    """A runner over an empty workspace, patient with a model on a busy machine."""
    with tempfile.TemporaryDirectory() as workspace:
        before = dict(os.environ)
        os.environ |= {"TERRY_WORKSPACE": workspace, "PATTERN_MEMORY": str(memory).lower(), "LLM_DEADLINE_S": "900"}
        try:
            settings = load_settings()
            configs = [one.model_copy(update=dict(provider)) for one in settings.models.providers]
            async with open_runner(settings, make_providers(configs)) as runner:
                yield runner
        finally:
            os.environ.clear()
            os.environ |= before


async def _remember(runner: Runner, tasks: Sequence[dict[str, Any]], languages: Sequence[Language]) -> None:
    for task in tasks:
        for language in languages:
            solution = task["solutions"][language]
            code = f"items = _items\n{solution}\nreturn result" if language == "python" else solution
            answer = {"success": True, "engine": "model", "explanation": "", "code": code, "code_id": None}
            asked = task_from(_request(task, language))
            evidence = {"evidence": {"proven_by": ["example 1"]}}
            await runner.services.memories.remember(asked, profile_from(PROFILE), answer | evidence)


def _request(task: dict[str, Any], language: Language) -> GenerateInput:
    return cast(GenerateInput, {
        "task_description": task["description"], "language": language, "persona": "minimal",
        "input_example": task["input_example"], "expected_output": task["expected_output"],
    })  # fmt: skip


async def _one(runner: Runner, task: dict[str, Any], language: Language, asked: Configuration) -> Result:
    started, spent = time.perf_counter(), _spent(runner)
    if asked.options is None:
        code, claimed, lever = await _ask_alone(runner, task, language)
        drafts = 1
    else:
        options = runner.options(profile=PROFILE, **asked.options)
        answer = await runner.generate(_request(task, language), options)
        code, claimed = answer["code"], answer["success"]
        drafts = sum(attempt["tokens"] > 0 and attempt["strategy"] != "automatic" for attempt in answer["attempts"])
        lever = answer["attempts"][-1]["strategy"] if answer["attempts"] else ""
    seconds, tokens = round(time.perf_counter() - started, 2), _spent(runner) - spent
    right = await _is_right(runner, code, language, task)
    print(f"{task['id']} {language} {asked.name}: {'right' if right else 'wrong'} {'claimed' * claimed} {seconds} s",
          flush=True)  # fmt: skip
    return Result(task["id"], language, asked.name, right, claimed, tokens, seconds, lever, drafts, code)


def _spent(runner: Runner) -> int:
    """Tokens of all calls so far, those that were cancelled among them."""
    records = [circuit.record for circuit in runner.services.llm.circuits]
    return sum(record.tokens_in + record.tokens_out for record in records)


async def _ask_alone(runner: Runner, task: dict[str, Any], language: Language) -> tuple[str, bool, str]:
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
        return read_answer(completion.text, language).code, True, "one sample"
    except ModelError:
        return "", False, ""


async def _is_right(runner: Runner, code: str, language: Language, task: dict[str, Any]) -> bool:
    cases = [task["example"], *task["cases"]]
    contexts = [{"items": case["input"]} for case in cases]
    if not code:
        return False
    results = await runner.services.sandbox.execute(
        ExecutionRequest(code, language, contexts, "body", Limits(timeout_s=5))
    )
    return all(
        result.success and same_value(rows_from(result.result), rows_from(case["expected"]))
        for result, case in zip(results, cases, strict=True)
    )


def side_by_side(results: Sequence[Result], configurations: Sequence[str]) -> list[Result]:
    """Return the results of those tasks and languages that every one of the configurations has met."""
    met = [{(one.task, one.language) for one in results if one.configuration == name} for name in configurations]
    shared = set[tuple[str, str]].intersection(*met)
    return [one for one in results if one.configuration in configurations and (one.task, one.language) in shared]


def table_of(results: Sequence[Result], name: str, words: str) -> Table:
    """Put the configurations side by side."""
    columns = ("", "solved", "share", "claimed right", "precision", "tokens a task", "s a task")
    order = [one for one in CONFIGURATIONS if any(result.configuration == one for result in results)]
    rows = [_row(one, [result for result in results if result.configuration == one]) for one in order]
    notes = (f"{words}; right: the example and all further cases.",)
    return Table(f"models_{name}", f"A small model on {name} tasks", columns, rows, notes)


def _row(name: str, results: Sequence[Result]) -> tuple[Any, ...]:
    count, solved = len(results), sum(result.right for result in results)
    claims = [result for result in results if result.claimed]
    right = sum(result.right for result in claims)
    return (
        name, f"{solved}/{count}", solved / count, f"{right}/{len(claims)}", right / len(claims) if claims else None,
        sum(result.tokens for result in results) / count, sum(result.seconds for result in results) / count,
    )  # fmt: skip


def run() -> list[Table]:
    """Measure a small sample with the model of the settings; nothing without one."""
    if not load_settings().models.providers:
        return []
    tasks = sample("everyday", 6)
    results = asyncio.run(measure(tasks, ("javascript", "python")))
    return [table_of(results, "everyday", f"{len(tasks)} everyday tasks in both languages, {_model()}")]


def _model() -> str:
    return load_settings().models.providers[0].model


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=None, help="tasks; default: all")
    parser.add_argument("--seed", type=int, default=7, help="of the draw: one for development, another for the report")
    parser.add_argument("--hard", action="store_true", help="the hard tasks instead of the everyday ones")
    parser.add_argument("--language", choices=["python", "javascript", "both"], default="both")
    parser.add_argument("--configuration", choices=CONFIGURATIONS, action="append", help="default: the three main ones")
    parser.add_argument("--results", type=Path, default=None, help="JSON lines; what is in it is not measured again")
    parser.add_argument("--report", action="store_true", help="ask nothing: the table of what all have met so far")
    given = parser.parse_args()
    languages: tuple[Language, ...] = ("javascript", "python") if given.language == "both" else (given.language,)
    name = "hard" if given.hard else "everyday"
    tasks, known = sample(name, given.limit, given.seed), sample(name, None)
    chosen = given.configuration or MAIN
    if given.report:
        results = side_by_side(list(_read(given.results)), chosen)
        words = f"{len({(one.task, one.language) for one in results})} pairs of a task and a language, {_model()}"
    else:
        results = asyncio.run(measure(tasks, languages, chosen, given.results, known))
        words = f"{len(tasks)} {name} tasks in {' and '.join(languages)}, {_model()}"
    show(table_of(results, name, words), Console(width=160))
    write(table_of(results, name, words))


if __name__ == "__main__":
    main()
