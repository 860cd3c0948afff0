"""The n8n code node itself: built from code, parsed from whatever people paste, named after its task."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sandbox.types import Language, Mode
from tools.errors import CodeNodeError

__all__ = [
    "CODE_NODE_TYPE",
    "PARAMETERS",
    "CodeNode",
    "build_code_node",
    "node_name",
    "parse_code_node",
    "paste_envelope",
]

CODE_NODE_TYPE = "n8n-nodes-base.code"
PARAMETERS: dict[Language, str] = {"javascript": "jsCode", "python": "pythonCode"}
"""Where each language keeps its code."""
_N8N_LANGUAGE: dict[Language, str] = {"javascript": "javaScript", "python": "pythonNative"}
_DEFAULT_MODE: Mode = "runOnceForAllItems"
_DEFAULTS: dict[Language, dict[str, str]] = {
    language: {"mode": _DEFAULT_MODE, "language": "javaScript", parameter: "", "notice": ""}
    for language, parameter in PARAMETERS.items()
}


@dataclass(frozen=True, slots=True)
class CodeNode:
    """One code node as n8n stores it; nothing is checked beyond its shape, since n8n checks nothing either."""

    parameters: Mapping[str, Any]
    name: str = "Code"
    type_version: float = 2
    on_error: str = "stopWorkflow"
    """`stopWorkflow`, `continueRegularOutput` or `continueErrorOutput`."""
    always_output_data: bool = False
    execute_once: bool = False
    disabled: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The whole JSON it was read from."""

    @property
    def n8n_language(self) -> str:
        """The parameter as n8n reads it; version 1 has JavaScript only."""
        return _read(self.parameters, "language", "javaScript") if self.type_version == 2 else "javaScript"

    @property
    def language(self) -> Language:
        """The language n8n would run it in (an unknown one counts as JavaScript here)."""
        return "python" if self.n8n_language in {"python", "pythonNative"} else "javascript"

    @property
    def mode(self) -> Any:
        """The parameter as n8n reads it, or n8n's default."""
        return _read(self.parameters, "mode", _DEFAULT_MODE)

    @property
    def resolved_parameters(self) -> dict[str, Any]:
        """What n8n makes of the parameters when it loads a workflow: defaults filled in, unknown ones left out."""
        found = {name: self.parameters.get(name, default) for name, default in _DEFAULTS[self.language].items()}
        return {name: _text(value) if isinstance(value, str) else value for name, value in found.items()}

    @property
    def code(self) -> str:
        """The code n8n would run; empty when the parameter is missing."""
        code = self.parameters.get(PARAMETERS[self.language])
        return "" if code is None else _text(code)


def _read(parameters: Mapping[str, Any], name: str, otherwise: str) -> str:
    return _text(parameters[name]) if name in parameters else otherwise


def _text(value: Any) -> str:
    """A parameter as JavaScript's text; code fields take no expression, n8n only strips the sign of one."""
    if isinstance(value, str):
        return value.removeprefix("=")
    if isinstance(value, list):
        return ",".join("" if element is None else _text(element) for element in value)
    return "[object Object]" if isinstance(value, Mapping) else json.dumps(value)


def build_code_node(
    code: str, language: Language, *, mode: Mode = _DEFAULT_MODE, name: str = "Code", notes: str = ""
) -> dict[str, Any]:
    """Build the JSON of a code node, as n8n 2 exports it.

    The id is derived from name and code, so that the same answer has the same node.

    >>> build_code_node("return $input.all();", "javascript")["parameters"]["language"]
    'javaScript'
    """
    node: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_URL, f"{CODE_NODE_TYPE}/{name}/{code}")),
        "name": name,
        "type": CODE_NODE_TYPE,
        "typeVersion": 2,
        "position": [0, 0],
        "parameters": {"mode": mode, "language": _N8N_LANGUAGE[language], PARAMETERS[language]: code},
    }
    if notes:
        node |= {"notes": notes, "notesInFlow": False}
    return node


def paste_envelope(node: Mapping[str, Any]) -> dict[str, Any]:
    """Wrap a node so that it can be pasted into the n8n editor."""
    return {"nodes": [dict(node)], "connections": {}}


