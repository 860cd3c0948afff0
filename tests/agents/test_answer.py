"""Reading code out of what models write."""

import pytest

from agents.answer import read_answer
from sandbox.types import Language
from tools.errors import MalformedAnswer

JS = "const rows = $input.all();\nreturn rows.map(i => ({ json: { a: i.json.a } }));"
PY = 'rows = []\nfor item in _items:\n    rows.append({"json": {"a": item["json"]["a"]}})\nreturn rows'

READABLE: list[tuple[str, Language, str, str]] = [
    ("a tagged fence", "javascript", f"```js\n{JS}\n```", JS),
    ("prose around", "javascript", f"Sure! Here it is:\n\n```javascript\n{JS}\n```\nHope it helps.", JS),
    ("an untagged fence", "python", f"```\n{PY}\n```", PY),
    ("a tilde fence", "python", f"~~~py\n{PY}\n~~~", PY),
    ("a longer fence", "python", f"````python\n{PY}\n````", PY),
    (
        "an indented fence",
        "python",
        "  ```python\n" + "\n".join("  " + line for line in PY.split("\n")) + "\n  ```",
        PY,
    ),
    ("Windows line ends", "python", f"```python\n{PY}\n```".replace("\n", "\r\n"), PY),
    ("thinking first", "javascript", f"<think>```js\nreturn 1;\n```</think>\n```js\n{JS}\n```", JS),
    ("thinking whose start is lost", "javascript", f"so I do it\n</think>\n```js\n{JS}\n```", JS),
    ("thinking in capitals", "javascript", f"<THINKING>hm</THINKING>```js\n{JS}\n```".replace("G>```", "G>\n```"), JS),
    ("the other language beside", "python", f"```js\nreturn [1, 2, 3, 4, 5, 6, 7, 8];\n```\n```python\n{PY}\n```", PY),
    ("sample data beside", "javascript", f'```json\n[{{"a": 1}}]\n```\n```js\n{JS}\n```', JS),
    ("a shorter snippet beside", "javascript", f"First `a`:\n```js\nconst a = 1;\n```\nAll:\n```js\n{JS}\n```", JS),
    ("an unclosed fence that is whole", "javascript", f"```js\n{JS}", JS),
    ("no fence at all", "javascript", JS, JS),
    ("no fence, prose before", "python", f"Here is the code you asked for\n\n{PY}", PY),
    ("JSON", "javascript", '{"code": "return [];", "explanation": "Nothing."}', "return [];"),
    ("JSON with raw line ends", "python", '{"code": "x = 1\nreturn []"}', "x = 1\nreturn []"),
    ("JSON in a fence", "javascript", '```json\n{"code": "return [];"}\n```', "return [];"),
    ("a fence in JSON", "javascript", '{"code": "```js\\nreturn [];\\n```"}', "return [];"),
    ("a code node", "javascript", '{"parameters": {"jsCode": "return [];"}}', "return [];"),
    ("a workflow", "javascript", '{"nodes": [{"parameters": {"jsCode": "return [];"}}]}', "return [];"),
    ("spaces that only look so", "python", "```python\nreturn\u00a0[]\n```", "return []"),
]


@pytest.mark.parametrize(("language", "text", "code"), [row[1:] for row in READABLE], ids=[row[0] for row in READABLE])
def test_the_code_is_found(language: Language, text: str, code: str) -> None:
    assert read_answer(text, language).code == code


UNREADABLE: list[tuple[str, str, bool, str]] = [
    ("nothing", "", False, "is empty"),
    ("a refusal", "I'm sorry, I cannot help with that.", False, "holds no code"),
    ("thinking without end", "<think>let me see, return the", True, "never left its thinking"),
    ("a fence cut short", "```js\nreturn items.map(i => ({ jso", True, "the code breaks off after 28 characters"),
    ("bare code cut short", "const a = 1;\nreturn items.ma", True, "the code breaks off after 28"),
    ("only sample data", '```json\n{"a": 1}\n```', False, "holds no code"),
    ("an empty fence", "```js\n```", False, "holds no code"),
]


@pytest.mark.parametrize(
    ("text", "truncated", "message"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_an_answer_without_usable_code_is_an_error_that_keeps_its_text(
    text: str, truncated: bool, message: str
) -> None:
    with pytest.raises(MalformedAnswer, match=message) as caught:
        read_answer(text, "javascript", truncated=truncated)
    assert caught.value.text == text


def test_code_that_was_closed_before_the_cut_is_good() -> None:
    assert read_answer("```js\nreturn [];\n```\nThis code ret", "javascript", truncated=True).code == "return [];"


def test_the_words_around_are_the_explanation() -> None:
    assert read_answer("Drops the rest.\n```js\nreturn [];\n```", "javascript").explanation == "Drops the rest."
