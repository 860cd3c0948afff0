"""Rules about JavaScript work that is done again and again, or for nothing."""

import re
from collections.abc import Iterator

from tools.checks.javascript_tree import FUNCTIONS, JsNode
from tools.checks.text_edits import TextEdit
from tools.optimise.javascript_code import JavaScriptCode, arguments_of, method_of, suggest_at
from tools.optimise.match import Match

__all__ = [
    "await_in_loop",
    "empty_catch",
    "json_deepcopy",
    "loop_invariant",
    "loose_equality",
    "missing_memo",
    "no_var",
    "redundant_await",
    "unused_require",
]

_HEAVY_CALLS = frozenset(
    {
        "JSON.parse",
        "JSON.stringify",
        "Object.keys",
        "Object.values",
        "Object.entries",
        "Math.max",
        "Math.min",
    }
)
_HEAVY_METHODS = frozenset({"sort", "toSorted", "map", "filter", "split", "reduce", "flatMap"})
_HEAVY_MAKERS = frozenset({"RegExp", "Set", "Map", "Intl.NumberFormat", "Intl.DateTimeFormat", "Intl.Collator"})
_READERS = _HEAVY_CALLS | {"Set", "Map", "Number", "String", "Array.from"}
_SHORT = 10
_IMPURE = re.compile(r"\b(?:Math\.random|Date\.now|await|console|helpers|\$)\b|\+\+|--|\bpush\(|\bshift\(|\bpop\(")
_SYNC_VALUES = frozenset({"array", "object", "number", "string", "template_string", "true", "false"})


def loop_invariant(code: JavaScriptCode) -> Iterator[Match]:
    """A call inside a loop that gives the same in every round belongs before the loop."""
    reported: list[JsNode] = []
    for node in sorted(code.source.kinds("call_expression", "new_expression"), key=lambda one: (one.start, -one.end)):
        loop = code.loop(node)
        if loop is None or not _is_heavy(node) or any(outer.start <= node.start < outer.end for outer in reported):
            continue
        names = code.names_in(node) - _own_parameters(code, node)
        if not names and node.kind == "call_expression" and method_of(node) != "parse":
            continue
        if _is_small(code, node) or not _is_only_read(code, node, loop):
            continue
        if names & code.bound_in(loop) or _IMPURE.search(node.text) or any(code.changes(name, loop) for name in names):
            continue
        if any(inner.kind == "this" for inner in node.walk()):
            continue
        reported.append(node)
        name = (node.child("function") or node.child("constructor") or node).text
        kind = "sort_in_loop" if method_of(node) in {"sort", "toSorted"} else "loop_invariant"
        message = f"`{name.splitlines()[0][:40]}(...)` gives the same in every round: do it once before the loop"
        yield Match(suggest_at(node, kind, message), _hoisted(code, node, loop))


def _is_heavy(node: JsNode) -> bool:
    if node.kind == "new_expression":
        maker = node.child("constructor")
        return maker is not None and maker.text in _HEAVY_MAKERS and bool(arguments_of(node))
    function = node.child("function")
    if function is None or (not arguments_of(node) and method_of(node) not in {"sort", "toSorted"}):
        return False
    if function.text in {"Math.max", "Math.min"}:
        return any(arg.kind == "spread_element" for arg in arguments_of(node))
    return function.text in _HEAVY_CALLS or (
        method_of(node) in _HEAVY_METHODS and not function.text.startswith(("'", '"', "`"))
    )


def _is_small(code: JavaScriptCode, node: JsNode) -> bool:
    """Whether it works on a short literal: nothing to gain."""
    for arg in arguments_of(node):
        binding = code.binding(arg)
        value = binding.value if binding is not None and not binding.keys else arg
        if value is not None and value.kind in {"object", "array"} and len(value.parts()) < _SHORT:
            return True
    return False


def _is_only_read(code: JavaScriptCode, node: JsNode, loop: JsNode) -> bool:
    """Whether the result is not kept: one object shared by all rounds would be another program."""
    parent = node.parent
    if parent is None:
        return False
    if parent.kind == "variable_declarator":
        name = parent.child("name")
        if name is None or name.kind != "identifier" or code.changes(name.text, loop):
            return False
        return all(_is_read(use) for use in code.references.get(name.text, ()))
    return _is_read(node)


