"""`n8n-agent jobs`: JSON lines in, a progress bar on the terminal, JSON lines out."""

import io
import json
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from server.app import create_app
from server.jobs.client import run_job
from tools.errors import RequestError
from tools.settings import load_settings

LINES = "\n".join(json.dumps({"kind": "execute", "request": {"code": f"result = {n}"}}) for n in range(3))


@pytest.fixture(autouse=True)
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's requests reach an app in this process."""
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    app = create_app(settings=load_settings())

    def connect(base_url: str, headers: dict[str, str], **_others: object) -> TestClient:
        return TestClient(app, base_url, headers=headers)

    monkeypatch.setattr(httpx, "Client", connect)


@pytest.mark.jail
def test_results_are_lines_and_the_bar_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = io.StringIO()

    failed = run_job(LINES, "http://localhost", "a-key", None, Console(file=terminal, force_terminal=True, width=120))

    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert failed == 0
    assert sorted(result["result"]["result"] for result in results) == [0, 1, 2]
    assert "3/3" in terminal.getvalue()


def test_a_refusal_is_told_in_the_servers_words() -> None:
    with pytest.raises(RequestError, match=r"items\[0\]\.request\.code"):
        run_job('{"kind": "execute", "request": {}}', "http://localhost", None, None, Console(file=io.StringIO()))