def parse_code_node(data: Any, name: str | None = None) -> CodeNode:
    """Find the code node in a node, a pasted envelope, a whole workflow, or any of them as JSON text.

    Args:
        data: the JSON, parsed or as text.
        name: which node of a workflow is meant; needed when it holds more than one code node.

    Raises:
        CodeNodeError: there is no code node in it, or more than one; the message says what to do.
    """
    if isinstance(data, str):
        data = _from_text(data)
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, Mapping):
        raise CodeNodeError(f"node: expected a JSON object, got {_kind(data)}; copy the node in the n8n editor")
    if isinstance(data.get("nodes"), list):
        data = _choose(data["nodes"], name)
    return _code_node(data)


def _from_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CodeNodeError(f"node: the text is not JSON ({error}); copy the node in the n8n editor") from error


def _choose(nodes: list[Any], name: str | None) -> Mapping[str, Any]:
    candidates = [node for node in nodes if isinstance(node, Mapping) and node.get("type") == CODE_NODE_TYPE]
    if name is not None:
        candidates = [node for node in nodes if isinstance(node, Mapping) and node.get("name") == name]
    if len(candidates) == 1:
        return candidates[0]
    names = ", ".join(repr(node.get("name")) for node in nodes if isinstance(node, Mapping)) or "none"
    what = f"no node called {name!r}" if name is not None else f"{len(candidates)} code nodes"
    raise CodeNodeError(f"node: the workflow has {what}; name one of its nodes ({names}) in `node_name`")


def _code_node(data: Mapping[str, Any]) -> CodeNode:
    kind = data.get("type", CODE_NODE_TYPE)
    if kind != CODE_NODE_TYPE:
        raise CodeNodeError(f"node.type: {kind!r} is no code node; expected {CODE_NODE_TYPE!r}")
    parameters = data.get("parameters")
    if not isinstance(parameters, Mapping):
        raise CodeNodeError(f"node.parameters: expected an object with jsCode or pythonCode, got {_kind(parameters)}")
    version = data.get("typeVersion", 2)
    if isinstance(version, bool) or not isinstance(version, int | float):
        raise CodeNodeError(f"node.typeVersion: expected 1 or 2, got {_kind(version)}")
    return CodeNode(
        parameters=parameters,
        name=str(data.get("name") or "Code"),
        type_version=version,
        on_error=str(
            data.get("onError") or ("continueRegularOutput" if data.get("continueOnFail") else "stopWorkflow")
        ),
        always_output_data=data.get("alwaysOutputData") is True,
        execute_once=data.get("executeOnce") is True,
        disabled=data.get("disabled") is True,
        raw=data,
    )


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"


_POLITE = re.compile(
    r"^(please|kindly|hi|hello|hey|can you|could you|would you|(i|we) (want|need|would like)( you)?( to)?|"
    r"(write|create|generate|make|build|give me)( me)?( an?| some| the)?( small| simple)?( n8n)?"
    r"( javascript| python| js)?( code)?( node| function| script| code| snippet)( in (javascript|python|js))?"
    r"( that| which| to| for)?)[\s,:]+",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[.,;:!?(\[{\n]|\s[-\u2013\u2014]\s"
    r"|\b(by|and|then|so|if|when|where|while|with|without|from|using|into"
    r"|in|as|that|which|whose|but|for each|for every)\b",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"a", "an", "the", "all", "every", "each", "my", "our", "this", "these", "those", "its", "their"})
_SMALL = frozenset({"of", "to", "on", "or", "per", "at", "for", "not"})
_MAX_WORDS = 6


def node_name(task: str) -> str:
    """Name a node after its task, in the manner of the n8n editor.

    >>> node_name("Multiply input value by 2 and return result")
    'Multiply Input Value'
    """
    text = " ".join(task.split())
    while (shorter := _POLITE.sub("", text, count=1)) != text:
        text = shorter
    words = [word for word in _opening(text).split() if word.lower() not in _ARTICLES][:_MAX_WORDS]
    while words and words[-1].lower() in _SMALL:
        words.pop()
    titled = [_title(word, first=position == 0) for position, word in enumerate(words)]
    return " ".join(titled) or "Code"


def _opening(text: str) -> str:
    """The part of a sentence before its first connective, as long as it has two words."""
    for match in _CUT.finditer(text):
        opening = text[: match.start()].strip()
        if len(opening.split()) >= 2:
            return opening
    return text


def _title(word: str, *, first: bool) -> str:
    word = word.strip("\"'`.,;:!?()[]{}<>")
    if word.lower() in _SMALL and not first:
        return word.lower()
    return word if any(letter.isupper() for letter in word[1:]) or "_" in word else word[:1].upper() + word[1:]
