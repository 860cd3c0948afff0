"""Edits of JavaScript code that a failing test asks for: its error, its line, and the difference of the outputs."""

import difflib
import json
import re
from collections.abc import Callable, Iterator

from tools.checks.failure import Failure, differing_values
from tools.checks.javascript_scopes import Scopes
from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource
from tools.checks.report import Edit

__all__ = ["javascript_repairs"]

_TEXT_METHODS = frozenset(
    {
        "trim",
        "split",
        "toLowerCase",
        "toUpperCase",
        "replace",
        "replaceAll",
        "startsWith",
        "endsWith",
        "charAt",
        "padStart",
        "padEnd",
        "match",
        "substring",
        "normalize",
    }
)
_LIST_METHODS = frozenset(
    {
        "map",
        "filter",
        "forEach",
        "reduce",
        "find",
        "some",
        "every",
        "flatMap",
        "join",
        "slice",
        "sort",
        "push",
        "includes",
        "length",
        "at",
        "concat",
        "entries",
    }
)
_FOREIGN_WORDS = {"None": "null", "True": "true", "False": "false", "nil": "null"}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})


def javascript_repairs(source: JsSource, scopes: Scopes, failure: Failure) -> Iterator[Edit]:
    """Edits for this failure, the most likely first."""
    repairs = _Repairs(source, scopes, failure)
    for pattern, handler in _BY_MESSAGE:
        match = re.search(pattern, failure.message)
        if failure.error_type and match is not None:
            yield from handler(repairs, match[1] if match.groups() else "")
    if not failure.error_type:
        yield from repairs.wrong_output()


