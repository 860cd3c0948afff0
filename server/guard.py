"""Who may come in: Host header, API key and size are looked at before any route."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from server.errors import error_response
from tools.errors import ConfigError
from tools.settings import ServerSettings

__all__ = ["Guard", "check_binding"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_OPEN_PATHS = ("/api/v1/health/live", "/api/v1/health/ready", "/health/live", "/health/ready")
"""Probes carry no key."""


def check_binding(settings: ServerSettings) -> None:
    """Refuse to listen beyond this machine without keys.

    Raises:
        ConfigError: HOST is not loopback and API_KEYS is empty.
    """
    if not _is_loopback(settings.host) and not settings.api_keys:
        raise ConfigError(
            f"HOST={settings.host} is reachable from other machines: set API_KEYS, or keep HOST=127.0.0.1."
        )


class Guard:
    """ASGI middleware: 400 for a foreign Host, 401 without a key, 413 over the size."""

    def __init__(self, app: App, settings: ServerSettings) -> None:
        self._app = app
        self._keys = [key.get_secret_value().encode() for key in settings.api_keys]
        self._hosts = {*settings.allowed_hosts, settings.host}
        self._max_bytes = settings.max_body_mb * 1_000_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        refusal = self._refusal(scope["path"], headers)
        if refusal:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _Bounded(receive, self._max_bytes), send)

    def _refusal(self, path: str, headers: dict[bytes, bytes]) -> Any:
        host = _host_name(headers.get(b"host", b"").decode("latin-1"))
        if "*" not in self._hosts and host not in self._hosts:
            return error_response(
                400, "HostRefused", f"The Host header {host!r} is not ours.", "Add the name to ALLOWED_HOSTS."
            )
        if self._keys and path not in _OPEN_PATHS and not self._has_key(headers):
            return error_response(401, "KeyMissing", "A valid API key is needed.", "Send it as X-API-Key.")
        size = headers.get(b"content-length", b"0")
        if not size.isdigit() or int(size) > self._max_bytes:
            limit = f"{self._max_bytes // 1_000_000} MB"
            return error_response(413, "BodyTooLarge", f"The body is over {limit}.", "Send less, or raise MAX_BODY_MB.")
        return None

    def _has_key(self, headers: dict[bytes, bytes]) -> bool:
        given = headers.get(b"x-api-key") or headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        return any([hmac.compare_digest(given, key) for key in self._keys])  # noqa: C419 - every key is compared


class _Bounded:
    """A `receive` that ends a body without a length once it is over the bound."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._left = max_bytes

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            return {"type": "http.disconnect"}
        return message


def _host_name(header: str) -> str:
    return header if header.endswith("]") else header.rsplit(":", 1)[0] if ":" in header else header


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
