"""Rules about JavaScript lookups that scan an array where a Set or a Map would know."""

import re
from collections.abc import Iterator

from tools.checks.javascript_tree import FUNCTIONS, JsNode
from tools.checks.text_edits import TextEdit
from tools.optimise.javascript_code import JavaScriptCode, arguments_of, callee, method_of, suggest_at
from tools.optimise.match import Match

__all__ = [
    "array_membership",
    "index_dedupe",
    "keys_membership",
    "manual_counter",
    "nested_search",
]

_SEARCHES = frozenset({"find", "findIndex", "filter", "some", "findLast"})
_LONG_LITERAL = 10


def index_dedupe(code: JavaScriptCode) -> Iterator[Match]:
    """`list.filter((x, i) => list.indexOf(x) === i)` scans the list for every element."""
    for call in code.source.kinds("call_expression"):
        args = arguments_of(call)
        if method_of(call) != "filter" or not args or args[0].kind not in FUNCTIONS:
            continue
        names = _parameters(args[0])
        body = args[0].child("body")
        if len(names) < 2 or body is None:
            continue
        for test in body.walk():
            if test.kind != "binary_expression" or not (test.has("===") or test.has("==")):
                continue
            sides = [side for side in (test.child("left"), test.child("right")) if side is not None]
            search = next(
                (
                    side
                    for side in sides
                    if side.kind == "call_expression" and method_of(side) in {"indexOf", "findIndex"}
                ),
                None,
            )
            if search is not None and any(side.text == names[1] for side in sides):
                message = "A Set drops doubles in one pass; this scans the array for every element"
                yield Match(
                    suggest_at(test, "quadratic_dedupe", message),
                    _new_set(code, call, body.bare(), test, search, names),
                )
                break


def _parameters(function: JsNode) -> list[str]:
    parameters = function.child("parameters")
    single = function.child("parameter")
    return (
        [single.text]
        if single is not None
        else [part.text for part in parameters.parts()]
        if parameters is not None
        else []
    )


def _new_set(
    code: JavaScriptCode, call: JsNode, body: JsNode, test: JsNode, search: JsNode, names: list[str]
) -> tuple[TextEdit, ...]:
    target, owner, args = callee(call), callee(search), arguments_of(search)
    if (
        body is not test
        or target is None
        or owner is None
        or method_of(search) != "indexOf"
        or len(args) != 1
        or args[0].text != names[0]
    ):
        return ()
    if owner.text != target.text and (len(names) < 3 or owner.text != names[2]):
        return ()
    return (code.replace(call, f"[...new Set({target.text})]"),)


def array_membership(code: JavaScriptCode) -> Iterator[Match]:
    """`list.includes(x)` inside a loop scans the list in every round."""
    for call in code.source.kinds("call_expression"):
        target, loop, args = callee(call), code.loop(call), arguments_of(call)
        if method_of(call) not in {"includes", "indexOf"} or loop is None or target is None or len(args) != 1:
            continue
        if not _is_scanned(code, target, loop):
            continue
        asked = _asks_presence(call)
        if asked is None:
            yield Match(
                suggest_at(
                    call, "index_in_loop", "indexOf() scans the array in every round: keep the positions in a Map"
                )
            )
            continue
        dedupe = _pushes_missing(call, target.text)
        kind = "quadratic_dedupe" if dedupe else "list_membership"
        message = f"`{target.text}` is an array and is scanned in every round: a Set answers at once"
        yield Match(suggest_at(call, kind, message), _as_set(code, target))


def _is_scanned(code: JavaScriptCode, target: JsNode, loop: JsNode) -> bool:
    if target.kind == "array":
        return len(target.parts()) >= _LONG_LITERAL
    binding = code.binding(target)
    if binding is None or binding.keys or code.kind(target) != "array" or loop.start <= binding.node.start < loop.end:
        return False
    value = binding.value
    grows = any(
        _method_used(use) in {"push", "unshift", "concat"} for use in code.references.get(target.text, ())
    ) or bool(code.scopes.writes(target.text))
    return grows or (value is not None and (value.kind != "array" or len(value.parts()) >= _LONG_LITERAL))


def _method_used(use: JsNode) -> str:
    parent = use.parent
    call = parent.parent if parent is not None and parent.kind == "member_expression" else None
    return method_of(call) if call is not None and call.kind == "call_expression" else ""


def _asks_presence(call: JsNode) -> tuple[JsNode, bool] | None:
    """The expression that asks whether the element is there, and whether it asks for absence."""
    if method_of(call) == "includes":
        return call, False
    test = call.parent
    if test is None or test.kind != "binary_expression":
        return None
    text = re.sub(r"\s", "", test.text[len(call.text) :]) if test.child("left") is call else ""
    if text in {"===-1", "==-1", "<0"}:
        return test, True
    return (test, False) if text in {"!==-1", "!=-1", ">=0", ">-1"} else None


