"""What n8n's JavaScript runner lacks, refuses, or silently changes, beyond the compiler."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sandbox.types import NodeRules
from tools.checks.javascript_scopes import Scopes
from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource
from tools.checks.javascript_values import Values
from tools.checks.lines import finding_at
from tools.checks.report import Finding, Severity
from tools.checks.words import words

__all__ = ["ABSENT", "javascript_n8n"]

_HTTP = "use an HTTP Request node before this one, or `await this.helpers.httpRequest(...)`"
ABSENT = {
    "fetch": _HTTP,
    "XMLHttpRequest": _HTTP,
    "axios": _HTTP,
    "Headers": _HTTP,
    "Request": _HTTP,
    "Response": _HTTP,
    "WebSocket": _HTTP,
    "URL": "take the address apart with a regular expression, or split it at '/', '?' and '#'",
    "URLSearchParams": "build the query with encodeURIComponent(key) + '=' + encodeURIComponent(value)",
    "crypto": "use the Crypto node; `require('crypto')` only works where N8N allows it",
    "structuredClone": "use JSON.parse(JSON.stringify(value))",
    "queueMicrotask": "use Promise.resolve().then(...)",
    "performance": "use Date.now()",
    "AbortController": "use Promise.race with a timer",
    "Blob": "use Buffer",
    "File": "use Buffer and prepareBinaryData",
    "process": "pass what you need in the input items",
    "exports": "return the items",
    "__dirname": "a node has no folder",
    "__filename": "a node has no file",
    "luxon": "DateTime, Interval and Duration are there without it",
    "moment": "use DateTime",
    "lodash": "use the language's own array methods",
    "_": "use the language's own array methods",
    "$helpers": "use `this.helpers`",
    "$secrets": "use credentials of a node",
    "$if": "write condition ? a : b",
    "$ifEmpty": "write value || other",
    "$min": "use Math.min",
    "$max": "use Math.max",
    "$response": "read $input",
    "$request": "read $input",
    "getWorkflowStaticData": "use $getWorkflowStaticData",
    "workflow": "use $workflow",
    "window": "a node has no browser",
    "document": "use the HTML node",
    "localStorage": "use $getWorkflowStaticData",
    "alert": "use console.log",
}
"""Names that a Code node does not have, and what to use instead."""
_NODE_MODULES = words("""
    assert buffer child_process crypto dns events fs http http2 https net os path punycode querystring stream
    string_decoder timers tls tty url util v8 vm worker_threads zlib
""")
"""What comes with Node; any other name is an external package."""
_REFUSED_HELPERS = words("""
    returnJsonArray httpRequestWithAuthentication requestWithAuthenticationPaginated normalizeItems
    constructExecutionMetaData getSSHClient
