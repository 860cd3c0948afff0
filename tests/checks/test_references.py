"""No false refusal: every reference solution passes all checks, as the body of a node."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.types import Language
from tools.checks import check_n8n, check_security, check_syntax
from tools.n8n.profile import load_profile

DATA = Path(__file__).parent.parent / "data" / "tasks"
TASKS: list[dict[str, Any]] = [
    json.loads(line)
    for name in ("dev", "everyday-dev")
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]
ANYTHING = load_profile(overrides={"python_stdlib_allow": ["*"], "javascript_builtin_allow": ["*"]})


def _body(task: dict[str, Any], language: Language) -> str:
    code: str = task["solutions"][language]
    return code if language == "javascript" else f"items = _items\n{code}\nreturn result"


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize("task", TASKS, ids=[task["id"] for task in TASKS])
def test_a_reference_solution_is_refused_by_nothing(task: dict[str, Any], language: Language) -> None:
    code = _body(task, language)
    reports = [
        check_syntax(code, language),
        check_n8n(code, language, "runOnceForAllItems", ANYTHING),
        check_security(code, language, ANYTHING),
    ]
    assert [finding for report in reports for finding in report.findings if finding.severity == "error"] == []