def _pushes_missing(call: JsNode, name: str) -> bool:
    for above in call.up():
        if above.kind == "if_statement":
            body = above.child("consequence")
            return body is not None and re.search(rf"\b{re.escape(name)}\.push\(", body.text) is not None
        if above.kind in FUNCTIONS:
            return False
    return False


def _as_set(code: JavaScriptCode, target: JsNode) -> tuple[TextEdit, ...]:
    """An array that is only filled and asked becomes a Set; one that stays the same gets a Set beside it."""
    binding = code.binding(target)
    if binding is None or binding.value is None or target.kind != "identifier":
        return ()
    uses = code.references.get(target.name, [])
    own = _only_set(code, uses)
    if own is not None:
        value = binding.value
        made = "new Set()" if value.text == "[]" else f"new Set({value.text})"
        return (code.replace(value, made), *own)
    declaration = code.statement(binding.node)
    if (
        declaration is None
        or code.scopes.writes(target.name)
        or any(_method_used(use) in {"push", "unshift", "splice", "pop", "shift", "sort"} for use in uses)
    ):
        return ()
    table = code.fresh(f"{target.name}Set")
    edits = [code.insert_after(declaration, f"const {table} = new Set({target.name});")]
    for use in uses:
        call = use.parent.parent if use.parent is not None else None
        if (
            call is not None
            and call.kind == "call_expression"
            and method_of(call) in {"includes", "indexOf"}
            and code.loop(call) is not None
        ):
            edits += _has(code, call, table)
    return tuple(edits)


def _has(code: JavaScriptCode, call: JsNode, table: str) -> list[TextEdit]:
    asked = _asks_presence(call)
    args = arguments_of(call)
    if asked is None or len(args) != 1:
        return []
    return [code.replace(asked[0], f"{'!' if asked[1] else ''}{table}.has({args[0].text})")]


def _only_set(code: JavaScriptCode, uses: list[JsNode]) -> list[TextEdit] | None:
    edits: list[TextEdit] = []
    for use in uses:
        call = use.parent.parent if use.parent is not None and use.parent.kind == "member_expression" else None
        if call is None or call.kind != "call_expression":
            return None
        method, args = method_of(call), arguments_of(call)
        if (
            method == "push"
            and len(args) == 1
            and call.parent is not None
            and call.parent.kind == "expression_statement"
        ):
            edits.append(code.replace(call, f"{use.name}.add({args[0].text})"))
        elif method in {"includes", "indexOf"} and (changed := _has(code, call, use.name)):
            edits += changed
        else:
            return None
    return edits


def keys_membership(code: JavaScriptCode) -> Iterator[Match]:
    """`Object.keys(o).includes(k)` builds an array to ask what the object knows."""
    for call in code.source.kinds("call_expression"):
        target, args = callee(call), arguments_of(call)
        if (
            method_of(call) not in {"includes", "indexOf"}
            or target is None
            or target.kind != "call_expression"
            or len(args) != 1
        ):
            continue
        function = target.child("function")
        if function is None or function.text != "Object.keys" or len(arguments_of(target)) != 1:
            continue
        asked = _asks_presence(call)
        text = f"Object.hasOwn({arguments_of(target)[0].text}, {args[0].text})"
        edits = (code.replace(asked[0], f"{'!' if asked[1] else ''}{text}"),) if asked is not None else ()
        yield Match(
            suggest_at(call, "keys_membership", "Object.hasOwn(...) asks the object itself; this builds all keys"),
            edits,
        )


def nested_search(code: JavaScriptCode) -> Iterator[Match]:
    """A search through one array for every element of another: put the one into a Map by its key first."""
    for call in code.source.kinds("call_expression"):
        loop, target, args = code.loop(call), callee(call), arguments_of(call)
        if (
            method_of(call) not in _SEARCHES
            or loop is None
            or target is None
            or not args
            or args[0].kind not in FUNCTIONS
        ):
            continue
        names = _parameters(args[0])
        joined = _join_keys(code, args[0])
        if joined is None or (code.names_in(target) & code.bound_in(loop) and not _grows_with_search(call, target)):
            continue
        if _grows_with_search(call, target):
            yield Match(
                suggest_at(
                    call, "quadratic_dedupe", f"`{target.text}` is searched in every round: keep the keys in a Set"
                )
            )
            continue
        message = "Every round searches the whole array: build a Map by the key once, and look up"
        yield Match(suggest_at(call, "nested_loop_join", message), _looked_up(code, call, target, names, joined))
    yield from _nested_loops(code)


def _grows_with_search(call: JsNode, target: JsNode) -> bool:
    """`if (!out.some(...)) out.push(...)`."""
    return (
        target.kind == "identifier"
        and method_of(call) in {"some", "find", "findIndex"}
        and _pushes_missing(call, target.text)
    )


