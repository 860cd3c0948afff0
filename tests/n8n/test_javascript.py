"""JavaScript in a locked Node: names, results, errors and limits of `/execute`."""

from typing import Any

import pytest

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]

ITEMS = [{"json": {"a": 1, "b": {"c": [1, 2]}}}, {"json": {"a": 2}}]


async def run(sandbox: Sandbox, code: str, timeout_s: float = 10, **names: Any) -> ExecutionResult:
    request = ExecutionRequest(code, "javascript", contexts=[names], limits=Limits(timeout_s=timeout_s))
    [result] = await sandbox.execute(request)
    return result


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("return x * y;", 6),
        ("const z = x + y; return { z };", {"z": 5}),
        ("return items.map(i => ({ json: { a: i.json.a * 2 } }));", [{"json": {"a": 2}}, {"json": {"a": 4}}]),
        ("return $input.all().length + $input.first().json.a;", 3),
        ("return [$json.a, $input.item.json.a, item.json.a, $itemIndex];", [1, 1, 1, 0]),
        ("return $jmespath($input.all(), '[].json.a');", [1, 2]),
        ("return DateTime.fromISO('2024-01-31').plus({ months: 1 }).toISODate();", "2024-02-29"),
        ("return await Promise.all([1, new Promise(r => setTimeout(() => r(2), 5))]);", [1, 2]),
        ("return new Intl.NumberFormat('de-DE').format(1234.5);", "1.234,5"),
        ("return Buffer.from('aGk=', 'base64').toString();", "hi"),
        ("return new URL('http://a/b?c=1').searchParams.get('c');", "1"),
        ("return structuredClone({ d: new Date(0) });", {"d": "1970-01-01T00:00:00.000Z"}),
        ("return require('crypto').createHash('md5').update('a').digest('hex');", "0cc175b9c0f1b6a831c399e269772661"),
        ("return require('node:util').format('%s-%d', 'a', 1);", "a-1"),
        ("const a = 1;", None),
        ("return 10n ** 20n;", "100000000000000000000"),
        ("return 'h\\u00e9\\ud83d\\ude00';", "h\u00e9\U0001f600"),
    ],
)
async def test_a_body_sees_the_names_of_its_context_and_of_n8n(sandbox: Sandbox, code: str, wanted: object) -> None:
    result = await run(sandbox, code, x=2, y=3, items=ITEMS)
    assert (result.success, result.result) == (True, wanted), result.error


async def test_the_console_is_captured(sandbox: Sandbox) -> None:
    result = await run(sandbox, "console.log('a', { b: [1] }); console.error('no'); console.info(1); return 1;")
    assert (result.stdout, result.stderr) == ("a { b: [ 1 ] }\n1\n", "no\n")


@pytest.mark.parametrize(
    ("code", "kind", "message", "line"),
    [
        ("const a = 1;\nreturn a.b.c;", "TypeError", "Cannot read properties of undefined (reading 'c')", 2),
        ("\n\nnope()", "ReferenceError", "nope is not defined", 3),
        ("return 1;\n)", "SyntaxError", "Unexpected token ')'", 2),
        ("class MyError extends Error { name = 'MyError' }\nthrow new MyError('own')", "MyError", "own", 2),
        ("throw { a: 1 }", "Object", '{"a":1}', None),
        ("const a = {}; a.a = a; return a;", "TypeError", "Converting circular structure to JSON", None),
        ("await new Promise(() => {});", "NeverSettles", "nothing can settle any more", None),
        ("setTimeout(() => {\n throw new Error('late') }, 1); await new Promise(r => setTimeout(r, 50))",
         "Error", "late", 2),
        ("let x = []; for (let i = 0; i < 300; i++) x = [x]; return x;", "ResultError", "deeper than 200", None),
    ],
)  # fmt: skip
async def test_an_error_tells_its_type_message_and_line(
    sandbox: Sandbox, code: str, kind: str, message: str, line: int | None
) -> None:
    result = await run(sandbox, code)
    assert result.error is not None
    assert (result.error.type, result.error.line) == (kind, line)
    assert message in result.error.message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return require('child_process')", "not allowed"),
        ("return require('node:fs')", "not allowed"),
        ("return process.env", "not allowed"),
        ("return fetch('http://localhost')", "not allowed"),
        ("return eval('1+1')", "not allowed"),
        ("return (() => {}).constructor('return process')()", "not allowed"),
        ("return (await import('node:fs')).readFileSync", "not allowed"),
    ],
)
async def test_what_is_not_allowed_fails_and_says_so(sandbox: Sandbox, code: str, words: str) -> None:
    result = await run(sandbox, code)
    assert result.error is not None
    assert words in f"{result.error.message} {result.error.hint}"