def _is_read(node: JsNode) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.kind == "arguments" and parent.parent is not None:
        function = parent.parent.child("function") or parent.parent.child("constructor")
        return function is not None and (
            function.text in _READERS
            or method_of(parent.parent) in {"includes", "has", "get", "replace", "test", "match", "split"}
        )
    if parent.kind == "for_in_statement":
        return node.field == "right"
    return parent.kind in {
        "member_expression",
        "subscript_expression",
        "spread_element",
        "binary_expression",
        "template_substitution",
        "parenthesized_expression",
        "unary_expression",
        "new_expression",
    }


def _own_parameters(code: JavaScriptCode, node: JsNode) -> set[str]:
    found: set[str] = set()
    for inner in node.walk():
        if inner.kind in FUNCTIONS:
            parameters = inner.child("parameter") or inner.child("parameters")
            found |= code.names_in(parameters) if parameters is not None else set()
    return found


def _hoisted(code: JavaScriptCode, node: JsNode, loop: JsNode) -> tuple[TextEdit, ...]:
    statement = code.statement(loop)
    if statement is None or "\n" in node.text:
        return ()
    inner = statement if loop.kind in FUNCTIONS else loop
    parent = node.parent
    if (
        parent is not None
        and parent.kind == "variable_declarator"
        and parent.parent is not None
        and parent.parent.kind == "lexical_declaration"
    ):
        name, declaration = parent.child("name"), parent.parent
        fixed = (
            name is not None
            and name.kind == "identifier"
            and not any(code.changes(one, loop) for one in code.names_in(name))
        )
        if (
            declaration.children[0].text == "const"
            and fixed
            and name is not None
            and len(declaration.parts()) == 1
            and _is_unique(code, name.text)
        ):
            return (code.insert_before(inner, declaration.text), code.remove(declaration))
        if not fixed:
            return ()
    label = (
        re.sub(r"\W", "", method_of(node) or (node.child("constructor") or node).text.rsplit(".", 1)[-1])[:20]
        or "value"
    )
    once = code.fresh(f"once{label[:1].upper()}{label[1:]}")
    return (code.insert_before(inner, f"const {once} = {node.text};"), code.replace(node, once))


def _is_unique(code: JavaScriptCode, name: str) -> bool:
    return sum(len(scope.names.get(name, ())) for scope in code.scopes.all) == 1


def json_deepcopy(code: JavaScriptCode) -> Iterator[Match]:
    """`JSON.parse(JSON.stringify(x))` writes and reads text to copy."""
    for node in code.source.kinds("call_expression"):
        args = arguments_of(node)
        function = node.child("function")
        if function is None or function.text != "JSON.parse" or len(args) != 1 or args[0].kind != "call_expression":
            continue
        inner = args[0].child("function")
        values = arguments_of(args[0])
        if inner is not None and inner.text == "JSON.stringify" and len(values) == 1:
            yield Match(
                suggest_at(node, "json_deepcopy", "A copy through JSON is slow: { ...row } copies one level"),
                _shallow(code, node, values[0]),
            )


def _shallow(code: JavaScriptCode, node: JsNode, value: JsNode) -> tuple[TextEdit, ...]:
    declarator = node.parent
    name = declarator.child("name") if declarator is not None and declarator.kind == "variable_declarator" else None
    if name is None or name.kind != "identifier" or code.loop(node) is None:
        return ()
    for use in code.references.get(name.text, ()):
        above = use.parent
        if above is not None and above.kind in {"member_expression", "subscript_expression"}:
            further = above.parent
            if further is not None and further.kind in {"member_expression", "subscript_expression", "call_expression"}:
                return ()
    return (code.replace(node, f"{{ ...{value.text} }}"),)


def missing_memo(code: JavaScriptCode) -> Iterator[Match]:
    """A function that calls itself twice with smaller arguments computes the same values again and again."""
    for node in code.source.kinds("function_declaration", "arrow_function", "function_expression"):
        name = node.child("name") or (
            node.parent.child("name") if node.parent is not None and node.parent.kind == "variable_declarator" else None
        )
        body = node.child("body")
        if name is None or body is None or re.search(r"\b(?:memo|cache|seen|visited)\b|\.has\(| in ", body.text):
            continue
        calls = [
            inner
            for inner in body.walk()
            if inner.kind == "call_expression" and (inner.child("function") or inner).text == name.text
        ]
        shrinking = [
            call
            for call in calls
            if any(re.search(r"[\w$)\]]\s*[-/+]\s*[\w$(]", arg.text) for arg in arguments_of(call))
        ]
        if len(shrinking) >= 2:
            yield Match(
                suggest_at(
                    shrinking[0],
                    "missing_memo",
                    f"`{name.text}` computes the same values again and again: remember them in a Map",
                ),
                _remembered(code, node, name),
            )


