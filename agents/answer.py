"""Reads code out of what a model wrote: fences, prose, thinking tags, JSON, and answers that break off."""

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.types import Language
from tools.errors import MalformedAnswer

__all__ = ["Answer", "read_answer"]

_THINKING = re.compile(r"<(think|thinking|thought|reasoning|reflection)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_THINKING_END = re.compile(r"^.*</(?:think|thinking|thought|reasoning|reflection)>", re.DOTALL | re.IGNORECASE)
_THINKING_OPEN = re.compile(r"<(?:think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t>]*(?P<marks>`{3,}|~{3,})[ \t]*(?P<tag>[\w+#.-]*)[^\n]*$", re.MULTILINE)
_TAGS: dict[Language, frozenset[str]] = {
    "python": frozenset({"python", "py", "python3", "pythonnative"}),
    "javascript": frozenset({"javascript", "js", "node", "nodejs", "jsx", "mjs", "ecmascript", "typescript", "ts"}),
}
_NO_TAG = frozenset({"", "code", "text", "plaintext", "n8n"})
_CODE_KEYS = ("code", "jsCode", "pythonCode", "fixed_code", "solution", "source", "answer")
_CODE_LINE: dict[Language, re.Pattern[str]] = {
    "python": re.compile(
        r"^\s*(#|(for|while|with)\b.*:|(if|elif)\b.*:|else:|try:|except\b.*:|def \w+\(|async def |return\b|import \w|"
        r"from \w+ import|raise\b|pass$|break$|continue$|@\w|[\w\[\]\"'., ]+\s*[-+*/|&]?=(?!=)|\w[\w.]*\(|[\])}])"
    ),
    "javascript": re.compile(
        r"^\s*(//|/\*|\*|(const|let|var)\s+[\w{\[$]|function\b|async\b|(for|if|while|switch)\s*\(|return\b|try\b|throw\b|"
        r"[\w$.\[\]\"']+\s*[-+*/|&?]*=(?![=>])|[$\w.]+\(|[\])}.]|else\b|\w+:|\.\.\.|class \w+)"
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The code of an answer, and the words around it."""

    code: str
    explanation: str = ""
    closed: bool = True
    """Whether something (the end of a fence, of the JSON) says that the code is whole."""


@dataclass(frozen=True, slots=True)
class _Block:
    tag: str
    code: str
    closed: bool


def read_answer(text: str, language: Language, *, truncated: bool = False) -> Answer:
    """Return the code in a model's answer.

    Args:
        truncated: the provider said that the answer ends at its length bound.

    Raises:
        MalformedAnswer: there is no code, or it breaks off; the message says which.
    """
    said = _without_thinking(text)
    answer = _from_json(said, language) or _from_fences(said, language) or _from_bare_code(said, language)
    if answer is None or not answer.code:
        if _THINKING_OPEN.search(said):
            raise MalformedAnswer("the answer never left its thinking", text)
        raise MalformedAnswer("the answer holds no code" if said.strip() else "the answer is empty", text)
    if truncated and not answer.closed:
        raise MalformedAnswer(f"the code breaks off after {len(answer.code)} characters", text)
    return answer


def _without_thinking(text: str) -> str:
    text = _THINKING.sub("", text.replace("\r\n", "\n").replace("\ufeff", ""))
    return _THINKING_END.sub("", text)


def _from_json(said: str, language: Language) -> Answer | None:
    """Read `{"code": "...", "explanation": "..."}`, or a whole code node, alone or in a fence."""
    for candidate in (said, *(block.code for block in _blocks(said) if block.tag in {"json", ""})):
        stripped = candidate.strip()
        if not stripped.startswith("{"):
            continue
        try:
            value = json.loads(stripped, strict=False)
        except ValueError:
            continue
        code = _code_in(value)
        if code:
            inner = _from_fences(code, language)
            explanation = value.get("explanation") or value.get("description") or ""
            return Answer(inner.code if inner else _tidy(code), str(explanation))
    return None


def _code_in(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    for key in _CODE_KEYS:
        if isinstance(value.get(key), str):
            return str(value[key])
    nested = value.get("parameters") or value.get("node") or next(iter(value.get("nodes") or ()), None)
    return _code_in(nested)


def _from_fences(said: str, language: Language) -> Answer | None:
    blocks = list(_blocks(said))
    fitting = [block for block in blocks if block.tag in _TAGS[language]]
    fitting = fitting or [block for block in blocks if block.tag in _NO_TAG]
    if not fitting:
        return None
    best = max(fitting, key=lambda block: (bool(re.search(r"\breturn\b", block.code)), len(block.code)))
    return Answer(_tidy(best.code), _prose(said), best.closed)


def _blocks(said: str) -> Iterator[_Block]:
    """Yield the fenced blocks in order; the last may lack its end."""
    opened: re.Match[str] | None = None
    for mark in _FENCE.finditer(said):
        if opened is None:
            opened = mark
        elif mark["marks"][0] == opened["marks"][0] and not mark["tag"]:
            yield _Block(opened["tag"].lower(), said[opened.end() : mark.start()], closed=True)
            opened = None
    if opened is not None:
        yield _Block(opened["tag"].lower(), said[opened.end() :], closed=False)


def _prose(said: str) -> str:
    """The words outside the fences, in one line."""
    outside = re.sub(r"^[ \t>]*(`{3,}|~{3,}).*?(^[ \t>]*\1|\Z)", " ", said, flags=re.DOTALL | re.MULTILINE)
    return " ".join(outside.replace("```", " ").split())[:600]


def _from_bare_code(said: str, language: Language) -> Answer | None:
    """Read code without a fence: from the first line that looks like code to the last."""
    lines = said.split("\n")
    looks = [bool(_CODE_LINE[language].match(line)) for line in lines]
    if not any(looks) or not re.search(r"\breturn\b", said):
        return None
    first, last = looks.index(True), len(looks) - 1 - looks[::-1].index(True)
    return Answer(
        _tidy("\n".join(lines[first : last + 1])), " ".join(" ".join(lines[:first]).split())[:600], closed=False
    )


def _tidy(code: str) -> str:
    """Take off common indentation, quote marks, and spaces that only look like spaces."""
    lines = code.strip("\n").split("\n")
    if all(line.startswith(">") or not line.strip() for line in lines):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    text = "\n".join(line.rstrip() for line in lines).replace("\u00a0", " ").replace("\u200b", "")
    return textwrap.dedent(text).strip("\n")