@pytest.mark.parametrize(
    ("code", "killed_by"),
    [
        ("for (;;) {}", "timeout"),
        ("/^(a|a|aa)+$/.test('a'.repeat(60) + 'b')", "timeout"),
        ("const again = () => Promise.resolve().then(again); await again();", "timeout"),
        ("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);", "timeout"),
    ],
)
async def test_code_without_end_is_ended_at_its_deadline(sandbox: Sandbox, code: str, killed_by: str) -> None:
    result = await run(sandbox, code, timeout_s=0.3)
    assert result.error is not None
    assert result.error.killed_by == killed_by


@pytest.mark.parametrize(
    ("code", "killed_by"),
    [
        ("const keep = []; for (;;) keep.push(new Array(1e6).fill(1.5));", "memory"),
        ("for (;;) console.log('x'.repeat(100000));", "output"),
        ("return 'x'.repeat(20000000);", "output"),
    ],
)
async def test_the_bound_that_ended_it_is_named(sandbox: Sandbox, code: str, killed_by: str) -> None:
    result = await run(sandbox, code, timeout_s=20)
    assert result.error is not None
    assert result.error.killed_by == killed_by


async def test_memory_beside_the_heap_is_bounded_too(sandbox: Sandbox) -> None:
    result = await run(
        sandbox, "const m = []; for (let i = 0; i < 40; i++) m.push(Buffer.alloc(50 << 20, 1)); return 1;"
    )
    assert result.success is False


async def test_every_context_has_fresh_globals_and_is_answered_in_order(sandbox: Sandbox) -> None:
    code = "globalThis.n = (globalThis.n || 0) + x; Array.prototype.y = x; return [n, Object.keys(Array.prototype)]"
    request = ExecutionRequest(code, "javascript", contexts=[{"x": number} for number in range(5)])
    results = await sandbox.execute(request)
    assert [result.result for result in results] == [[number, ["y"]] for number in range(5)]


async def test_a_change_to_what_contexts_share_ends_with_its_context(sandbox: Sandbox) -> None:
    code = "const was = DateTime.now().isValid; DateTime.now = () => 5; DateTime.mine = 1; return [was, DateTime.now()]"
    results = await sandbox.execute(ExecutionRequest(code, "javascript", contexts=[{}, {}]))
    assert [result.result for result in results] == [[True, 5], [True, 5]]


async def test_a_timer_of_one_context_does_not_reach_into_the_next(sandbox: Sandbox) -> None:
    code = "if (x) await new Promise(r => setTimeout(r, 40)); else setTimeout(() => { throw 1 }, 10); return x"
    results = await sandbox.execute(ExecutionRequest(code, "javascript", contexts=[{"x": 0}, {"x": 1}]))
    assert [result.result for result in results] == [0, 1]


async def test_what_serialisation_loses_is_told(sandbox: Sandbox) -> None:
    result = await run(sandbox, "return { a: NaN, m: new Map(), f: () => 1, p: { q: Promise.resolve() } }")
    assert result.result == {"a": None, "m": {}, "p": {"q": {}}}
    assert [warning.partition(":")[0] for warning in result.warnings] == [
        "result.a",
        "result.m",
        "result.f",
        "result.p.q",
    ]
