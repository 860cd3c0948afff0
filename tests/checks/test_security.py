"""`check_security` refuses what is dangerous, however it is written, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.checks import check_security, validate

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data/checks/security.json").read_text("utf-8"))
BLOCK = [case for case in CASES if case["verdict"] == "block"]
ALLOW = [case for case in CASES if case["verdict"] == "allow"]


@pytest.mark.parametrize("case", BLOCK, ids=[case["id"] for case in BLOCK])
def test_refuses_with_place_and_reason(case: dict[str, Any]) -> None:
    errors = [f for f in check_security(case["code"], case["language"]).findings if f.severity == "error"]
    assert errors
    assert all(f.rule.startswith("security/") and f.line and f.text and "not allowed" in f.message for f in errors)


@pytest.mark.parametrize("case", ALLOW, ids=[case["id"] for case in ALLOW])
def test_lets_harmless_code_pass(case: dict[str, Any]) -> None:
    assert check_security(case["code"], case["language"]).ok


def test_danger_makes_security_invalid_and_leaves_syntax_valid() -> None:
    answer = validate("import os\nreturn [{'json': {'cwd': os.getcwd()}}]", "python")
    assert (answer.valid, answer.security_valid, answer.n8n_valid) == (True, False, False)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("const key = 'sk-abcdefghijklmnopqrstuvwx'; return [];", "security/secret"),
        ("return [await this.helpers.httpRequest({ url: 'https://x.io' })];", "security/address"),
        ("Array.prototype.last = function () { return this[this.length - 1]; }; return [];", "security/prototype"),
    ],
    ids=["secret", "literal-address", "array-prototype"],
)
def test_what_n8n_allows_but_deserves_a_look_is_a_warning(code: str, rule: str) -> None:
    report = check_security(code, "javascript")
    assert report.ok
    assert rule in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_code_too_long_to_be_looked_at_is_refused(language: str) -> None:
    report = check_security("x = 1\n" * 60_000, "python" if language == "python" else "javascript")
    assert not report.ok
    assert report.findings[0].rule == "limit/size"


def test_a_finding_tells_how_the_danger_was_reached() -> None:
    finding = check_security("const run = eval;\nreturn [{ json: { n: run('1') } }];", "javascript").findings[-1]
    assert finding.line == 2
    assert "eval" in finding.context
