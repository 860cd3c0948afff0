"""The two task runners of an n8n in external mode, started as its launcher starts them, and again when they end."""

import contextlib
import shlex
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.n8n.real.http import call, free_port
from tests.n8n.real.lab import Lab

__all__ = ["Runners"]

_REGISTERED_S = 60.0
_FLAGS = ("--disallow-code-generation-from-strings", "--disable-proto=delete")


class Runners:
    """JavaScript's, which n8n's package brings along, and Python's, which it does not.

    Args:
        lab: the installed n8n.
        folder: for logs, and their home.
        broker: URL of n8n's task broker.
        token: that n8n was started with, `N8N_RUNNERS_AUTH_TOKEN`.
        python: the command that starts n8n's Python runner; none is started without it.
        environment: settings of both, such as `N8N_RUNNERS_TASK_TIMEOUT`.
    """

    def __init__(
        self, lab: Lab, folder: Path, broker: str, token: str, python: str | None, environment: Mapping[str, str]
    ) -> None:
        start = lab.modules / "@n8n" / "task-runner" / "dist" / "start.js"
        self._commands = {"javascript": [str(lab.node), *_FLAGS, str(start)]}
        if python:
            self._commands["python"] = shlex.split(python)
        self._folder = folder
        self._broker = broker
        self._token = token
        self._environment = {"PATH": f"{lab.node.parent}:/usr/bin:/bin", "HOME": str(folder), **environment}
        self._running: dict[str, tuple[subprocess.Popen[bytes], int]] = {}

    def keep_up(self) -> None:
        """Start whoever does not run: a loop without an end or a stray error takes n8n's JavaScript runner down."""
        started = [name for name in self._commands if not self._runs(name)]
        for name in started:
            self._start(name)
        for name in started:
            self._wait(name)

    def stop(self) -> None:
        """End both."""
        for process, _ in self._running.values():
            process.terminate()
        for process, _ in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait(5)
        self._running.clear()

    def _runs(self, name: str) -> bool:
        return name in self._running and self._running[name][0].poll() is None

    def _start(self, name: str) -> None:
        status, body = call("POST", f"{self._broker}/runners/auth", {"token": self._token})
        assert status == 200, body
        port = free_port()
        told: dict[str, Any] = {
            "N8N_RUNNERS_TASK_BROKER_URI": self._broker, "N8N_RUNNERS_GRANT_TOKEN": body["data"]["token"],
            "N8N_RUNNERS_HEALTH_CHECK_SERVER_ENABLED": "true",
            "N8N_RUNNERS_HEALTH_CHECK_SERVER_HOST": "127.0.0.1", "N8N_RUNNERS_HEALTH_CHECK_SERVER_PORT": str(port),
        }  # fmt: skip
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                self._commands[name], env={**self._environment, **told}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        self._running[name] = (process, port)

    def _wait(self, name: str) -> None:
        process, port = self._running[name]
        deadline = time.monotonic() + _REGISTERED_S
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
            time.sleep(0.1)
        tail = (self._folder / f"{name}.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"the {name} runner did not start:\n{tail}")
