"""`automatic_edits` mends drafts without a model: every edit compiles, and the right one is among the first."""

from typing import Any

import pytest

from sandbox.types import Language, Mode
from tools.checks import Failure, automatic_edits, check_syntax

ALL: Mode = "runOnceForAllItems"
EACH: Mode = "runOnceForEachItem"
SYNTAX: dict[str, tuple[Language, str, str]] = {
    "fence": ("python", "```python\nresult = 1\n```", "result = 1"),
    "fence-with-language": ("javascript", "Sure!\n```js\nreturn [];\n```\nBye.", "return [];"),
    "unclosed-fence": ("javascript", "```javascript\nreturn [];", "return [];"),
    "prose": ("python", "Here is the code you need:\n\nresult = 1", "result = 1"),
    "bracket": ("python", "result = [x for x in f(1]", "result = [x for x in f(1)]"),
    "never-closed": ("python", "result = len(items", "result = len(items)"),
    "colon": ("python", "for i in items\n    pass", "for i in items:\n    pass"),
    "indentation": ("python", "for i in items:\n  a = 1\n    b = 2", "for i in items:\n  a = 1\n  b = 2"),
    "indented-whole": ("python", "    a = 1\n    result = a", "a = 1\nresult = a"),
    "curly-quotes": ("javascript", "return [{ json: { a: \u201cx\u201d } }];", 'return [{ json: { a: "x" } }];'),
    "await": ("javascript", "return items.map(i => { await f(); });", "return items.map(async i => { await f(); });"),
    "import": ("javascript", "import { DateTime } from 'luxon';\nreturn [];", "return [];"),
    "open-at-the-end": (
        "javascript",
        "return items.map(i => ({ json: i.json",
        "return items.map(i => ({ json: i.json}))",
    ),
}
NODE: dict[str, tuple[Language, Mode, str, str]] = {
    "snippet": ("python", ALL, "result = [i for i in items]", "return [i for i in _items]"),
    "pyodide": ("python", ALL, "return _input.all()", "return _items"),
    "attribute": (
        "python",
        ALL,
        "return [{'json': i.json} for i in _items]",
        "return [{'json': i[\"json\"]} for i in _items]",
    ),
    "unused-import": ("python", ALL, "import os\nreturn _items", "return _items"),
    "nan": ("python", ALL, "return [{'json': {'a': float('nan')}}]", "return [{'json': {'a': None}}]"),
    "printed": ("python", ALL, "rows = _items\nprint(rows)", "rows = _items\nreturn rows"),
    "helpers": ("javascript", ALL, "return $helpers.x(items);", "return helpers.x(items);"),
    "luxon": ("javascript", ALL, "const { DateTime } = require('luxon');\nreturn [];", "return [];"),
    "no-return": ("javascript", ALL, "const out = [];", "const out = [];\nreturn out;"),
    "logged": ("javascript", ALL, "console.log(items);", "return items;"),
    "clone": ("javascript", ALL, "return structuredClone(items);", "return JSON.parse(JSON.stringify(items));"),
    "each-item-all": ("javascript", EACH, "return $input.first();", "return $input.item;"),
    "promises": (
        "javascript",
        ALL,
        "return items.map(async i => i);",
        "return await Promise.all(items.map(async i => i));",
    ),
    "text": ("javascript", ALL, "return 'done';", "return [{ json: { result: 'done' } }];"),
}
ROW = [{"json": {"name": "Ann", "amount": "2"}}]


def _failed(kind: str, message: str, line: int | None = 1, *, items: Any = ROW) -> Failure:
    return Failure(items, [{"json": {"n": 2}}], None, kind, message, line)