def _join_keys(code: JavaScriptCode, function: JsNode) -> tuple[JsNode, JsNode] | None:
    """The key of the searched element and the wanted value, when the callback compares just these."""
    body = function.child("body")
    if body is None:
        return None
    if body.kind == "statement_block":
        inner = body.parts()
        body = (
            inner[0].parts()[0]
            if len(inner) == 1 and inner[0].kind == "return_statement" and inner[0].parts()
            else body
        )
    test = body.bare()
    if test.kind != "binary_expression" or not (test.has("===") or test.has("==")):
        return None
    left, right = test.child("left"), test.child("right")
    parameter = function.child("parameter") or function.child("parameters")
    own = code.names_in(parameter) if parameter is not None else set()
    if left is None or right is None or not own:
        return None
    if code.names_in(left) & own and not code.names_in(right) & own and code.names_in(right):
        return left, right
    if code.names_in(right) & own and not code.names_in(left) & own and code.names_in(left):
        return right, left
    return None


def _looked_up(
    code: JavaScriptCode, call: JsNode, target: JsNode, names: list[str], joined: tuple[JsNode, JsNode]
) -> tuple[TextEdit, ...]:
    """`rows.find(x => x.id === y)` becomes `rowsByKey.get(y)`, the Map built before the outermost loop."""
    outer = code.loop(call)
    while (
        outer is not None
        and (above := code.loop(outer)) is not None
        and not code.names_in(target) & code.bound_in(above)
    ):
        outer = above
    statement = code.statement(outer) if outer is not None else None
    key, wanted = joined
    test = key.parent
    if (
        statement is None
        or method_of(call) != "find"
        or len(names) != 1
        or test is None
        or not test.has("===")
        or target.kind not in {"identifier", "member_expression"}
    ):
        return ()
    if any(code.changes(name, statement) for name in code.names_in(target)) or code.names_in(key) - set(
        re.findall(r"[\w$]+", names[0])
    ):
        return ()
    table = code.fresh(f"{re.sub(r'[^A-Za-z0-9]', '', target.text.rsplit('.', 1)[-1]) or 'rows'}ByKey")
    head = names[0] if re.fullmatch(r"[\w$]+", names[0]) else f"({names[0]})"
    if not re.fullmatch(r"[\w$]+", names[0]):
        return ()
    fill = f"if (!{table}.has({key.text})) {table}.set({key.text}, {head});"
    build = f"const {table} = new Map();\n{code.indent(statement)}for (const {head} of {target.text}) {fill}"
    return (code.insert_before(statement, build), code.replace(call, f"{table}.get({wanted.text})"))


def _nested_loops(code: JavaScriptCode) -> Iterator[Match]:
    for loop in code.source.kinds("for_in_statement", "for_statement"):
        outer, body = code.loop(loop), loop.child("body")
        if outer is None or body is None:
            continue
        first = body.parts()[:1] if body.kind == "statement_block" else [body]
        if not first or first[0].kind != "if_statement":
            continue
        test = (first[0].child("condition") or first[0]).bare()
        right = loop.child("right") or loop.child("condition")
        own = code.bound_in(loop)
        outside = code.bound_in(outer) - own
        if (
            right is None
            or code.names_in(right) & outside - own
            or test.kind != "binary_expression"
            or not (test.has("===") or test.has("=="))
        ):
            continue
        left_names, right_names = code.names_in(test.child("left") or test), code.names_in(test.child("right") or test)
        if bool(left_names & own) != bool(right_names & own) and (left_names | right_names) & outside:
            yield Match(
                suggest_at(
                    loop,
                    "nested_loop_join",
                    "Every round searches the whole array: build a Map by the key once, and look up",
                )
            )


def manual_counter(code: JavaScriptCode) -> Iterator[Match]:
    """Counting with an if and an else."""
    for node in code.source.kinds("if_statement"):
        body, other = node.child("consequence"), node.child("alternative")
        if body is None or other is None:
            continue
        first, second = _only_expression(body), _only_expression(other)
        if first is None or second is None:
            continue
        for grow, start in ((first, second), (second, first)):
            place = _grown(grow)
            if place is not None and re.sub(r"\s", "", start) == re.sub(r"\s", "", f"{place}=1"):
                line = f"{place} = ({place} || 0) + 1;"
                yield Match(
                    suggest_at(
                        node,
                        "manual_counter",
                        "One assignment counts: table[key] = (table[key] || 0) + 1",
                        "readability",
                    ),
                    (code.replace(node, line),),
                )
                break


def _only_expression(node: JsNode) -> str | None:
    while node.kind in {"statement_block", "else_clause"}:
        parts = node.parts()
        if len(parts) != 1:
            return None
        node = parts[0]
    return node.text.rstrip(";") if node.kind == "expression_statement" else None


def _grown(text: str) -> str | None:
    match = re.fullmatch(r"(?:\+\+)?\s*([\w$.]+\[.+\]|[\w$.]+\.[\w$]+)\s*(?:\+\+|\+=\s*1)?", text, re.DOTALL)
    grows = match is not None and ("++" in text or re.search(r"\+=\s*1$", text) is not None)
    return match[1] if match is not None and grows else None
