"""HTTP in JSON with an n8n, by the standard library, and ports to do it on."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any

__all__ = ["call", "free_port"]


def call(
    method: str, url: str, body: Any = None, headers: dict[str, str] | None = None,
    opener: urllib.request.OpenerDirector | None = None,
) -> tuple[int, Any]:  # fmt: skip
    """One HTTP exchange in JSON; an error status is a value."""
    data = None if body is None else json.dumps(body).encode()
    told = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, told, method=method)
    try:
        with (opener.open if opener else urllib.request.urlopen)(request, timeout=60) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode(errors="replace")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
