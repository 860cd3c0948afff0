"""One throw-away n8n on loopback: its own user folder, no call home, an owner and a key for the public API."""

import contextlib
import http.cookiejar
import os
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.n8n.real.http import call, free_port
from tests.n8n.real.lab import Lab
from tests.n8n.real.runners import Runners

__all__ = ["PYTHON_RUNNER", "TASK_TIMEOUT_S", "RealN8n"]

PYTHON_RUNNER = os.environ.get("N8N_PYTHON_RUNNER")
"""The command that starts n8n's Python runner, which no package brings along; without it only JavaScript is run."""

TASK_TIMEOUT_S = 4
_START_S = 240.0
_QUIET = (
    "DIAGNOSTICS", "VERSION_NOTIFICATIONS", "VERSION_NOTIFICATIONS_WHATS_NEW", "TEMPLATES", "PERSONALIZATION",
    "HIRING_BANNER", "DYNAMIC_BANNERS", "LICENSE_AUTO_RENEW", "COMMUNITY_PACKAGES",
)  # fmt: skip
_MODULES_OFF = "mcp-registry,insights,community-packages,chat-hub,instance-ai"


class RealN8n:
    """A running n8n; use it as a context manager."""

    def __init__(self, lab: Lab, environment: dict[str, str] | None = None) -> None:
        self.lab = lab
        self.extra = environment or {}
        self.base_url = ""
        self._api_key = ""
        self._token = secrets.token_hex(16)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._runners: Runners | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it and remove its folder."""
        if self._runners is not None:
            self._runners.stop()
            self._runners = None
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def keep_up(self) -> None:
        """Have the runners run that are down."""
        if self._runners is not None:
            self._runners.keep_up()

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the public API."""
        return call(method, f"{self.base_url}/api/v1{path}", body, {"X-N8N-API-KEY": self._api_key})

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="n8n-real-"))
        port, broker = free_port(), free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self.lab.node), str(self.lab.modules / "n8n" / "bin" / "n8n"), "start"],
                env=self._environment(port, broker), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._wait()
        self._make_owner()
        settings = {"N8N_RUNNERS_TASK_TIMEOUT": str(TASK_TIMEOUT_S), "GENERIC_TIMEZONE": "UTC", "TZ": "UTC"}
        broker_url = f"http://127.0.0.1:{broker}"
        self._runners = Runners(self.lab, self._folder, broker_url, self._token, PYTHON_RUNNER, settings)
        self.keep_up()

    def _environment(self, port: int, broker: int) -> dict[str, str]:
        quiet = {f"N8N_{name}_ENABLED": "false" for name in _QUIET}
        external = {"N8N_RUNNERS_MODE": "external", "N8N_RUNNERS_AUTH_TOKEN": self._token}  # as in production
        return quiet | external | {
            "PATH": f"{self.lab.node.parent}:{os.environ.get('PATH', '/usr/bin:/bin')}",
            "HOME": str(self._folder), "N8N_USER_FOLDER": str(self._folder),
            "N8N_ENCRYPTION_KEY": secrets.token_hex(16), "DB_TYPE": "sqlite",
            "N8N_HOST": "127.0.0.1", "N8N_LISTEN_ADDRESS": "127.0.0.1", "N8N_PORT": str(port),
            "N8N_PROTOCOL": "http", "N8N_SECURE_COOKIE": "false", "GENERIC_TIMEZONE": "UTC", "TZ": "UTC",
            "N8N_DISABLED_MODULES": _MODULES_OFF, "N8N_DEFAULT_BINARY_DATA_MODE": "default",
            # else a workflow that says it is active is not for some seconds more
            "N8N_USE_WORKFLOW_PUBLICATION_SERVICE": "false",
            "EXECUTIONS_DATA_SAVE_ON_SUCCESS": "all", "EXECUTIONS_DATA_SAVE_ON_ERROR": "all",
            "N8N_RUNNERS_BROKER_PORT": str(broker), "N8N_RUNNERS_BROKER_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_RUNNERS_TASK_TIMEOUT": str(TASK_TIMEOUT_S), **self.extra,
        }  # fmt: skip

    def _wait(self) -> None:
        assert self._process is not None
        assert self._folder is not None
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                ready, _ = call("GET", f"{self.base_url}/healthz/readiness")
                status, body = call("GET", f"{self.base_url}/rest/settings")
                if ready == status == 200 and isinstance(body, dict) and "data" in body:
                    return
            time.sleep(0.25)
        tail = (self._folder / "log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"n8n did not become ready:\n{tail}")

    def _make_owner(self) -> None:
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        rest = f"{self.base_url}/rest"
        owner = {"email": "owner@example.com", "firstName": "A", "lastName": "B", "password": "Passw0rd-" + "x" * 8}
        status, body = call("POST", f"{rest}/owner/setup", owner, opener=jar)
        assert status == 200, body
        _, scopes = call("GET", f"{rest}/api-keys/scopes", opener=jar)
        wanted = [scope for scope in scopes["data"] if scope.split(":")[0] in {"workflow", "execution"}]
        key = {"label": "tests", "expiresAt": None, "scopes": wanted}
        status, body = call("POST", f"{rest}/api-keys", key, opener=jar)
        assert status == 200, body
        self._api_key = body["data"]["rawApiKey"]
