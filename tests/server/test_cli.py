"""The command line gives the API's answers, readable or as JSON, with its three exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.cli import app

pytestmark = pytest.mark.jail


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path / "workspace"))


def _call(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def test_execute_reads_code_from_standard_input() -> None:
    done = _call("execute", "-", "--context", '{"x": 5, "y": 3}', "--json", stdin="result = x * y")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["result"] == 15


def test_the_language_follows_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "double.js").write_text("return $json.value * 2", encoding="utf-8")
    (tmp_path / "items.json").write_text('{"items": [{"json": {"value": 21}}]}', encoding="utf-8")
    done = _call("execute", str(tmp_path / "double.js"), "--context", str(tmp_path / "items.json"))
    assert done.exit_code == 0
    assert "42" in done.stdout


def test_code_that_fails_is_exit_code_1_and_names_the_line() -> None:
    done = _call("execute", "-", stdin="x = 1\nresult = x / 0")
    assert done.exit_code == 1
    assert "ZeroDivisionError" in done.stdout
    assert "line 2" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("execute", "missing.py"), "missing.py: no such file"),
        (("execute", "-", "--context", "{oops"), "--context: neither a file nor JSON"),
        (("execute", "-", "--language", "ruby"), "language"),
        (("generate", "double it", "--language", "ruby"), "language is 'ruby'"),
        (("generate", "double it", "--profile", "n8n-9"), "n8n-9"),
        (("generate",), "Missing argument"),
    ],
    ids=["no-file", "no-json", "execute-language", "generate-language", "profile", "no-task"],
)
def test_wrong_use_is_exit_code_2_and_one_sentence(arguments: tuple[str, ...], told: str) -> None:
    done = _call(*arguments, stdin="result = 1")
    assert done.exit_code == 2
    assert told in done.output
    assert "Traceback" not in done.output


def test_validate_shows_findings() -> None:
    done = _call("validate", "-", "--language", "javascript", stdin="const a = ;\nreturn [];")
    assert done.exit_code == 1
    assert "line 1" in done.stdout


def test_generate_without_an_example_or_a_model_says_what_is_missing() -> None:
    done = _call("generate", "do something clever", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 1
    assert answer["success"] is False
    assert "input_example" in answer["error"]["hint"]


def test_generate_proves_a_node_in_both_languages() -> None:
    for language in ("python", "javascript"):
        done = _call(
            "generate", "add the total = price times quantity", "--language", language, "--json",
            "--input", '[{"price": 2, "quantity": 3}, {"price": 5, "quantity": 1}]',
            "--expect", '[{"price": 2, "quantity": 3, "total": 6}, {"price": 5, "quantity": 1, "total": 5}]',
        )  # fmt: skip
        answer = json.loads(done.stdout)
        assert done.exit_code == 0, answer["error"]
        assert answer["test_results"]["all_passed"]


def test_doctor_says_what_is_there() -> None:
    done = _call("doctor", "--json")
    parts = {part["name"]: part for part in json.loads(done.stdout)["parts"]}
    assert done.exit_code == 0
    assert parts["isolation"]["ok"]
    assert parts["python sandbox"]["ok"]
    assert parts["javascript sandbox"]["ok"]
    assert not parts["models"]["ok"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5"])
def test_serving_beyond_this_machine_needs_keys(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_KEYS", raising=False)
    done = _call("serve", "--host", host)
    assert done.exit_code == 2
    assert "API_KEYS" in done.output
    assert done.output.count("\n") == 1


def test_run_node_gives_n8ns_own_words_and_what_n8n_leaves_out(tmp_path: Path) -> None:
    node = {
        "type": "n8n-nodes-base.code",
        "typeVersion": 2,
        "parameters": {"jsCode": "return [{json: {a: 1}}, {b: 2}]"},
    }
    (tmp_path / "node.json").write_text(json.dumps({"nodes": [node], "connections": {}}), encoding="utf-8")
    done = _call("run-node", str(tmp_path / "node.json"), "--items", '[{"value": 1}]')
    assert done.exit_code == 1
    assert "Unknown top-level item key: b [item 1]" in done.stdout


def test_run_node_prints_items(tmp_path: Path) -> None:
    node = {"typeVersion": 2, "parameters": {"language": "pythonNative", "pythonCode": "return _items"}}
    (tmp_path / "node.json").write_text(json.dumps(node), encoding="utf-8")
    done = _call("run-node", str(tmp_path / "node.json"), "--items", '[{"value": 1}]', "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["items"] == [{"json": {"value": 1}, "pairedItem": {"item": 0}}]
