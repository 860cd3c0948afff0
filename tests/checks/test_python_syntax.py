"""`check_syntax` accepts what n8n's Python compiles as a function body, and the snippets of `/execute`."""

import pytest

from tools.checks import check_syntax, validate

VALID = {
    "specification": "def foo():\n    return 42",
    "snippet": "result = items[0]['json']['value'] * 2",
    "body": "rows = []\nfor item in _items:\n    rows.append(item)\nreturn rows",
    "multi-line-text": 'text = """a\nb"""\nreturn [{"json": {"text": text}}]',
    "nonlocal": "n = 0\ndef f():\n    nonlocal n\n    n += 1\nf()\nreturn [{'json': {'n': n}}]",
    "odd-escape": "return [{'json': {'a': '\\d'}}]",
    "is-literal": "return [{'json': {'a': 1 is 1}}]",
    "match": "match _items:\n    case []:\n        return []\n    case _:\n        return _items",
}
INVALID = {
    "colon": ("for a in b\n    pass", "expected ':'", 1),
    "bracket": ("return [1", "never closed", 1),
    "indentation": ("a = 1\n  b = 2", "unexpected indent", 2),
    "indented-whole": ("    return 1", "unexpected indent", 1),
    "await": ("x = await f()\nreturn x", "'await' outside", 1),
    "break": ("return 1\nbreak", "'break' outside", 2),
    "null-byte": ("a = '\0'", "null", None),
    "empty": ("", "empty", 1),
    "only-comment": ("# nothing", "empty", 1),
    "javascript": ("return items.map(i => i);", "invalid syntax", 1),
}


@pytest.mark.parametrize("code", VALID.values(), ids=VALID.keys())
def test_accepts_bodies_and_snippets(code: str) -> None:
    assert check_syntax(code, "python").ok


@pytest.mark.parametrize(("code", "words", "line"), INVALID.values(), ids=INVALID.keys())
def test_refuses_with_line_and_remedy(code: str, words: str, line: int | None) -> None:
    finding = next(f for f in check_syntax(code, "python").findings if words in f.message)
    assert finding.line == line
    assert finding.remedy


@pytest.mark.parametrize(
    "opening", ["```python\n", "Here is the code:\n\n```py\n", "```\n", "Here is the code you asked for:\n"]
)
def test_names_what_stands_around_the_code_and_takes_it_off(opening: str) -> None:
    code = "result = [i for i in items]"
    closing = "\n```\nLet me know!" if "```" in opening else ""
    answer = validate(opening + code + closing, "python")
    assert not answer.valid
    assert {"syntax/markdown-fence", "syntax/prose"} & {finding.rule for finding in answer.findings}
    assert answer.fixes[0].code == code


@pytest.mark.parametrize(
    ("code", "language"),
    [("const a = 1;\nreturn [{ json: { a } }];", "python"), ("import re\nfor item in items:\n    pass", "javascript")],
    ids=["javascript-as-python", "python-as-javascript"],
)
def test_names_the_other_language(code: str, language: str) -> None:
    rules = [
        finding.rule for finding in check_syntax(code, "python" if language == "python" else "javascript").findings
    ]
    assert "syntax/wrong-language" in rules


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize(
    "code",
    [
        "(" * 50_000,
        "[" * 5_000 + "]" * 5_000,
        "-" * 50_000 + "1",
        "a" + ".a" * 50_000,
        "1" + "+1" * 50_000,
        "x = 1\n" * 200_000,
    ],
    ids=["parens", "brackets", "minus", "chain", "sum", "over-1-mb"],
)
def test_monstrous_code_gets_an_answer(code: str, language: str) -> None:
    """No crash, no recursion error: a verdict, or a limit that is named."""
    answer = validate(code, "python" if language == "python" else "javascript")
    assert answer.valid or answer.findings