class _Repairs:
    def __init__(self, source: JsSource, scopes: Scopes, failure: Failure) -> None:
        self.source = source
        self.scopes = scopes
        self.failure = failure

    def on_line(self, *kinds: str) -> list[JsNode]:
        """Nodes of these kinds that begin or end on the failing line; everywhere when no line is known."""
        line = self.failure.line
        return [
            node
            for node in self.source.kinds(*kinds)
            if line is None or line in {node.line, self.source.position(node.end)[0]}
        ]

    def edit(self, message: str, *changes: tuple[JsNode, str]) -> Edit:
        edits = [(node.start, node.end, text) for node, text in changes]
        return Edit(f"test/{self.failure.error_type or 'wrong-output'}", message, self.source.replaced(edits))

    def nothing_there(self, name: str) -> Iterator[Edit]:
        """A property of undefined or null: an empty value of the right kind."""
        for node in self.on_line("member_expression"):
            key, base = node.child("property"), node.child("object")
            if key is None or base is None or key.text != name:
                continue
            if name == "push":
                yield self.edit("a new key begins with an empty list", (base, f"({base.text} ??= [])"))
            yield from self.skipped(node, base)
            if name in _TEXT_METHODS:
                yield self.edit("a missing text counts as empty", (base, f"({base.text} ?? '')"))
            elif name in _LIST_METHODS:
                yield self.edit("a missing list counts as empty", (base, f"({base.text} || [])"))
            yield self.edit("what is missing stays undefined", (node, f"{base.text}?.{name}"))

    def skipped(self, node: JsNode, base: JsNode) -> Iterator[Edit]:
        """`row.a = row.a.trim()` only where there is one."""
        for above in node.up():
            if above.kind == "expression_statement":
                inner = above.parts()[0] if above.parts() else above
                target = inner.child("left") if inner.kind == "assignment_expression" else None
                if target is not None and target.text == base.text:
                    yield self.edit("only where there is a value", (above, f"if ({base.text} != null) {above.text}"))
                return

    def constant(self, _: str) -> Iterator[Edit]:
        """A const that is assigned to."""
        names = [
            target.name
            for node in self.source.kinds("variable_declarator")
            if (target := node.child("name")) is not None and self.scopes.writes(target.name)
        ]
        for node in self.source.kinds("lexical_declaration"):
            declared = [part.child("name") for part in node.parts()]
            if node.children[0].text == "const" and any(one is not None and one.text in names for one in declared):
                yield self.edit("declared with let, for it changes", (node.children[0], "let"))

    def not_iterable(self, _: str) -> Iterator[Edit]:
        """A loop over, or a spread of, what is not there."""
        for node in self.on_line("for_in_statement"):
            right = node.child("right")
            if right is not None and node.has("of"):
                yield self.edit("a missing list counts as empty", (right, f"({right.text} || [])"))
        for node in self.on_line("spread_element"):
            inner = node.parts()[0]
            yield self.edit("a missing list counts as empty", (inner, f"({inner.text} || [])"))
        for node in self.on_line("variable_declarator"):
            name, value = node.child("name"), node.child("value")
            if name is not None and value is not None and name.kind == "array_pattern":
                yield self.edit("a missing list counts as empty", (value, f"({value.text} || [])"))

    def null_object(self, _: str) -> Iterator[Edit]:
        """`typeof null` is 'object'; Object.keys(null) throws."""
        tests = [
            n
            for n in self.source.kinds("binary_expression")
            if re.fullmatch(r"typeof\s+[\w$.]+\s*===?\s*['\"]object['\"]", n.text)
        ]
        changes = []
        for node in tests:
            value = re.sub(r"^typeof\s+|\s*===?.*$", "", node.text)
            changes.append((node, f"{value} !== null && {node.text}"))
        if changes:
            yield self.edit("null is no object here", *changes)
        for node in self.on_line("call_expression"):
            function, arguments = node.child("function"), node.child("arguments")
            if (
                function is not None
                and arguments is not None
                and function.text.startswith("Object.")
                and arguments.parts()
            ):
                inner = arguments.parts()[0]
                yield self.edit("a missing object counts as empty", (inner, f"{inner.text} || {{}}"))

    def unknown_name(self, missing: str) -> Iterator[Edit]:
        """The name that was meant."""
        uses = [node for node in self.scopes.references() if node.name == missing and not self.scopes.resolve(node)]
        if missing in _FOREIGN_WORDS:
            free = [n for n in self.scopes.references() if n.name in _FOREIGN_WORDS and not self.scopes.resolve(n)]
            yield self.edit("JavaScript's own words", *((n, _FOREIGN_WORDS[n.name]) for n in free))
        bound = {name for scope in self.scopes.all for name in scope.names}
        meant = difflib.get_close_matches(missing, sorted(bound), n=2, cutoff=0.7)
        arrays = [
            name.text
            for node in self.source.kinds("variable_declarator")
            if (name := node.child("name")) is not None
            and (value := node.child("value")) is not None
            and value.text == "[]"
        ]
        if any(use.parent is not None and use.parent.text == f"{missing}.push" for use in uses):
            meant = [*arrays, *meant]
        for known in dict.fromkeys(meant):
            yield self.edit(f"`{missing}` is called `{known}`", *((use, known) for use in uses))

    def circular(self, _: str) -> Iterator[Edit]:
        """A structure that holds itself, by an array that every row shares."""
        yield from self.shared()

    def shared(self) -> Iterator[Edit]:
        """One array or object, declared outside, that every row shares."""
        for node in self.source.kinds("variable_declarator"):
            name, value = node.child("name"), node.child("value")
            if name is None or value is None or value.text not in {"[]", "{}"}:
                continue
            uses = [
                one
                for one in self.scopes.references()
                if one.name == name.text and one.parent is not None and one.parent.kind == "pair"
            ]
            if uses:
                yield self.edit("each row gets its own", *((use, value.text) for use in uses))

    def wrong_output(self) -> Iterator[Edit]:
        """No error, another output than expected."""
        pairs = differing_values(self.failure)
        if any(isinstance(actual, str) and isinstance(expected, int | float) for actual, expected in pairs) or any(
            isinstance(actual, int | float) and isinstance(expected, int | float) for actual, expected in pairs
        ):
            yield from self.as_numbers()
        if any(actual is None and isinstance(expected, int | float) for actual, expected in pairs):
            yield from self.no_nan()
        yield from self.without_empty_parts()
        yield from self.falsy(pairs)
        yield from self.shared()
        yield from self.exactly_true()

    def no_nan(self) -> Iterator[Edit]:
        """NaN arrives as null: a count that began with undefined, a division by a length of 0."""
        for node in self.source.kinds("augmented_assignment_expression"):
            left, right, operator = node.child("left"), node.child("right"), node.child("operator")
            if left is not None and right is not None and operator is not None and left.kind != "identifier":
                text = f"{left.text} = ({left.text} ?? 0) {operator.text[:-1]} {right.text}"
                yield self.edit("a new key begins with 0", (node, text))
        for node in self.source.kinds("binary_expression"):
            right = node.child("right")
            if right is not None and node.has("/"):
                yield self.edit("no division by zero", (node, f"({right.text} ? {node.text} : 0)"))

    def without_empty_parts(self) -> Iterator[Edit]:
        """`''.split(',')` is a list with an empty text."""
        if '""' not in json.dumps(self.failure.actual, default=str):
            return
        for node in self.source.kinds("call_expression"):
            function = node.child("function")
            if function is not None and function.text.endswith(".split"):
                yield self.edit("empty parts left out", (node, f"{node.text}.filter(Boolean)"))

    def as_numbers(self) -> Iterator[Edit]:
        """Fields that `+` joins become numbers."""
        fields = []
        for node in self.source.kinds("binary_expression", "augmented_assignment_expression"):
            operator = node.child("operator")
            kind = operator.kind if operator is not None else ""
            if kind not in _ARITHMETIC | {"+="} or any(
                side.bare().kind in {"string", "template_string"} for side in node.parts()
            ):
                continue
            sides = [node.child("right")] if kind == "+=" else [node.child("left"), node.child("right")]
            fields += [side for side in sides if side is not None and _is_field(side)]
        if fields:
            yield self.edit("numbers may arrive as text", *((one, f"Number({one.text})") for one in fields))

    def falsy(self, pairs: list[tuple[object, object]]) -> Iterator[Edit]:
        """0, '' and false are values: `??` only replaces what is missing."""
        if not any(expected in (0, "", False, None) for _, expected in pairs):
            return
        operators = [node.child("operator") for node in self.source.kinds("binary_expression")]
        found = [operator for operator in operators if operator is not None and operator.kind == "||"]
        for operator in found:
            if not any(above.kind == "binary_expression" and above.has("&&") for above in operator.up()):
                yield self.edit("`??` keeps 0 and ''", (operator, "??"))
        for node in self.source.kinds("binary_expression"):
            inner = node.text
            match = re.fullmatch(r"\(?(.+?) && (.+?)\)? \|\| (null|undefined|0|'')", inner, re.DOTALL)
            if match is not None:
                yield self.edit("a condition keeps 0 and ''", (node, f"{match[1]} ? {match[2]} : {match[3]}"))

    def exactly_true(self) -> Iterator[Edit]:
        """A truthy field in a filter, where exactly true was meant."""
        for call in self.source.kinds("call_expression"):
            function, arguments = call.child("function"), call.child("arguments")
            callback = arguments.parts()[0] if arguments is not None and arguments.parts() else None
            if (
                function is None
                or not function.text.endswith(".filter")
                or callback is None
                or callback.kind not in FUNCTIONS
            ):
                continue
            body = callback.child("body")
            for node in body.walk() if body is not None else []:
                outer = node.parent
                if (
                    node.kind == "member_expression"
                    and outer is not None
                    and (outer is callback or (outer.kind == "binary_expression" and outer.has("&&")))
                ):
                    yield self.edit("exactly true", (node, f"{node.text} === true"))


def _is_field(node: JsNode) -> bool:
    """Whether an expression reads a field of the input, perhaps with a default."""
    inner = node.bare()
    if inner.kind == "binary_expression" and (inner.has("||") or inner.has("??")):
        left = inner.child("left")
        return left is not None and _is_field(left)
    return inner.kind == "member_expression" and re.search(r"\bjson\b|\brow\b|\$json", inner.text) is not None


_BY_MESSAGE: tuple[tuple[str, Callable[[_Repairs, str], Iterator[Edit]]], ...] = (
    (r"Cannot read properties of (?:undefined|null) \(reading '([\w$]+)'\)", _Repairs.nothing_there),
    (r"Assignment to constant variable", _Repairs.constant),
    (r"is not iterable", _Repairs.not_iterable),
    (r"Cannot convert undefined or null to object", _Repairs.null_object),
    (r"^([\w$]+) is not defined", _Repairs.unknown_name),
    (r"circular structure", _Repairs.circular),
)
