"""The README's commands are run, and what it shows is what they print.

Every ```console block is a story: `$ command` lines with the output below them. Numbers, ids and white space may
differ; words may not. A line `...` stands for any lines.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md"]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d+)?(e-?\d+)?")


def _stories() -> list[tuple[str, str, str]]:
    found = []
    for page in PAGES:
        for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                lines = part.split("\n")
                end = next(i for i in range(1, len(lines) + 1) if _is_whole("\n".join(lines[:i])))
                found.append((page, "\n".join(lines[:end]), "\n".join(lines[end:])))
    return found


def _is_whole(command: str) -> bool:
    """Whether no line of it goes on: by a backslash, or inside quotes."""
    return not command.endswith("\\") and command.count("'") % 2 == 0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`make serve`, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PORT": str(port), "TERRY_WORKSPACE": str(tmp_path_factory.mktemp("readme"))}
    process = subprocess.Popen([f"{Path(sys.executable).parent}/n8n-agent", "serve"], cwd=ROOT, env=env)
    try:
        _wait(f"http://127.0.0.1:{port}/api/v1/health/live")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.mark.parametrize(("page", "command", "shown"), _stories(), ids=lambda value: value[:60])
def test_a_command_prints_what_the_page_shows(
    page: str, command: str, shown: str, service: str, tmp_path: Path
) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "COLUMNS": "100", "TERRY_WORKSPACE": str(tmp_path)}
    for name in ("VIRTUAL_ENV", "MAKELEVEL", "MAKEFLAGS", "MFLAGS"):  # a `make` below a `make` talks of folders
        env.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", command.replace("127.0.0.1:8000", service)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert _matches(_words(shown), _words(printed)), f"{page}: {command}\n--- printed:\n{printed}"


def test_code_in_a_query_may_be_long(service: str) -> None:
    """A megabyte, three in a URL: the server's own bound of 64 kB stood in the way."""
    query = urllib.parse.urlencode({"code": "\u00e9 = 1\n" * 30_000})  # httpx has a bound of its own
    request = urllib.request.Request(f"http://{service}/api/v1/code/validate?{query}", method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["valid"] is True


def _words(text: str) -> list[str]:
    return [NUMBER.sub("#", " ".join(line.split())) for line in text.splitlines() if line.strip()]


def _matches(shown: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are the shown ones, `...` standing for any number of lines."""
    pattern = "".join(".*" if line == "..." else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed), re.DOTALL) is not None
