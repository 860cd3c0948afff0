"""Where an escape would show: listeners, a folder for marks, a canary file; one set for each attack."""

import asyncio
import contextlib
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

__all__ = ["Traps"]


@dataclass(eq=False)
class Traps:
    """What one attack is aimed at."""

    folder: Path
    nonce: str = field(default_factory=lambda: secrets.token_hex(12))
    file_secret: str = field(default_factory=lambda: f"CANARYFILE-{secrets.token_hex(12)}")
    reached: list[str] = field(default_factory=list)
    port: int = 0
    _servers: list[asyncio.Server] = field(default_factory=list)
    _udp: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        self.marks.mkdir(parents=True)
        self.marks.chmod(0o777)
        self.folder.chmod(0o755)
        self.canary.write_text(self.file_secret + "\n")
        loop = asyncio.get_running_loop()
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        self._servers.append(await asyncio.start_server(self._reach("tcp"), sock=tcp))
        self._servers.append(await asyncio.start_unix_server(self._reach("unix"), self.unix_path))
        self.unix_path.chmod(0o777)
        self._servers.append(await asyncio.start_unix_server(self._reach("abstract"), f"\0sbx-{self.port}"))
        with contextlib.suppress(OSError):
            self._udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self.reached), local_addr=("127.0.0.1", self.port)
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        if self._udp is not None:
            self._udp.close()

    @property
    def marks(self) -> Path:
        """Where a file may appear only by an escape."""
        return self.folder / "mark"

    @property
    def canary(self) -> Path:
        """Readable by anybody outside."""
        return self.folder / "canary.txt"

    @property
    def unix_path(self) -> Path:
        """A socket that listens."""
        return self.folder / "s"

    def fill_in(self, snippet: str, base: str) -> str:
        """Aim a snippet at these traps."""
        values = {
            "CANARY_FILE": str(self.canary), "PORT": str(self.port), "MARK": str(self.marks), "NONCE": self.nonce,
            "USOCK": str(self.unix_path), "BASE": base,
        }  # fmt: skip
        for name, value in values.items():
            snippet = snippet.replace(f"@@{name}@@", value)
        return snippet

    def breaches(self, answer: str, secrets_kept: list[str]) -> list[str]:
        """What got out, by what the answer says and by what the traps saw."""
        found = [f"reached by {kind}" for kind in self.reached]
        found += [f"file {path.name}" for path in self.marks.iterdir()]
        found += ["effect"] if f"BREACH_{self.nonce}" in answer else []
        return found + [f"secret {text[:8]}" for text in [self.file_secret, *secrets_kept] if text in answer]

    def _reach(self, kind: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the type of a callback of two streams
        async def reached(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.reached.append(kind)
            writer.close()

        return reached


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, reached: list[str]) -> None:
        self._reached = reached

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._reached.append("udp")
