"""Many inputs of one code: each is answered as if it were alone, whether or not they share a context."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox import ExecutionRequest, ExecutionResult, NodeRules, Sandbox, javascript
from sandbox.javascript.spawn import node_binary
from sandbox.types import Dialect

INPUTS = [{"items": [{"json": {"value": number, "name": name}}]} for number, name in enumerate(["one", "two", "three"])]
MANY = 6
"""Times the inputs are given, so that the child finds it worth its while to look a context over and keep it."""
_TAME = Path(javascript.__file__).parent / "tame.cjs"

OBSERVED = [
    "globalThis.left = (globalThis.left ?? 0) + 1; return [{ json: { left } }]",
    "seen = typeof seen === 'undefined' ? 1 : seen + 1; return [{ json: { seen } }]",
    "const was = Array.prototype.extra; Array.prototype.extra = $json.value; return [{ json: { was } }]",
    "const was = ({}).polluted; Object.prototype.polluted = $json.value; return [{ json: { was } }]",
    "const was = Math.random() === 5; Math.random = () => 5; return [{ json: { was } }]",
    "const l = [1]; const n = l.push(2); Array.prototype.push = () => -1; return [{ json: { n, m: l.push(3) } }]",
    "const was = Object.isFrozen(String.prototype); Object.freeze(String.prototype); return [{ json: { was } }]",
    "const k = Symbol.for('k'); const was = Map.prototype[k]; Map.prototype[k] = 1; return [{ json: { was } }]",
    "const was = ''.shown; String.prototype.__defineGetter__?.('shown', () => 1); return [{ json: { was } }]",
    "const was = [].map.mark; [].map.mark = 1; return [{ json: { was } }]",
    "const { map } = []; const was = map.mark; map.mark = 1; return [{ json: { was } }]",
    "const k = 'constr' + 'uctor'; const was = ({})[k].mark; ({})[k].mark = 1; return [{ json: { was } }]",
    "const g = {}; const p = g['__pro' + 'to__'] ?? {}; p.x = 1; return [{ json: { x: ({}).x } }]",
    "const was = RegExp.$1; /(.)/.exec($json.name); return [{ json: { was, now: RegExp.$1 } }]",
    "const was = Error.stackTraceLimit; Error.stackTraceLimit = 1; return [{ json: { was } }]",
    "const was = typeof Set; Set = 1; return [{ json: { was } }]",
    "setTimeout(() => { globalThis.late = 1 }, 0); return [{ json: { late: typeof late } }]",
    "queueMicrotask?.(() => { late = 1 }); return [{ json: { late: typeof late } }]",
    "Promise.resolve().then(() => { late = 1 }); return [{ json: { late: typeof late } }]",
    "(async () => { await 0; await 0; await 0; late = 1 })(); return [{ json: { late: typeof late } }]",
    "const was = items.length; items.push({ json: {} }); items[0].json.value = 9; return [{ json: { was } }]",
    "const was = typeof console.mine; console.mine = 1; return [{ json: { was } }]",
    "const was = typeof DateTime.mine; DateTime.mine = 1; return [{ json: { was } }]",
    "const was = typeof items; items = 5; return [{ json: { was } }]",
    "const was = typeof $json; delete $json; return [{ json: { was, now: typeof $json } }]",
    "return [{ json: { n: top() } }]; function top() { count = 1; return 1 } }; let once = 1; count = function () {",
    "if ($json.value === 1) throw new Error($json.name); return [{ json: { v: $json.value } }]",
    "const m = new Map(); for (const i of items) m.set(i.json.name, i.json.value); return [{ json: { l: [...m] } }]",
    # by computed names, which may be those of built-in functions
    "const k = 'constr' + 'uctor'; const o = {}; const was = o[k].total; o[k].total = 1; return [{ json: { was } }]",
    "const k = 'ma' + 'p'; const was = [][k].mark; [][k].mark = 1; return [{ json: { was } }]",
    ("const k = ['get', 'mark']; const f = new Map()[k[0]]; const was = f[k[1]]; f[k[1]] = 1; "
     "return [{ json: { was } }]"),
    "const k = 'prototype'; const was = [].z; Array[k].z = 1; return [{ json: { was } }]",
    "const k = 'length'; const was = Array[`prototype`][k]; Array[`prototype`].push(1); return [{ json: { was } }]",
    "const was = Object.keys === 1; const k = 'keys'; Object[k] = 1; return [{ json: { was } }]",
    "const p = Object.entries; const was = p.mark; Object.assign(p, { mark: 1 }); return [{ json: { was } }]",
    "const f = [].at; const was = f.name; delete f.name; return [{ json: { was } }]",
    "const f = [].at; const k = 'isFrozen'; const was = Object[k](f); Object.freeze(f); return [{ json: { was } }]",
    "const g = globalThis; const k = 'parseInt'; const was = typeof g[k]; g[k] = 1; return [{ json: { was } }]",
    "const k = '$1'; const was = RegExp[k]; /(.)/.exec($json.name); return [{ json: { was } }]",
    "const I = Intl.NumberFormat; const was = I.mark; I.mark = 1; return [{ json: { was } }]",
    "const E = Error; const was = E.prepareStackTrace; E.prepareStackTrace = () => 'x'; return [{ json: { was } }]",
    "function f() { return arguments.callee } const was = f().mark; f().mark = 1; return [{ json: { was } }]",
    "function f() { const was = this.left; this.left = 1; return was } return [{ json: { was: f() } }]",
    "const i = [][Symbol.iterator](); const was = i.next.mark; i.next.mark = 1; return [{ json: { was } }]",
    "const was = ({}).toJSON; Object.prototype.toJSON = () => 1; return [{ json: { was: typeof was } }]",
    "return [{ json: { get late() { const was = typeof left; left = 1; return was } } }]",
    "return [{ json: { toJSON() { const was = typeof left; left = 1; return { was } } } }]",
    "const o = { valueOf() { left = 1; return 1 } }; return [{ json: { was: typeof left, n: +o } }]",
    # through what all contexts are given
    "const f = $jmespath; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const was = Buffer.mark; Buffer.mark = 1; return [{ json: { was } }]",
    "const f = Buffer.from('a').readInt8; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = new TextEncoder().encode; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = atob; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = DateTime.now; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = $now.toISO; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const z = $now.zone; const was = z.mark; z.mark = 1; return [{ json: { was } }]",
    "const z = DateTime.now().setZone('Asia/Tokyo').zone; const was = z.mark; z.mark = 1; return [{ json: { was } }]",
    "const f = DateTime.DATE_FULL; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    ("const m = Duration.fromObject({ days: 1 }).matrix; const was = m.days.hours; m.days.hours = 1; "
     "return [{ json: { was } }]"),
    "const was = DateTime.fromISO; DateTime.fromISO = 1; return [{ json: { was: typeof was } }]",
    "const d = DateTime.prototype; const was = d.mark; d.mark = 1; return [{ json: { was } }]",
    "const d = FormData.prototype; const was = d.mark; d.mark = 1; return [{ json: { was } }]",
    "const f = new URL('a:?b=1').searchParams.keys().next; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = new FormData().entries().next; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    ("const was = $getWorkflowStaticData('global').n; $getWorkflowStaticData('global').n = 1; "
     "return [{ json: { was } }]"),
    "const was = $input.all.mark; $input.all.mark = 1; return [{ json: { was } }]",
    # through objects of the runner's own realm
    "const u = [...new Uint8Array(Buffer.from('q').buffer)]; Buffer.from('zz'); return [{ json: { n: u.length, u } }]",
    "const t = setTimeout(() => {}).constructor; const was = t.mark; t.mark = 1; return [{ json: { was } }]",
    ("let e; try { $('Nope') } catch (x) { e = x.constructor } const was = e.mark; e.mark = 1; "
     "return [{ json: { was } }]"),
    "const p = performance.now; const was = p.mark; p.mark = 1; return [{ json: { was } }]",
    "const f = $input.all().map; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const i = $input.all()[Symbol.iterator]().next; const was = i.mark; i.mark = 1; return [{ json: { was } }]",
    "const f = items.constructor.from; const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const f = $now.loc.numberFormatter({}); const was = f.mark; f.mark = 1; return [{ json: { was } }]",
    "const d = $now.loc.dtFormatter($now, {}).dtf; const was = d.mark; d.mark = 1; return [{ json: { was } }]",
    # by what goes on after the answer
    ("const late = async () => { for (let n = 0; n < 50; n++) await 0; Array.prototype.z = 1 }; late(); "
     "return [{ json: { was: [].z } }]"),
    "Promise.reject(new Error('stray')); return [{ json: { v: $json.value } }]",
    "const r = await Promise.all(items.map(async (i) => i.json.value)); return [{ json: { r, was: Promise.mark } }]",
    "const p = Promise; const was = p.mark; p.mark = 1; await p.resolve(); return [{ json: { was } }]",
]  # fmt: skip


def _answers(results: list[ExecutionResult]) -> list[tuple[Any, str | None, str]]:
    return [(result.result, result.error.message if result.error else None, result.stdout) for result in results]


@pytest.mark.jail
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("code", "dialect"), [*((code, "body") for code in OBSERVED), *((code, "node") for code in OBSERVED[::6])]
)
async def test_an_input_sees_nothing_of_the_one_before(sandbox: Sandbox, code: str, dialect: Dialect) -> None:
    rules = NodeRules() if dialect == "node" else None
    together = await sandbox.execute(ExecutionRequest(code, "javascript", INPUTS * MANY, dialect, rules=rules))
    [alone] = await sandbox.execute(ExecutionRequest(code, "javascript", INPUTS[2:], dialect, rules=rules))
    assert _answers(together[2::3]) == _answers([alone]) * MANY


@pytest.mark.jail
@pytest.mark.asyncio(loop_scope="session")
async def test_a_name_of_one_input_is_gone_in_the_next(sandbox: Sandbox) -> None:
    contexts = [{"x": 1}, {"y": 2}, {"Math": 3}, {}]
    code = "return [typeof x, typeof y, Math.max(1, 2)]"
    results = await sandbox.execute(ExecutionRequest(code, "javascript", contexts))
    assert [result.result for result in results] == [
        ["number", "undefined", 2],
        ["undefined", "number", 2],
        None,
        ["undefined", "undefined", 2],
    ]


TAME = [
    "return x * y",
    "return items.map((item) => ({ json: { doubled: item.json.value * 2 } }));",
    "const out = [];\n// for all values, sort\nfor (const i of items) {\n  out.push(Math.round(i.json.a));\n}",
    "const m = new Map(); for (const i of items) { m.set(i.json.k, 1); } delete items[0].json.a; return [...m];",
    "return items[0].json['first name']",
    "return Object.entries($json).filter(([k, v]) => v !== null)",
    "return items.filter((i) => /^\\d+\\s/.test(i.json.a))",
    "const out = []; for (const x of [1, 2]) out.push(x); return [out, '\u00e9'];",
]
WILD = [
    "Array.prototype.y = 1", "[].constructor.x = 1", "[].map.x = 1", "let f = items.map; f.x = 1", "return this",
    "const { map } = []; map.x = 1", 'const { "map": m } = []; m.x = 1', "x[k].y = 1", "x?.[k]", "x/**/[k].y = 1",
    "`${x[k]}`", "`${[].map.x = 1}`", "\u00e9[k].y = 1", "x. of [k].y = 1", "let of = x; of[k].y = 1",
    "y // const x of \n[k].z = 1", "y // hm!\n[k].z = 1", "y // return\n[k].z = 1", "y /* const x of */[k].z = 1",
    "let b\nof[k].y = 1", "let f = m.delete\nfoo", "const { delete: d } = m", "x. return [k].y = 1",
    "x. // hi\n return [k].z = 1", "const f = (function*(){})().return; f.x = 1", "const { return: f } = g",
    "const { 'throw': f } = g", "x['return'].y = 1", "let s = 'abc\\\r// '; [].map.x = 1", "Math.x = 1",
    "const { [k]: v } = []; v.x = 1", "const { [k] // c\n : v } = []; v.x = 1", "const { [k]\n: v } = []",
    "const { 'con\\structor' /**/: c } = []", "const { 'con\\structor'\n: c } = []", "x.\\u0063onstructor",
    "const { 'con\\x73tructor': c } = []", "Math.max\n.x = 1", "Object.fromEntries.x = 1", "Object.keys /**/ .x = 1",
    "const d = Date; d.x = 1", "items.map(Number)", "[].concat(Array)", "Object.assign(Math, { x: 1 })", "Object = 5",
    "Number.valueOf().x = 1", "({}).valueOf().x = 1", "return RegExp.$1", "Error.stackTraceLimit = 0",
    "for (Array.x of [1]);", "globalThis.x = 1", "(function () { return arguments })()", "[][Symbol.iterator]",
    "}; let x = 1; x = function(){", "await 1", "x = async () => 1", "setTimeout(() => {}, 1)", "x['a' + 'b']",
    "new FinalizationRegistry(() => {})", "Atomics.waitAsync(a, 0, 0)", "({}).__proto__.x = 1", "require('moment')",
]  # fmt: skip


def test_only_code_that_cannot_change_its_realm_is_tame() -> None:
    script = f"const {{ isTame }} = require({json.dumps(str(_TAME))}); console.log(JSON.stringify(CODES.map(isTame)))"
    codes = json.dumps([*TAME, *WILD])
    command = [str(node_binary()), "-e", f"const CODES = {codes}; {script}"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    wrong = [code for code, tame in zip([*TAME, *WILD], told, strict=True) if tame != (code in TAME)]
    assert wrong == []
