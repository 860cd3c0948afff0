"""From what callers write to a task: shapes are normalised here and nowhere else."""

import sys
from typing import Any, cast, get_args

from agents.task import Example, Task
from graph.state import GenerateInput
from sandbox.types import Language, Mode
from tools.errors import RequestError
from tools.n8n.items import items_from, items_from_output

__all__ = ["input_items", "task_from"]

_MISSING = object()
_LARGEST = sys.float_info.max


def task_from(given: GenerateInput, default_language: str = "python") -> Task:
    """Normalise a request.

    Raises:
        RequestError: a field is missing or has a value we cannot take.
    """
    description = given.get("task_description")
    if not isinstance(description, str) or not description.strip():
        sentence = "task_description is empty: say in a sentence what the code node is to do"
        raise RequestError(sentence, "task_description")
    return Task(
        description=description.strip(),
        language=_language(given.get("language") or default_language),
        mode=_mode(given.get("mode") or "runOnceForAllItems"),
        examples=_examples(given),
        persona=given.get("persona") or "terry",
    )


def _language(name: str) -> Language:
    if name == "auto":
        return "javascript"  # the one language that every n8n runs: a stock install has no Python runner
    known = {"javascript": "javascript", "js": "javascript", "python": "python", "pythonnative": "python"}
    if str(name).lower() not in known:
        raise RequestError(f"language is {name!r}: choose python, javascript or auto", "language")
    return cast(Language, known[str(name).lower()])


def _mode(name: str) -> Mode:
    if name not in get_args(Mode):
        raise RequestError(f"mode is {name!r}: choose {' or '.join(get_args(Mode))}", "mode")
    return cast(Mode, name)


def _examples(given: GenerateInput) -> tuple[Example, ...]:
    pairs = [(given.get("input_example", _MISSING), given.get("expected_output", _MISSING))]
    for field in ("input_example", "expected_output", "examples"):
        _check_numbers(given.get(field), field)
    for number, pair in enumerate(given.get("examples") or ()):
        if not isinstance(pair, dict) or "input" not in pair or "output" not in pair:
            raise RequestError(f'examples[{number}] must be {{"input": ..., "output": ...}}', f"examples[{number}]")
        pairs.append((pair["input"], pair["output"]))
    unique: list[Example] = []
    for source, target in pairs:
        if source in (_MISSING, None) or target in (_MISSING, None):
            continue
        example = Example(items_from(source), items_from_output(target))
        if example not in unique:
            unique.append(example)
    return tuple(unique)


def _check_numbers(value: Any, field: str) -> None:
    """Refuse what neither JSON nor a double carries, wherever it stands.

    Raises:
        RequestError: NaN, an infinity, or an integer beyond 1.8e308.
    """
    todo = [value]
    for one in todo:
        if isinstance(one, dict | list):
            todo += one.values() if isinstance(one, dict) else one
        elif isinstance(one, int | float) and not -_LARGEST <= one <= _LARGEST:
            told = "an integer beyond 1.8e308" if isinstance(one, int) else str(one)
            raise RequestError(f"{field} holds {told}, which no number in n8n can be: pass it as text", field)


def input_items(given: GenerateInput) -> list[dict[str, Any]] | None:
    """The example input alone, when there is one without an expected output."""
    source = given.get("input_example")
    return None if source is None else items_from(source)
