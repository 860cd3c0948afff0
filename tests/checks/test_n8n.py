"""`check_n8n` says what n8n will refuse, hang on or silently change, and is quiet about what works."""

import pytest

from sandbox.types import Language, Mode
from tools.checks import check_n8n
from tools.n8n.profile import load_profile

ALL: Mode = "runOnceForAllItems"
EACH: Mode = "runOnceForEachItem"
FOUND: dict[str, tuple[Language, Mode, str, str]] = {
    "import": ("python", ALL, "import json\nreturn []", "n8n/import"),
    "external": ("python", ALL, "import pandas as pd\nreturn []", "n8n/import"),
    "builtin": ("python", ALL, "return [{'json': {'t': str(type(1))}}]", "n8n/builtin"),
    "class": ("python", ALL, "class A:\n    pass\nreturn []", "n8n/class"),
    "dunder": ("python", ALL, "return [{'json': {'c': _items.__class__}}]", "n8n/blocked-attribute"),
    "blocked-text": ("python", ALL, "return [{'json': {'obj': 1}}]", "n8n/blocked-text"),
    "bound-format": ("python", ALL, "f = '{}'.format\nreturn [{'json': {'t': f(1)}}]", "n8n/bound-format"),
    "positional-match": ("python", ALL, "match 1:\n    case int(x):\n        return []", "n8n/positional-match"),
    "retired-items": ("python", ALL, "return [i for i in items]", "n8n/unknown-global"),
    "retired-input": ("python", ALL, "return _input.all()", "n8n/unknown-global"),
    "wrong-mode": ("python", EACH, "return _items[0]", "n8n/wrong-mode"),
    "attribute": ("python", ALL, "return [{'json': i.json} for i in _items]", "n8n/attribute-access"),
    "print": ("python", ALL, "print(1, sep='')\nreturn []", "n8n/print-keywords"),
    "global": ("python", ALL, "n = 0\ndef f():\n    global n\n    n = 1\nreturn []", "n8n/global"),
    "no-return": ("python", ALL, "x = 1", "n8n/missing-return"),
    "none": ("python", ALL, "return None", "n8n/return-shape"),
    "number": ("python", ALL, "return 5", "n8n/return-shape"),
    "list-each": ("python", EACH, "return [{'json': {}}]", "n8n/return-shape"),
    "json-list": ("python", ALL, "return [{'json': [1]}]", "n8n/json-object"),
    "extra-key": ("python", ALL, "return [{'json': {}, 'b': 1}]", "n8n/reserved-key"),
    "index-key": ("python", ALL, "return [{'index': 1, 'a': 2}]", "n8n/reserved-key"),
    "nan": ("python", ALL, "return [{'json': {'a': float('nan')}}]", "n8n/nan"),
    "set": ("python", ALL, "return [{'json': {'a': set([1])}}]", "n8n/changed-value"),
    "multi-line-text": ("python", ALL, 't = """a\nb"""\nreturn [{"json": {"t": t}}]', "n8n/multi-line-text"),
    "js-fetch": (
        "javascript",
        ALL,
        "const r = await fetch('https://x.io'); return [{ json: r }];",
        "n8n/unknown-global",
    ),
    "js-url": ("javascript", ALL, "return [{ json: { h: new URL('https://x.io').host } }];", "n8n/unknown-global"),
    "js-helpers": ("javascript", ALL, "return [{ json: await $helpers.httpRequest({}) }];", "n8n/unknown-global"),
    "js-require": ("javascript", ALL, "const c = require('crypto'); return [];", "n8n/import"),
    "js-each-items": ("javascript", EACH, "return items[0];", "n8n/wrong-mode"),
    "js-each-all": ("javascript", EACH, "return $input.all()[0];", "n8n/wrong-mode"),
    "js-first-only": ("javascript", ALL, "return [{ json: $json }];", "n8n/first-item-only"),
    "js-item": ("javascript", ALL, "return [item];", "n8n/wrong-mode"),
    "js-no-return": ("javascript", ALL, "items.map(i => i);", "n8n/missing-return"),
    "js-text": ("javascript", ALL, "return items.map(i => i.json.a).join(',');", "n8n/return-shape"),
    "js-foreach": ("javascript", ALL, "return items.forEach(i => i);", "n8n/return-shape"),
    "js-promises": ("javascript", ALL, "return items.map(async i => i);", "n8n/await"),
    "js-numbers": ("javascript", ALL, "return [1, 2];", "n8n/return-shape"),
    "js-json-text": ("javascript", ALL, "return [{ json: JSON.stringify(items) }];", "n8n/json-object"),
    "js-extra-key": ("javascript", ALL, "return [{ json: {}, id: 1 }];", "n8n/reserved-key"),
    "js-index": ("javascript", ALL, "return items.map((i, index) => ({ index, a: i.json.a }));", "n8n/reserved-key"),
    "js-map": ("javascript", ALL, "return [{ json: { m: new Map() } }];", "n8n/lost-value"),
    "js-helper": ("javascript", ALL, "return this.helpers.returnJsonArray(items);", "n8n/helper"),
    "js-no-await": ("javascript", ALL, "const r = this.helpers.httpRequest({}); return [{ json: r }];", "n8n/await"),
    "js-env": ("javascript", ALL, "return [{ json: { u: $env.URL } }];", "n8n/env"),
    "js-expression": ("javascript", ALL, "const u = '{{ $json.url }}'; return [{ json: { u } }];", "n8n/expression"),
}
QUIET: dict[str, tuple[Language, Mode, str]] = {
    "all": ("python", ALL, "return [{'json': {**i['json'], 'n': 1}} for i in _items]"),
    "each": ("python", EACH, "return {'json': {**_item['json'], 'n': 1}}"),
    "each-drop": ("python", EACH, "return _item if _item['json'].get('ok') else None"),
    "empty-list": ("python", ALL, "return []"),
    "rows": ("python", ALL, "rows = [i['json'] for i in _items]\nreturn rows"),
    "own-names": ("python", ALL, "items = _items\nreturn [i for i in items]"),
    "format": ("python", ALL, "return [{'json': {'t': '{:.2f}'.format(1.5)}}]"),
    "docstring": ("python", ALL, "def f():\n    '''Two\n    lines.'''\n    return 1\nreturn [{'json': {'n': f()}}]"),
    "js-all": ("javascript", ALL, "return $input.all().map(i => ({ json: { ...i.json, n: 1 } }));"),
    "js-each": ("javascript", EACH, "return { json: { ...$json, n: $itemIndex } };"),
    "js-each-filter": ("javascript", EACH, "return $json.ok ? $input.item : null;"),
    "js-rows": ("javascript", ALL, "return items.map(i => ({ id: i.json.id }));"),
    "js-object": ("javascript", ALL, "return { total: items.length };"),
    "js-paired": ("javascript", ALL, "return items.map((i, n) => ({ json: i.json, pairedItem: { item: n } }));"),
    "js-luxon": ("javascript", ALL, "return [{ json: { d: DateTime.now().toISO() } }];"),
    "js-guarded": (
        "javascript",
        ALL,
        "const u = typeof URL === 'function' ? new URL('https://x.io').host : ''; return [{ json: { u } }];",
    ),
    "js-own-fetch": ("javascript", ALL, "const fetch = x => x; return [{ json: { v: fetch(1) } }];"),
    "js-awaited": ("javascript", ALL, "return [{ json: await this.helpers.httpRequest({ url: items[0].json.url }) }];"),
    "js-promise-all": ("javascript", ALL, "return await Promise.all(items.map(async i => ({ json: i.json })));"),
    "js-throw": ("javascript", ALL, "throw new Error('no');"),
}


