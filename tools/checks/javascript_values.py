"""What a JavaScript expression is, as far as it can be told without running it: constant texts and paths of names."""

import base64
import re
import urllib.parse

from tools.checks.javascript_scopes import Binding, Scopes
from tools.checks.javascript_tree import FUNCTIONS, JsNode

__all__ = ["GLOBAL", "Values", "string_text"]

GLOBAL = "globalThis"
_GLOBAL_NAMES = frozenset({"globalThis", "global", "window", "self"})
_MAX_DEPTH = 12
_MAX_TEXT = 10_000
"""Longer texts are unknown: cut ones would pass for others once they are sliced."""
_FUNCTION = "<function>"
_LITERALS = {
    "string": "<string>",
    "template_string": "<string>",
    "array": "<array>",
    "object": "<object>",
    "regex": "<regex>",
    "number": "<number>",
    "true": "<boolean>",
    "false": "<boolean>",
    "class": _FUNCTION,
}
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_STRING_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")

Constant = str | list[str]


def string_text(node: JsNode) -> str:
    """The value of a string literal."""
    return _unescape(node.text[1:-1])


def _unescape(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            return chr(min(int(code, 16), 0x10FFFF))
        return _SIMPLE_ESCAPES.get(match[4], match[4])

    return _STRING_ESCAPE.sub(value, text) if "\\" in text else text


class Values:
    """Constant strings (`text`) and dotted names (`path`: `process.env`, `<function>.constructor`) of one source."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes

    def text(self, node: JsNode | None, depth: int = 0) -> str | None:
        """The constant string this expression yields, or None."""
        value = self._constant(node, depth)
        return value if isinstance(value, str) else None

    def path(self, node: JsNode | None, depth: int = 0) -> str | None:
        """A dotted name for what this expression refers to, through aliases; None when nothing is known.

        Global names start the path; a literal or a function is `<string>`, `<function>`, ...; the unknown is `?`.
        """
        if node is None or depth > _MAX_DEPTH:
            return None
        node = node.bare()
        kind = node.kind
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind in FUNCTIONS:
            return _FUNCTION
        handler = getattr(self, f"_path_{kind}", None)
        found = handler(node, depth + 1) if handler is not None else None
        return found if found is None or isinstance(found, str) else None

    def key(self, node: JsNode, depth: int = 0) -> str | None:
        """The property name of a member or subscript expression; None when it is computed from the unknown."""
        if node.kind == "member_expression":
            prop = node.child("property")
            return prop.name if prop is not None else None
        index = node.child("index")
        return self._key_text(index, depth + 1)

    def _key_text(self, index: JsNode | None, depth: int) -> str | None:
        if index is None:
            return None
        inner = index.bare()
        return inner.text if inner.kind == "number" else self.text(inner, depth)

    def _path_identifier(self, node: JsNode, depth: int) -> str | None:
        bindings = self.scopes.resolve(node)
        if not bindings:
            return GLOBAL if node.name in _GLOBAL_NAMES else node.name
        return self._path_binding(bindings[0], depth) if len(bindings) == 1 else self._path_many(bindings, depth)

    _path_shorthand_property_identifier = _path_identifier

    def _path_many(self, bindings: list[Binding], depth: int) -> str | None:
        paths = [self._path_binding(binding, depth) for binding in bindings]
        return next((path for path in paths if path is not None), None)

    def _path_binding(self, binding: Binding, depth: int) -> str | None:
        if binding.kind in {"function", "class", "self"}:
            return _FUNCTION
        value = binding.value if binding.value is not None else self._assigned(binding)
        default = self._default(binding)
        base = self.path(value, depth) if value is not None else None
        if base is None and default is not None:
            return self.path(default, depth)
        if not binding.keys:
            return base
        if value is not None and value.kind == "array" and len(binding.keys) == 1 and (binding.keys[0] or "").isdigit():
            parts = value.parts()
            position = int(binding.keys[0] or 0)
            return self.path(parts[position], depth) if position < len(parts) else None
        return _join(base or "?", *(key or "?" for key in binding.keys))

    def _default(self, binding: Binding) -> JsNode | None:
        parent = binding.node.parent
        if parent is not None and parent.kind in {"assignment_pattern", "object_assignment_pattern"}:
            return parent.child("right")
        return None

    def _assigned(self, binding: Binding) -> JsNode | None:
        """The value of the only assignment to a name that was declared without one."""
        if binding.kind not in {"let", "var"}:
            return None
        for target in self.scopes.writes(binding.name):
            parent = target.parent
            if parent is not None and parent.kind == "assignment_expression" and parent.child("left") is target:
                return parent.child("right")
        return None

    def _path_this(self, node: JsNode, depth: int) -> str | None:
        for above in node.up():
            if above.kind in {"class_body", "class_static_block"}:
                return None
            if above.kind in FUNCTIONS and above.kind != "arrow_function":
                return None
        return GLOBAL

    def _path_member_expression(self, node: JsNode, depth: int) -> str | None:
        base = self.path(node.child("object"), depth) or "?"
        return _join(base, self.key(node, depth) or "?")

    _path_subscript_expression = _path_member_expression

    def _path_assignment_expression(self, node: JsNode, depth: int) -> str | None:
        return self.path(node.child("right"), depth)

    def _path_sequence_expression(self, node: JsNode, depth: int) -> str | None:
        parts = node.parts()
        return self.path(parts[-1], depth) if parts else None

    def _path_ternary_expression(self, node: JsNode, depth: int) -> str | None:
        return self._worst([node.child("consequence"), node.child("alternative")], depth)

    def _path_binary_expression(self, node: JsNode, depth: int) -> str | None:
        operator = node.child("operator")
        if operator is not None and operator.kind in {"||", "&&", "??"}:
            return self._worst([node.child("right"), node.child("left")], depth)
        return (
            "<string>" if operator is not None and operator.kind == "+" and self.text(node, depth) is not None else None
        )

    def _worst(self, nodes: list[JsNode | None], depth: int) -> str | None:
        paths = [path for path in (self.path(node, depth) for node in nodes) if path]
        return next((path for path in paths if not path.startswith(("<", "?"))), paths[0] if paths else None)

    def _path_await_expression(self, node: JsNode, depth: int) -> str | None:
        parts = node.parts()
        return self.path(parts[0], depth) if parts else None

    def _path_new_expression(self, node: JsNode, depth: int) -> str | None:
        return "<object>"

    def _path_call_expression(self, node: JsNode, depth: int) -> str | None:
        function, arguments = node.child("function"), node.child("arguments")
        args = arguments.parts() if arguments is not None else []
        if function is not None and function.bare().kind in {"function_expression", "arrow_function"}:
            return self._returned(function.bare(), depth)
        name = self.path(function, depth) or ""
        if name == "require" and args:
            return f"require({self.text(args[0], depth) or '?'})"
        if (
            name in {"Reflect.get", "Object.getOwnPropertyDescriptor", "Reflect.getOwnPropertyDescriptor"}
            and len(args) > 1
        ):
            return _join(self.path(args[0], depth) or "?", self._key_text(args[1], depth) or "?")
        if name in {"Object.getPrototypeOf", "Reflect.getPrototypeOf"} and args:
            return self.path(args[0], depth)
        if name.endswith(".bind"):
            return name.removesuffix(".bind")
        return None

    def _returned(self, function: JsNode, depth: int) -> str | None:
        body = function.child("body")
        if body is None:
            return None
        if body.kind != "statement_block":
            return self.path(body, depth)
        for node in body.walk():
            if node.kind == "return_statement":
                parts = node.parts()
                if parts and parts[0].kind == "this" and function.kind == "function_expression":
                    return GLOBAL
                return self.path(parts[0], depth) if parts else None
        return None

    def _constant(self, node: JsNode | None, depth: int) -> Constant | None:
        if node is None or depth > _MAX_DEPTH:
            return None
        node = node.bare()
        handler = getattr(self, f"_text_{node.kind}", None)
        try:
            value = handler(node, depth + 1) if handler is not None else None
        except (ValueError, LookupError, OverflowError):  # an expression that has no value: `'x'.repeat('\u00b2')`
            return None
        if isinstance(value, str):
            return value if len(value) <= _MAX_TEXT else None
        return value if isinstance(value, list) else None

    def _text_string(self, node: JsNode, depth: int) -> Constant | None:
        return string_text(node)

    def _text_template_string(self, node: JsNode, depth: int) -> Constant | None:
        pieces = []
        for part in node.children:
            if part.kind == "string_fragment":
                pieces.append(part.text)
            elif part.kind == "escape_sequence":
                pieces.append(_unescape(part.text))
            elif part.kind == "template_substitution":
                inner = part.parts()
                text = self.text(inner[0], depth) if inner else None
                if text is None:
                    return None
                pieces.append(text)
        return "".join(pieces)

    def _text_binary_expression(self, node: JsNode, depth: int) -> Constant | None:
        pieces: list[str] = []
        current: JsNode | None = node
        while current is not None and (current := current.bare()).kind == "binary_expression":
            operator = current.child("operator")
            right = self.text(current.child("right"), depth)
            if operator is None or operator.kind != "+" or right is None:
                return None
            pieces.append(right)
            current = current.child("left")
        first = self.text(current, depth)
        return None if first is None else first + "".join(reversed(pieces))

    def _text_identifier(self, node: JsNode, depth: int) -> Constant | None:
        bindings = self.scopes.resolve(node)
        if len(bindings) != 1:
            return None
        binding = bindings[0]
        if binding.kind == "param" or self.scopes.writes(binding.name):
            return None
        value = self._constant(binding.value, depth)
        if not binding.keys:
            return value
        if isinstance(value, list) and len(binding.keys) == 1 and (binding.keys[0] or "").isdigit():
            return _at(value, int(binding.keys[0] or 0))
        return self._property(binding.value, binding.keys[0], depth) if len(binding.keys) == 1 else None

    def _text_array(self, node: JsNode, depth: int) -> Constant | None:
        found = []
        for part in node.parts():
            text = part.text if part.kind == "number" else self.text(part, depth)
            if text is None:
                return None
            found.append(text)
        return found

    def _text_number(self, node: JsNode, depth: int) -> Constant | None:
        return None

    def _text_subscript_expression(self, node: JsNode, depth: int) -> Constant | None:
        key = self._key_text(node.child("index"), depth)
        target = node.child("object")
        value = self._constant(target, depth)
        if key is not None and key.isdigit() and value is not None:
            return _at(value, int(key))
        return self._property(target, key, depth)

    def _text_member_expression(self, node: JsNode, depth: int) -> Constant | None:
        return self._property(node.child("object"), self.key(node, depth), depth)

    def _property(self, target: JsNode | None, key: str | None, depth: int) -> Constant | None:
        """The constant under a key of an object literal, also through a name."""
        if target is None or key is None:
            return None
        target = target.bare()
        if target.kind == "identifier":
            bindings = self.scopes.resolve(target)
            target = bindings[0].value if len(bindings) == 1 and not bindings[0].keys else None
        if target is None or target.kind != "object":
            return None
        for pair in target.parts():
            name = pair.child("key")
            if name is not None and key in {name.text, name.text[1:-1]}:
                return self._constant(pair.child("value"), depth)
        return None

    def _text_call_expression(self, node: JsNode, depth: int) -> Constant | None:
        function, arguments = node.child("function"), node.child("arguments")
        if function is None or arguments is None:
            return None
        function = function.bare()
        args = arguments.parts()
        if function.kind == "identifier":
            text = self.text(args[0], depth) if args else None
            return _decode(function.name, text) if text is not None else None
        if function.kind not in {"member_expression", "subscript_expression"}:
            return None
        return self._method(function, args, depth)

    def _method(self, function: JsNode, args: list[JsNode], depth: int) -> Constant | None:
        method = self.key(function, depth)
        target = function.child("object")
        if target is None or method is None:
            return None
        if method in {"fromCharCode", "fromCodePoint"}:
            return _characters(self._numbers(args, depth))
        if method == "from" and target.text == "Buffer" and args:
            return self._buffer(args, depth)
        value = self._constant(target, depth)
        if method == "map" and isinstance(value, list) and "fromCharCode" in "".join(arg.text for arg in args):
            return [chr(int(one)) for one in value if one.isdigit() and int(one) < 0x110000]
        texts = [arg.text if arg.kind == "number" else self.text(arg, depth) for arg in args]
        return _string_method(value, method, texts) if value is not None else None

    def _numbers(self, args: list[JsNode], depth: int) -> list[str]:
        found: list[str] = []
        for arg in args:
            value = (
                self._constant(arg.parts()[0], depth) if arg.kind == "spread_element" and arg.parts() else [arg.text]
            )
            found.extend(value if isinstance(value, list) else [])
        return found

    def _buffer(self, args: list[JsNode], depth: int) -> Constant | None:
        value = self._constant(args[0], depth)
        if isinstance(value, list):
            return _characters(value)
        encoding = self.text(args[1], depth) if len(args) > 1 else "utf8"
        if value is None:
            return None
        if encoding in {"base64", "base64url"}:
            return _decode("atob", value)
        return bytes.fromhex(value).decode("latin-1") if encoding == "hex" else value


def _join(base: str, *keys: str) -> str:
    path = base
    for key in keys:
        path = (GLOBAL if key in _GLOBAL_NAMES else key) if path == GLOBAL else f"{path}.{key}"
    return path


def _at(value: Constant, index: int) -> str | None:
    return value[index] if index < len(value) else None


def _characters(numbers: list[str]) -> str:
    return "".join(chr(int(number, 0)) for number in numbers)


def _decode(function: str, text: str) -> str | None:
    if function == "atob":
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    if function in {"decodeURIComponent", "decodeURI", "unescape"}:
        return urllib.parse.unquote(text)
    return text if function == "String" else None


def _string_method(value: Constant, method: str, args: list[str | None]) -> Constant | None:
    first = args[0] if args else None
    second = args[1] if len(args) > 1 else None
    if isinstance(value, list):
        return _list_method(value, method, first)
    if method == "split" and first is not None:
        return list(value) if first == "" else value.split(first)
    if method == "concat" and None not in args:
        return value + "".join(arg or "" for arg in args)
    if method in {"replace", "replaceAll"} and first is not None and second is not None:
        count = 1 if method == "replace" else value.count(first)
        return value.replace(first, second, count) if count * len(second) <= _MAX_TEXT else None
    if method in {"slice", "substring", "substr", "at", "charAt"} and None not in args:
        return _cut(value, method, [arg or "" for arg in args])
    simple = {
        "toLowerCase": value.lower,
        "toUpperCase": value.upper,
        "trim": value.strip,
        "toString": value.__str__,
        "normalize": value.__str__,
    }
    if method in simple:
        return str(simple[method]())
    if method == "repeat" and first is not None and first.isdigit():
        return value * int(first) if len(value) * int(first) <= _MAX_TEXT else None
    return None


def _list_method(value: list[str], method: str, first: str | None) -> Constant | None:
    if method == "join":
        between = "," if first is None else first
        return between.join(value) if len(between) * len(value) <= _MAX_TEXT else None
    if method == "reverse":
        return value[::-1]
    if method == "toString":
        return ",".join(value)
    return None


def _cut(value: str, method: str, args: list[str]) -> str:
    numbers = [int(arg) for arg in args]
    start = numbers[0] if numbers else 0
    if method in {"at", "charAt"}:
        return value[start : start + 1] if start >= 0 else value[start : start + 1 or None]
    if method == "substr":
        start = start if start >= 0 else max(len(value) + start, 0)
        return value[start : start + numbers[1]] if len(numbers) > 1 else value[start:]
    return value[start : numbers[1]] if len(numbers) > 1 else value[start:]
