"""Hostile JavaScript is held: with every layer on, and by the operating system alone.

A corpus file may print `BREACH_<nonce>` only when it did what must be impossible, and `ESCAPED_<nonce>` when it left
the language layer; its head names family, goal and time-out.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox, javascript

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

FOLDER = Path(__file__).parent.parent / "data" / "attacks" / "javascript"
CORPUS = {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.js"))}
NONCE = "7f3a91c2"
MOST_S = 2.0
"""Time-out of one attack here; the corpus asks for up to 10 s, which holds the same walls for longer."""
SECRET = "CANARY-of-the-file"
AT_ONCE = 6


@dataclass(frozen=True)
class Battle:
    """All attacks fired at one sandbox, and what was seen beside their answers."""

    results: dict[str, ExecutionResult]
    benign: list[ExecutionResult]
    knocks: int
    """Connections that reached the listener."""
    marks: list[str]
    """Files that appeared where none may."""


async def fire(sandbox: Sandbox, code: str, places: dict[str, str]) -> ExecutionResult:
    asked = re.search(r"timeout: (\d+)", code)
    code = re.sub(r"@@([A-Z_]+)@@", lambda match: places.get(match[1], match[0]), code)
    limits = Limits(timeout_s=min(MOST_S, float(asked[1]) if asked else MOST_S))
    [result] = await sandbox.execute(ExecutionRequest(code, "javascript", contexts=[{}], limits=limits))
    return result


async def benign(sandbox: Sandbox, number: int) -> ExecutionResult:
    code = (
        "return [n * 2, [3, 1, 2].map((x) => x + 1), 'ab'.toUpperCase(), JSON.stringify({ a: n }), globalThis.__left];"
    )
    [result] = await sandbox.execute(ExecutionRequest(code, "javascript", contexts=[{"n": number}]))
    return result


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[True, False], ids=["layers", "wall-alone"])
async def battle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Battle]:
    folder = tmp_path_factory.mktemp("attacks")
    mark = folder / "mark"
    mark.mkdir(mode=0o777)
    (folder / "canary.txt").write_text(SECRET, encoding="utf-8")
    knocks = 0

    def heard(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal knocks
        knocks += 1
        writer.close()

    tcp = await asyncio.start_server(heard, "127.0.0.1", 0)
    unix = await asyncio.start_unix_server(heard, str(folder / "trap.sock"))
    listener: socket.socket = tcp.sockets[0]
    places = {
        "CANARY_FILE": str(folder / "canary.txt"), "MARK": str(mark), "NONCE": NONCE,
        "PORT": str(listener.getsockname()[1]), "USOCK": str(folder / "trap.sock"),
    }  # fmt: skip
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, code: str) -> tuple[str, ExecutionResult]:
        async with gate:
            return name, await fire(sandbox, code, places)

    plan = javascript.plan(512, language_layer=request.param)
    async with Sandbox(plans={"javascript": plan}) as sandbox, tcp, unix:
        results = dict(await asyncio.gather(*(one(*attack) for attack in CORPUS.items())))
        after = [await benign(sandbox, number) for number in range(3)]
    yield Battle(results, after, knocks, [file.name for file in mark.iterdir()])


@pytest.mark.parametrize("attack", list(CORPUS))
async def test_an_attack_is_held(battle: Battle, attack: str) -> None:
    result = battle.results[attack]
    told = repr(result)

    assert f"BREACH_{NONCE}" not in told
    assert SECRET not in told
    assert "root:x:0" not in told
    assert not result.cached
    assert result.execution_time_ms < (MOST_S + 2) * 1000


async def test_the_language_layer_is_left_by_none(battle: Battle, request: pytest.FixtureRequest) -> None:
    """With the layer on; off, the attacks do leave it, or they would prove nothing about the wall."""
    left = [name for name, result in battle.results.items() if f"ESCAPED_{NONCE}" in repr(result)]
    assert bool(left) is (request.node.callspec.params["battle"] is False)


async def test_nothing_reached_the_network_or_the_disk(battle: Battle) -> None:
    assert (battle.knocks, battle.marks) == (0, [])


async def test_the_sandbox_answers_rightly_afterwards(battle: Battle) -> None:
    assert [result.result for result in battle.benign] == [
        [number * 2, [4, 2, 3], "AB", f'{{"a":{number}}}', None] for number in range(3)
    ]


@pytest.mark.parametrize("footing", [{"namespaces": False}, {"own_user": False}], ids=["container", "private-home"])
async def test_the_wall_alone_holds_on_a_lesser_footing(footing: dict[str, Any]) -> None:
    """Without namespaces as in a container; without a user of its own where only root can reach the files."""
    code = (
        "const told = []; const fs = require('fs');"
        "for (const path of ['/etc/passwd', '/root', '/proc/1/environ']) "
        "try { told.push(fs.statSync(path) && fs.readdirSync(path)) } catch (e) { told.push(e.code) }"
        "try { fs.readFileSync('/etc/passwd') } catch (e) { told.push(e.code) }"
        "try { require('child_process').execSync('true') } catch (e) { told.push(e.code) }"
        "try { process.kill(process.ppid, 0) } catch (e) { told.push(e.code) }"
        "await new Promise(r => require('net').connect(1, '127.0.0.1').on('error', e => { told.push(e.code); r() }));"
        "return told.slice(3)"
    )
    plan = replace(javascript.plan(512, language_layer=False), **footing)
    async with Sandbox(plans={"javascript": plan}) as sandbox:
        [result] = await sandbox.execute(ExecutionRequest(code, "javascript"))
    assert result.result == ["EACCES", "EACCES", "EACCES", "EACCES"], result