ERRORS: dict[str, tuple[Language, str, Failure, str]] = {
    "missing-key": (
        "python",
        'result = items[0]["json"]["city"]',
        _failed("KeyError", "'city'"),
        'items[0]["json"].get("city")',
    ),
    "missing-list": (
        "python",
        'result = [x for x in row["tags"]]',
        _failed("KeyError", "'tags'"),
        '(row.get("tags") or [])',
    ),
    "missing-text": (
        "python",
        'result = row["name"].strip()',
        _failed("KeyError", "'name'"),
        '(row.get("name") or "").strip()',
    ),
    "unknown-id": ("python", "result = by[x].get('a')", _failed("KeyError", "7"), "(by.get(x) or {}).get('a')"),
    "text-number": (
        "python",
        'total = 0\nfor i in items:\n    total += i["json"]["amount"]',
        _failed("TypeError", "unsupported operand type(s) for +=: 'int' and 'str'", 3),
        'total += float(i["json"]["amount"] or 0)',
    ),
    "none-method": (
        "python",
        "result = name.strip()",
        _failed("AttributeError", "'NoneType' object has no attribute 'strip'"),
        '(name or "").strip()',
    ),
    "zero": (
        "python",
        "result = round(a / b, 1)",
        _failed("ZeroDivisionError", "division by zero"),
        "(round(a / b, 1) if b else None)",
    ),
    "index": (
        "python",
        'result = items[0]["json"]',
        _failed("IndexError", "list index out of range"),
        '(items[0]["json"] if items else {})',
    ),
    "name": (
        "python",
        "rows = []\nrow.append(1)",
        _failed("NameError", "name 'row' is not defined", 2),
        "rows.append(1)",
    ),
    "narrow-handler": (
        "python",
        "try:\n    a = int(x)\nexcept KeyError:\n    a = 0",
        _failed("ValueError", "invalid literal", 2),
        "except (KeyError, ValueError, TypeError, AttributeError):",
    ),
    "js-undefined-list": (
        "javascript",
        "return json.a.map(x => x);",
        _failed("TypeError", "Cannot read properties of undefined (reading 'map')"),
        "(json.a || []).map",
    ),
    "js-undefined-text": (
        "javascript",
        "return s.trim();",
        _failed("TypeError", "Cannot read properties of undefined (reading 'trim')"),
        "(s ?? '').trim()",
    ),
    "js-undefined-object": (
        "javascript",
        "return a.b.c;",
        _failed("TypeError", "Cannot read properties of null (reading 'c')"),
        "a.b?.c",
    ),
    "js-const": (
        "javascript",
        "const n = 0;\nn += 1;",
        _failed("TypeError", "Assignment to constant variable.", 2),
        "let n = 0;",
    ),
    "js-iterable": (
        "javascript",
        "for (const t of row.tags) f(t);",
        _failed("TypeError", "row.tags is not iterable"),
        "of (row.tags || [])",
    ),
    "js-name": (
        "javascript",
        "const result = 1;\nreturn resutl;",
        _failed("ReferenceError", "resutl is not defined", 2),
        "return result;",
    ),
}


@pytest.mark.parametrize(("language", "code", "mended"), SYNTAX.values(), ids=SYNTAX.keys())
def test_code_that_does_not_compile(language: Language, code: str, mended: str) -> None:
    assert mended in [edit.code for edit in automatic_edits(code, language)]


@pytest.mark.parametrize(("language", "mode", "code", "mended"), NODE.values(), ids=NODE.keys())
def test_code_that_n8n_would_not_take(language: Language, mode: Mode, code: str, mended: str) -> None:
    assert mended in [edit.code for edit in automatic_edits(code, language, mode)][:3]


@pytest.mark.parametrize(("language", "code", "failure", "part"), ERRORS.values(), ids=ERRORS.keys())
def test_code_whose_test_failed_with_an_error(language: Language, code: str, failure: Failure, part: str) -> None:
    edits = automatic_edits(code, language, failure=failure)
    assert any(part in edit.code for edit in edits[:4]), [edit.code for edit in edits]
    assert all(check_syntax(edit.code, language).ok and edit.message and edit.rule for edit in edits)


@pytest.mark.parametrize(
    ("language", "code", "actual", "expected", "part"),
    [
        ("python", "result = [i for i in items if i['json']['a'] > 18]", [], [{"json": {"a": 18}}], ">= 18"),
        (
            "python",
            "result = sorted(items, key=lambda i: i['json']['a'])",
            [{"a": 1}, {"a": 2}],
            [{"a": 2}, {"a": 1}],
            "-i['json']['a']",
        ),
        (
            "python",
            "result = {'n': items[0]['json']['a'] * 2}",
            [{"n": "77"}],
            [{"n": 14}],
            "float(items[0]['json']['a'] or 0)",
        ),
        ("python", "print(items[0]['json'])", None, [{"a": 1}], "result = items[0]['json']"),
        ("javascript", "return items.filter(i => i.json.a > 18);", [], [{"a": 18}], ">= 18"),
        (
            "javascript",
            "return items.map(i => ({ json: { n: i.json.a || null } }));",
            [{"n": None}],
            [{"n": 0}],
            "i.json.a ?? null",
        ),
        (
            "javascript",
            "return [{ json: { n: items[0].json.a + items[0].json.b } }];",
            [{"n": "12"}],
            [{"n": 3}],
            "Number(items[0].json.a)",
        ),
    ],
    ids=["bound", "order", "text-number", "printed", "js-bound", "js-zero", "js-text-number"],
)
def test_code_that_answers_wrongly(language: Language, code: str, actual: Any, expected: Any, part: str) -> None:
    edits = automatic_edits(code, language, failure=Failure(ROW, expected, actual))
    assert any(part in edit.code for edit in edits), [edit.code for edit in edits]


def test_good_code_gets_no_edit() -> None:
    assert automatic_edits("return [{'json': {'n': len(_items)}}]", "python", ALL) == []
    assert automatic_edits("return items;", "javascript", ALL) == []


def test_no_edit_makes_code_less_secure() -> None:
    failure = _failed("NameError", "name 'evel' is not defined")
    assert all(
        "eval(" not in edit.code for edit in automatic_edits("eval_ = 1\nresult = evel('1')", "python", failure=failure)
    )