@pytest.mark.parametrize(("language", "mode", "code", "rule"), FOUND.values(), ids=FOUND.keys())
def test_finds_with_a_remedy(language: Language, mode: Mode, code: str, rule: str) -> None:
    found = [finding for finding in check_n8n(code, language, mode).findings if finding.rule == rule]
    assert found
    assert all(finding.line and finding.remedy for finding in found)


@pytest.mark.parametrize(("language", "mode", "code"), QUIET.values(), ids=QUIET.keys())
def test_is_quiet_about_what_works(language: Language, mode: Mode, code: str) -> None:
    assert check_n8n(code, language, mode).findings == ()


def test_a_profile_decides_about_imports() -> None:
    code = "import re\nreturn [{'json': {'n': len(re.findall('a', 'aa'))}}]"
    allowed = load_profile(overrides={"python_stdlib_allow": ["re"]})
    assert not check_n8n(code, "python", ALL).ok
    assert check_n8n(code, "python", ALL, allowed).ok


def test_a_module_is_compared_literally() -> None:
    profile = load_profile(overrides={"javascript_builtin_allow": ["crypto"]})
    assert check_n8n("require('crypto'); return [];", "javascript", ALL, profile).ok
    assert not check_n8n("require('node:crypto'); return [];", "javascript", ALL, profile).ok


def test_a_snippet_is_only_told_that_it_is_one() -> None:
    [finding] = check_n8n("result = items[0]['json']['value'] * 2", "python").findings
    assert (finding.rule, finding.severity) == ("n8n/snippet", "info")


def test_without_a_mode_nothing_is_said_that_depends_on_it() -> None:
    assert check_n8n("return { json: $json };", "javascript").findings == ()


def test_pieces_of_text_on_lines_of_their_own_keep_their_breaks() -> None:
    """Only a text that itself goes over lines gains n8n's indentation."""
    code = 'text = ("a\\n"\n        "b\\n")\nreturn [{"json": {"text": text}}]'
    assert [f.rule for f in check_n8n(code, "python").findings] == []
