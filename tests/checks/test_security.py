"""`check_security` refuses what is dangerous, however it is written, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.types import Language
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


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "getattr(x, '%1000000000d' % 1)"),
        ("python", "getattr(x, '%*d' % (1000000000, 1))"),
        ("python", "getattr(x, '{:1000000000}'.format(1))"),
        ("python", "getattr(x, '{:{}}'.format(1, 1000000000))"),
        ("python", "getattr(x, 'a'.center(1000000000))"),
        ("python", "getattr(x, '%c' % 99999999999)"),
        ("python", "getattr(x, f'{0x" + "f" * 5_000 + "}')"),
        ("javascript", "globalThis['a'.repeat('\u00b2')]"),
        ("javascript", "globalThis['a'.repeat(" + "9" * 5_000 + ")]"),
    ],
)
def test_a_text_that_would_be_huge_or_has_no_value_is_a_computed_name(language: Language, code: str) -> None:
    """It is never made, and so counts as one that nobody knows."""
    assert not check_security(code, language).ok


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "getattr(x, ('a' * 101 * 100 + '__class__')[10100:])"),
        ("python", "getattr(x, ('a' * 101 + '__class__')[101:])"),
        ("javascript", "globalThis[('a'.repeat(101).repeat(100) + 'eval').slice(10100)]('1')"),
        ("javascript", "globalThis[('a'.repeat(101) + 'eval').slice(101)]('1')"),
    ],
)
def test_a_name_behind_a_long_text_is_not_cut_off(language: Language, code: str) -> None:
    assert not check_security(code, language).ok


@pytest.mark.parametrize(
    "code", ["password = 'hunter22'", "import yaml\nresult = yaml.load(x)", "x = 'select * from ' + y"]
)
def test_bandit_has_no_voice_of_its_own(
    code: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What it has to say are findings; its log lines would stand on the service's standard error."""
    assert check_security(code, "python").findings
    assert (*capfd.readouterr(), caplog.text) == ("", "", "")