def _remembered(code: JavaScriptCode, node: JsNode, name: JsNode) -> tuple[TextEdit, ...]:
    parameters = node.child("parameters")
    if (
        node.kind != "function_declaration"
        or parameters is None
        or len(parameters.parts()) != 1
        or parameters.parts()[0].kind != "identifier"
    ):
        return ()
    parameter, plain, memo = parameters.parts()[0].text, code.fresh(f"{name.text}Once"), code.fresh(f"{name.text}Memo")
    wrapper = (
        f"function {name.text}({parameter}) {{\n"
        f"  if (!{memo}.has({parameter})) {memo}.set({parameter}, {plain}({parameter}));\n"
        f"  return {memo}.get({parameter});\n}}"
    )
    return (
        code.insert_before(node, f"const {memo} = new Map();"),
        code.replace(name, plain),
        code.insert_after(node, wrapper),
    )


def loose_equality(code: JavaScriptCode) -> Iterator[Match]:
    """`==` turns types into each other; `== null` is the one good use."""
    for node in code.source.kinds("binary_expression"):
        operator = node.child("operator")
        if operator is None or operator.kind not in {"==", "!="}:
            continue
        sides = [side.bare().kind for side in (node.child("left"), node.child("right")) if side is not None]
        texts = [side.text for side in (node.child("left"), node.child("right")) if side is not None]
        if "null" not in sides and "undefined" not in texts:
            yield Match(
                suggest_at(
                    node,
                    "loose_equality",
                    f"`{operator.kind}=` compares without turning types into each other",
                    "readability",
                )
            )


def await_in_loop(code: JavaScriptCode) -> Iterator[Match]:
    """Waiting for one call after the other, when none needs the one before."""
    for node in code.source.kinds("await_expression"):
        loop = code.loop(node)
        if (
            loop is None
            or loop.kind != "for_in_statement"
            or loop.has("await")
            or not node.parts()
            or node.parts()[0].kind != "call_expression"
        ):
            continue
        written = {
            name
            for name in code.names_in(node)
            if any(loop.start <= t.start < loop.end for t in code.scopes.writes(name))
        }
        if not written:
            yield Match(
                suggest_at(
                    node,
                    "await_in_loop",
                    "Each round waits for the one before: await Promise.all(list.map(...)) runs them together",
                )
            )


def redundant_await(code: JavaScriptCode) -> Iterator[Match]:
    """`await` of a value that is no promise."""
    for node in code.source.kinds("await_expression"):
        inner = node.parts()[0].bare() if node.parts() else None
        if inner is None:
            continue
        function = inner.child("function")
        plain = inner.kind in _SYNC_VALUES or (
            function is not None
            and function.text in {"JSON.parse", "JSON.stringify", "Object.keys", "$input.all", "$input.first"}
        )
        if plain:
            yield Match(
                suggest_at(node, "redundant_await", "This is no promise: `await` only costs a turn", "readability"),
                (code.replace(node, inner.text),) if inner.kind != "object" else (),
            )


def no_var(code: JavaScriptCode) -> Iterator[Match]:
    """`var` is seen outside its block."""
    for node in code.source.kinds("variable_declaration"):
        yield Match(suggest_at(node, "no_var", "`let` and `const` stay inside their block", "readability"))


def empty_catch(code: JavaScriptCode) -> Iterator[Match]:
    """An error that disappears."""
    for node in code.source.kinds("catch_clause"):
        body = node.child("body")
        if body is not None and not body.parts():
            yield Match(
                suggest_at(node, "empty_catch", "The error disappears here: handle it, or let it show", "readability")
            )


def unused_require(code: JavaScriptCode) -> Iterator[Match]:
    """A module that nothing reads costs time, and n8n refuses it."""
    for node in code.source.kinds("variable_declarator"):
        value, name = node.child("value"), node.child("name")
        is_require = (
            value is not None
            and value.kind == "call_expression"
            and (value.child("function") or value).text == "require"
        )
        if is_require and name is not None and name.kind == "identifier" and not code.references.get(name.text):
            declaration = node.parent
            edits = (code.remove(declaration),) if declaration is not None and len(declaration.parts()) == 1 else ()
            yield Match(suggest_at(node, "unused_import", f"`{name.text}` is never used", "readability"), edits)
