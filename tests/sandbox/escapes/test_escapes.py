"""Each attack of the corpus against a service in its own process, in three ways.

With all layers; without the language layer; and without it as a plain user, with neither root nor namespaces.
"""

import asyncio
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.escapes.traps import Traps

pytestmark = pytest.mark.jail

CORPUS = sorted((Path(__file__).parents[2] / "data" / "attacks").glob("*/*.py"))
ROOT = Path(__file__).parents[3]
WAYS = {
    "all layers": [],
    "no language layer": ["--no-language-layer"],
    "plain user": ["--no-language-layer", "--plain-user"],
}
GRACE_S = 3.0
BURN_S = 0.5
"""Time-out of attacks that only burn: their own limits are the harness's, for services that take longer to notice."""
MEMORY_MB = 256
ANSWER_CAP = 32 << 20
MOST_PROCESSES = 24
"""Zygote, warm children and children on their way; an attack that leaves one behind each time would pass this."""


@dataclass
class Outcome:
    """What one attack came to."""

    breaches: list[str]
    left_language: bool


@dataclass
class Service:
    """The service under attack."""

    port: int
    pid: int
    environment_secret: str
    victims: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def execute(self, code: str, context: dict[str, Any], timeout_s: float) -> str:
        body = json.dumps({"code": code, "context": context, "timeout": timeout_s}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"POST /api/v1/code/execute HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        raw = await reader.read(ANSWER_CAP)
        while more := await reader.read(ANSWER_CAP):
            raw += more
        writer.close()
        return raw.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")


@contextmanager
def serving(way: str) -> Iterator[Service]:
    """A service in a process of its own, with a secret in its environment."""
    python, packages = _interpreter(for_anybody=way == "plain user")
    secret = f"CANARYENV-{secrets.token_hex(12)}"
    process = subprocess.Popen(
        [python, "-m", "tests.sandbox.service", "--port", "0", "--memory-mb", str(MEMORY_MB), *WAYS[way]],
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "CANARY_TOKEN": secret, "PYTHONPATH": packages},
    )  # fmt: skip
    assert process.stdout is not None
    with process, process.stdout:
        line = process.stdout.readline()
        assert line, "the service did not come up"
        try:
            yield Service(int(line), process.pid, secret)
        finally:
            process.send_signal(signal.SIGKILL)


def _interpreter(*, for_anybody: bool) -> tuple[str, str]:
    """A Python that the service's user can start, and where it finds our packages."""
    packages = f"{ROOT}{os.pathsep}{Path(pytest.__file__).parent.parent}"
    reachable = all(folder.stat().st_mode & 0o001 for folder in Path(sys.executable).resolve().parents)
    if for_anybody and os.geteuid() == 0 and not reachable:
        return "/usr/bin/python3", packages
    return sys.executable, packages


async def attack(service: Service, snippet: str, folder: Path, gate: asyncio.Semaphore) -> Outcome:
    """One attack, with a victim before it and a harmless execution after it."""
    head = dict(part.split(": ", 1) for line in snippet.splitlines()[:2] for part in line[2:].split(" | "))
    timeout_s = BURN_S if head["family"] == "cpu" else float(head["timeout"])
    async with gate, Traps(folder) as traps:
        victim = f"VICTIM-{secrets.token_hex(12)}"
        service.victims.append(victim)
        await service.execute("def keep():\n    return secret\nresult = len(secret)", {"secret": victim}, 5)
        clock = asyncio.get_running_loop().time
        started = clock()
        answer = await service.execute(traps.fill_in(snippet, service.base), {}, timeout_s)
        took_s = clock() - started
        await asyncio.sleep(float(head.get("wait_after", 0)))
        breaches = traps.breaches(answer, [service.environment_secret, *service.victims])
        breaches += _malformed(answer) + (["deadline"] if took_s > timeout_s + GRACE_S else [])
        breaches += await _harm(service)
        return Outcome(breaches, f"ESCAPED_{traps.nonce}" in answer)


def _malformed(answer: str) -> list[str]:
    try:
        told = json.loads(answer)
    except ValueError:
        return [f"no JSON: {answer[:80]!r}"]
    forged = told.get("cached") is not False or "FORGED" in told or not 0 <= told["execution_time_ms"] < 424242
    return (["forged"] if forged else []) + ([] if isinstance(told.get("success"), bool) else ["shape"])


async def _harm(service: Service) -> list[str]:
    """Whether a harmless execution still gives the right answer."""
    number = secrets.randbelow(10**6)
    code = (
        "import json, math, decimal\nprint('p', x)\n"
        "result = [x * 3 + len([3, 1, 2]), json.loads(json.dumps({'k': x}))['k'], math.floor(x + 0.5),"
        " sorted([x, -1])[0], str(decimal.Decimal('1.2345') + x)]"
    )
    told = json.loads(await service.execute(code, {"x": number}, 10))
    right = [number * 3 + 3, number, number, -1, f"{number + 1}.2345"]
    return [] if told["result"] == right and told["stdout"] == f"p {number}\n" else [f"harm: {told}"]


@pytest.fixture(scope="module", params=WAYS)
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All attacks in one way; the first of several test processes fires them, the others read what came of it."""
    common = tmp_path_factory.getbasetemp()
    common = common.parent if "PYTEST_XDIST_WORKER" in os.environ else common
    kept = common / f"escapes-{request.param.replace(' ', '-')}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps({name: asdict(outcome) for name, outcome in fire_all(request.param).items()}))
    return {name: Outcome(**told) for name, told in json.loads(kept.read_text()).items()}


def fire_all(way: str) -> dict[str, Outcome]:
    """Every attack of the corpus, some at a time."""

    async def fire(service: Service, folder: Path) -> dict[str, Outcome]:
        gate = asyncio.Semaphore(6)
        fired = [attack(service, path.read_text(), folder / path.stem, gate) for path in CORPUS]
        return dict(zip([path.stem for path in CORPUS], await asyncio.gather(*fired), strict=True))

    with tempfile.TemporaryDirectory(prefix="traps-") as name, serving(way) as service:
        Path(name).chmod(0o755)
        done = asyncio.run(fire(service, Path(name)))
        done["survivors"] = Outcome(_survivors(service), left_language=False)
        done["language layer"] = Outcome([way], left_language=False)
        return done


def _survivors(service: Service) -> list[str]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {service.pid}
    for _ in range(4):
        family |= {pid for pid, parent in parents.items() if parent in family}
    return [] if len(family) <= MOST_PROCESSES else [f"{len(family)} processes"]


@pytest.mark.parametrize("name", [path.stem for path in CORPUS])
def test_the_attack_is_held(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].breaches == []


def test_no_attack_leaves_a_process_behind(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["survivors"].breaches == []


def test_with_all_layers_nobody_leaves_the_language_layer(outcomes: dict[str, Outcome]) -> None:
    """And without it some do, or the switch does nothing and the other ways prove nothing."""
    left = [name for name, outcome in outcomes.items() if outcome.left_language]
    if outcomes["language layer"].breaches == ["all layers"]:
        assert left == []
    else:
        assert len(left) > 20