""")
_ASYNC_HELPERS = frozenset(
    {"httpRequest", "request", "getBinaryDataBuffer", "prepareBinaryData", "setBinaryDataBuffer"}
)
_PRIMITIVES = frozenset({"string", "number", "template_string", "true", "false", "regex"})
_LOST = {"Map": "Object.fromEntries(map)", "Set": "[...set]", "RegExp": "its .source", "WeakMap": "an object"}
_RESERVED = frozenset({"json", "binary", "pairedItem", "error", "index"})
_EXPRESSION = re.compile(r"\{\{\s*\$")
_MODE_ONLY = re.compile(r"\$input\.(all|first|last|itemMatching)\b")


def javascript_n8n(source: JsSource, scopes: Scopes, rules: NodeRules, *, mode_known: bool = True) -> Iterator[Finding]:
    """All findings about code that parses; without a known mode, only what is wrong in both."""
    lints = _Lints(source, scopes, rules, mode_known)
    yield from lints.globals()
    yield from lints.members()
    yield from lints.calls()
    yield from lints.returns()
    yield from lints.expressions()


class _Lints:
    def __init__(self, source: JsSource, scopes: Scopes, rules: NodeRules, mode_known: bool) -> None:
        self.source = source
        self.scopes = scopes
        self.rules = rules
        self.values = Values(scopes)
        self.mode_known = mode_known
        self.each_item = mode_known and rules.mode == "runOnceForEachItem"

    def find(self, node: JsNode, rule: str, message: str, *, severity: Severity = "error", remedy: str = "") -> Finding:
        line, column = self.source.position(node.start)
        return finding_at(self.source.code, f"n8n/{rule}", message, line, column, severity=severity, remedy=remedy)

    def globals(self) -> Iterator[Finding]:
        for node in self.scopes.references():
            if self.scopes.resolve(node) or _is_guarded(node):
                continue
            name = node.name
            if name in ABSENT:
                yield self.find(node, "unknown-global", f"`{name}` does not exist in a Code node", remedy=ABSENT[name])
            elif name == "items" and self.each_item:
                yield self.find(
                    node,
                    "wrong-mode",
                    "`items` does not exist in the mode Run Once for Each Item",
                    remedy="use $input.item",
                )
            elif name == "item" and self.mode_known and not self.each_item:
                yield self.find(
                    node,
                    "wrong-mode",
                    "`item` does not exist in the mode Run Once for All Items",
                    remedy="loop over $input.all()",
                )
            elif name in {"$json", "$binary", "$itemIndex"} and self.mode_known and not self.each_item:
                message = f"`{name}` is always that of the first item in the mode Run Once for All Items"
                yield self.find(node, "first-item-only", message, severity="warning", remedy="loop over $input.all()")
            elif name == "$env":
                yield self.find(
                    node,
                    "env",
                    "access to environment variables is denied by default",
                    severity="warning",
                    remedy="use a Set node with an expression, or $vars",
                )

    def members(self) -> Iterator[Finding]:
        for node in self.source.kinds("member_expression"):
            base, key = node.child("object"), self.values.key(node)
            if base is None or base.kind != "identifier" or base.name != "$input":
                continue
            if self.each_item and key in {"all", "first", "last", "itemMatching"}:
                yield self.find(
                    node,
                    "wrong-mode",
                    f"`$input.{key}` is refused in the mode Run Once for Each Item",
                    remedy="use $input.item",
                )
            elif key == "item" and self.mode_known and not self.each_item:
                message = "`$input.item` is always the first item in the mode Run Once for All Items"
                yield self.find(node, "first-item-only", message, severity="warning", remedy="loop over $input.all()")

    def calls(self) -> Iterator[Finding]:
        for node in self.source.kinds("call_expression"):
            path = self.values.path(node.child("function")) or ""
            arguments = node.child("arguments")
            args = arguments.parts() if arguments is not None else []
            helper = path.split("helpers.", 1)[1] if "helpers." in path else ""
            if path == "require" and args:
                yield from self.require(node, args[0])
            elif helper in _REFUSED_HELPERS:
                yield self.find(
                    node,
                    "helper",
                    f"`helpers.{helper}` is refused in a Code node",
                    remedy="build the items yourself"
                    if helper != "httpRequestWithAuthentication"
                    else "use an HTTP Request node",
                )
            elif helper in _ASYNC_HELPERS and not _is_awaited(node):
                yield self.find(
                    node,
                    "await",
                    f"`helpers.{helper}` gives a promise",
                    severity="warning",
                    remedy="write `await` before it",
                )
            elif path in {"Object.defineProperty", "Object.defineProperties"}:
                yield self.find(
                    node, "no-effect", f"`{path}` does nothing in n8n", severity="warning", remedy="assign the property"
                )

    def require(self, node: JsNode, name: JsNode) -> Iterator[Finding]:
        module = self.values.text(name)
        if module is None:
            return
        allowed = {*self.rules.javascript_builtin_allow, *self.rules.javascript_external_allow}
        if module in allowed or "*" in allowed:
            return
        setting = "NODE_FUNCTION_ALLOW_BUILTIN" if module in _NODE_MODULES else "NODE_FUNCTION_ALLOW_EXTERNAL"
        remedy = f"do without it, or allow it with {setting}={module}"
        if module in {"luxon", "moment", "lodash", "axios", "node-fetch"}:
            remedy = ABSENT.get(module, _HTTP)
        elif module.startswith("node:"):
            remedy = f"n8n compares literally: ask for '{module.removeprefix('node:')}'"
        message = f"the module '{module}' is refused under this profile"
        yield replace(self.find(node, "import", message, remedy=remedy), requires=f"{setting}={module}")

    def returns(self) -> Iterator[Finding]:
        found = [
            node
            for node in self.source.kinds("return_statement")
            if not any(above.kind in FUNCTIONS for above in node.up())
        ]
        if not found and not self.source.kinds("throw_statement"):
            last = self.source.root.parts()[-1:] or [self.source.root]
            severity: Severity = "warning" if self.each_item else "error"
            yield self.find(
                last[0],
                "missing-return",
                "the code returns nothing",
                severity=severity,
                remedy="end with `return [{ json: ... }];`",
            )
        for node in found:
            value = node.parts()
            if value:
                yield from self.returned(node, value[0].bare())

    def returned(self, node: JsNode, value: JsNode) -> Iterator[Finding]:
        remedy = "return { json: {...} }" if self.each_item else "return [{ json: {...} }]"
        kind = value.kind
        if kind in _PRIMITIVES:
            if kind != "string" or not self.each_item or value.text not in {"''", '""'}:
                yield self.find(node, "return-shape", "this is no item", remedy=remedy)
        elif kind == "array" and self.each_item:
            yield self.find(node, "return-shape", "one item is expected in this mode, not an array", remedy=remedy)
        elif kind == "array":
            for element in value.parts():
                yield from self.item_shape(element.bare())
        elif kind == "object":
            yield from self.item_shape(value)
        elif kind == "call_expression":
            yield from self.mapped(node, value)
        elif kind == "identifier":
            yield from self.named(value)

    def named(self, value: JsNode) -> Iterator[Finding]:
        if value.name == "undefined" and not self.each_item:
            yield self.find(
                value, "return-shape", "returning undefined fails in this mode", remedy="return [] for no items"
            )

    def mapped(self, node: JsNode, call: JsNode) -> Iterator[Finding]:
        """`return list.map(callback)`: look at what the callback gives."""
        function, arguments = call.child("function"), call.child("arguments")
        if function is None or arguments is None or function.kind != "member_expression":
            return
        method, args = self.values.key(function), arguments.parts()
        if method in {"join", "toString", "toFixed", "trim"} or (
            method == "stringify" and function.text == "JSON.stringify"
        ):
            yield self.find(
                node, "return-shape", "this returns text, not items", remedy="return [{ json: { text: ... } }]"
            )
        elif method == "forEach":
            yield self.find(node, "return-shape", "forEach returns nothing", remedy="use map")
        elif method == "map" and args and args[0].kind in FUNCTIONS:
            if args[0].has("async"):
                yield self.find(
                    node, "await", "this returns promises, not items", remedy="return await Promise.all(...)"
                )
            body = (args[0].child("body") or args[0]).bare()
            if body.kind == "object":
                yield from self.item_shape(body)
            elif body.kind in _PRIMITIVES:
                yield self.find(
                    body, "return-shape", "an item must be an object", remedy="wrap it: { json: { value: ... } }"
                )

    def item_shape(self, node: JsNode) -> Iterator[Finding]:
        if node.kind in _PRIMITIVES or node.kind == "null":
            yield self.find(
                node, "return-shape", "an item must be an object", remedy="wrap it: { json: { value: ... } }"
            )
        if node.kind != "object":
            return
        keys = dict(_pairs(node))
        if any(part.kind == "spread_element" for part in node.parts()):
            return
        if "json" in keys:
            yield from self.json_value(keys["json"])
            extra = sorted(set(keys) - {"json", "binary", "pairedItem", "error"})
            if extra and self.each_item:
                yield self.find(
                    node,
                    "reserved-key",
                    f"the key `{extra[0]}` beside `json` is silently lost",
                    severity="warning",
                    remedy="move it into `json`",
                )
            elif extra:
                yield self.find(
                    node, "reserved-key", f"the key `{extra[0]}` beside `json` fails", remedy="move it into `json`"
                )
        elif set(keys) & _RESERVED and set(keys) - _RESERVED and not self.each_item:
            key = min(set(keys) & _RESERVED)
            yield self.find(
                node, "reserved-key", f"a row with the reserved key `{key}` fails", remedy="wrap it: { json: row }"
            )

    def json_value(self, value: JsNode | None) -> Iterator[Finding]:
        if value is None:
            return
        inner = value.bare()
        is_text = inner.kind == "call_expression" and (inner.child("function") or inner).text in {
            "JSON.stringify",
            "String",
        }
        if inner.kind in _PRIMITIVES or inner.kind in {"array", "null"} or is_text:
            yield self.find(
                value,
                "json-object",
                "the value of `json` must be an object",
                remedy="put it under a key: { json: { value: ... } }",
            )
        for node in value.walk():
            maker = node.child("constructor") if node.kind == "new_expression" else None
            parent = node.parent
            if maker is not None and maker.text in _LOST and parent is not None and parent.kind == "pair":
                yield self.find(
                    node,
                    "lost-value",
                    f"a {maker.text} arrives as an empty object",
                    severity="warning",
                    remedy=f"use {_LOST[maker.text]}",
                )

    def expressions(self) -> Iterator[Finding]:
        for node in self.source.kinds("string_fragment"):
            if _EXPRESSION.search(node.text):
                yield self.find(
                    node,
                    "expression",
                    "`{{ }}` is not resolved in code",
                    severity="info",
                    remedy="use the value itself, in a template string ${...}",
                )
        for node in self.source.kinds("statement_block"):
            parent = node.parent
            if (
                parent is not None
                and parent.kind == "statement_block"
                and parent.parent is self.source.root
                and "$" in node.text
            ):
                yield self.find(
                    parent,
                    "expression",
                    "`{{ }}` is not resolved in code",
                    severity="warning",
                    remedy="use the value itself",
                )
        if self.each_item:
            for match in _MODE_ONLY.finditer(_without_comments(self.source.code)):
                line = self.source.code.count("\n", 0, match.start()) + 1
                yield finding_at(
                    self.source.code,
                    "n8n/wrong-mode",
                    f"n8n refuses the text `{match[0]}` in this mode, wherever it stands",
                    line,
                    remedy="use $input.item",
                )


def _pairs(node: JsNode) -> Iterator[tuple[str, JsNode | None]]:
    for part in node.parts():
        key = part.child("key") if part.kind == "pair" else None
        if key is not None and key.kind in {"property_identifier", "string"}:
            yield (key.text[1:-1] if key.kind == "string" else key.name), part.child("value")
        elif part.kind == "shorthand_property_identifier":
            yield part.name, part


def _is_guarded(node: JsNode) -> bool:
    """`typeof fetch` asks whether it is there."""
    parent = node.parent
    if parent is not None and parent.kind == "unary_expression" and parent.has("typeof"):
        return True
    name = node.name
    for above in node.up():
        test = above.child("condition") if above.kind in {"if_statement", "ternary_expression"} else None
        test = above.child("left") if above.kind == "binary_expression" and above.has("&&") else test
        if test is not None and re.search(rf"typeof\s*\(?\s*{re.escape(name)}\b", test.text):
            return True
    return False


def _is_awaited(node: JsNode) -> bool:
    """Whether the promise is awaited, returned, chained, or handed on."""
    parent = node.parent
    while parent is not None and parent.kind == "parenthesized_expression":
        parent = parent.parent
    return parent is None or parent.kind not in {"expression_statement", "variable_declarator", "assignment_expression"}


def _without_comments(code: str) -> str:
    return re.sub(r"^\s*(?://|\*|/\*).*$", lambda match: " " * len(match[0]), code, flags=re.MULTILINE)
