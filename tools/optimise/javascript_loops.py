"""Rules about JavaScript loops that build something: texts, arrays, objects."""

from collections.abc import Iterator

from tools.checks.javascript_tree import FUNCTIONS, JsNode
from tools.checks.text_edits import TextEdit
from tools.optimise.javascript_code import JavaScriptCode, arguments_of, callee, method_of, suggest_at
from tools.optimise.match import Match

__all__ = [
    "append_loop",
    "array_concat",
    "index_loop",
    "insert_front",
    "shrinking_array",
    "spread_in_reduce",
    "string_building",
]


def string_building(code: JavaScriptCode) -> Iterator[Match]:
    """Text that grows in a loop: map and join say it in one expression."""
    for node in code.source.kinds("augmented_assignment_expression", "assignment_expression"):
        loop, target = code.loop(node), node.child("left")
        if loop is None or target is None or target.kind != "identifier" or not _is_text(code, target, loop):
            continue
        piece = _piece(code, node, target.name)
        if piece is None:
            continue
        near = loop if node.line - loop.line <= 2 else node
        message = f"Consider map() and join() for string concatenation: `{target.name}` grows piece by piece"
        yield Match(
            suggest_at(near, "string_building", message, "readability"), _joined(code, node, loop, target.name, piece)
        )


def _is_text(code: JavaScriptCode, target: JsNode, loop: JsNode) -> bool:
    """Whether a name holds text from before the loop, which the loop never sets to something else."""
    binding = code.binding(target)
    if binding is None or code.kind(binding.value) != "text" or loop.start <= binding.node.start < loop.end:
        return False
    for write in code.scopes.writes(target.name):
        parent = write.parent
        right = parent.child("right") if parent is not None and parent.kind == "assignment_expression" else None
        if right is not None and target.name not in code.names_in(right):
            return False
    return True


def _piece(code: JavaScriptCode, node: JsNode, name: str) -> str | None:
    """What is added at the end in each round; empty for another kind of growth; None when nothing grows."""
    right = node.child("right")
    if right is None:
        return None
    if node.kind == "augmented_assignment_expression":
        return right.text if node.has("+=") and name not in code.names_in(right) else None
    if name not in code.names_in(right) or right.kind not in {
        "binary_expression",
        "template_string",
        "call_expression",
    }:
        return None
    if right.kind == "call_expression" and method_of(right) != "concat":
        return None
    left = right.child("left")
    if right.kind == "binary_expression" and left is not None and left.text == name:
        rest = right.child("right")
        return rest.text if rest is not None and name not in code.names_in(rest) else ""
    return ""


def _joined(code: JavaScriptCode, node: JsNode, loop: JsNode, name: str, piece: str) -> tuple[TextEdit, ...]:
    """`let s = ''; for (const x of xs) s += piece;` becomes `let s = xs.map(x => piece).join('');`."""
    statement = node.parent
    start = code.before(loop)
    if (
        not piece
        or loop.kind != "for_in_statement"
        or not loop.has("of")
        or statement is None
        or not _is_all(loop, statement)
    ):
        return ()
    if start is None or not _declares(start, name, {"''", '""', "``"}):
        return ()
    target, iterable = loop.child("left"), loop.child("right")
    if target is None or iterable is None or code.kind(iterable) != "array" or "await" in piece:
        return ()
    head = target.text if target.kind == "identifier" else f"({target.text})"
    word = start.children[0].text
    return (
        code.replace_range(start, loop, f"{word} {name} = {iterable.text}.map({head} => {_value(piece)}).join('');"),
    )


def _value(text: str) -> str:
    return f"({text})" if text.lstrip().startswith("{") else text


def _is_all(loop: JsNode, statement: JsNode) -> bool:
    body = loop.child("body")
    return body is statement or (body is not None and body.kind == "statement_block" and body.parts() == [statement])


def _declares(statement: JsNode, name: str, values: set[str]) -> bool:
    if statement.kind not in {"lexical_declaration", "variable_declaration"} or len(statement.parts()) != 1:
        return False
    declarator = statement.parts()[0]
    declared, value = declarator.child("name"), declarator.child("value")
    return declared is not None and declared.text == name and value is not None and value.text in values


def append_loop(code: JavaScriptCode) -> Iterator[Match]:
    """A loop that only pushes is a map, or a filter and a map."""
    for node in code.source.kinds("call_expression"):
        target = callee(node)
        if method_of(node) != "push" or target is None or target.kind != "identifier" or len(arguments_of(node)) != 1:
            continue
        found = _pushing(code, node, target.name)
        if found is None:
            continue
        start, whole, iterable, head, tests = found
        value = arguments_of(node)[0]
        if (
            value.kind == "spread_element"
            or "await" in whole.text
            or target.name in code.names_in(value) | {n for t in tests for n in code.names_in(t)}
        ):
            continue
        filters = "".join(f".filter({head} => {_value(test.bare().text)})" for test in tests)
        mapped = "" if value.text == head else f".map({head} => {_value(value.text)})"
        word = start.children[0].text
        text = (
            f"{word} {target.name} = {iterable.text}{filters}{mapped or '.slice()'};"
            if not filters
            else f"{word} {target.name} = {iterable.text}{filters}{mapped};"
        )
        is_array = code.kind(iterable) == "array"
        message = f"map() says in one expression what `{target.name}` holds"
        yield Match(
            suggest_at(whole, "append_loop", message, "readability"),
            (code.replace_range(start, whole, text),) if is_array else (),
        )


def _pushing(code: JavaScriptCode, call: JsNode, name: str) -> tuple[JsNode, JsNode, JsNode, str, list[JsNode]] | None:
    """Declaration, loop statement, iterable, loop variable and conditions of a loop that only pushes."""
    loop = code.loop(call)
    if loop is None:
        return None
    statement = call.parent if call.parent is not None and call.parent.kind == "expression_statement" else call
    body, tests = loop.child("body"), []
    while body is not None and body is not statement:
        inner = body.parts() if body.kind == "statement_block" else [body]
        if len(inner) != 1:
            return None
        if inner[0].kind == "if_statement" and inner[0].child("alternative") is None:
            test = inner[0].child("condition")
            tests.append(test) if test is not None else None
            body = inner[0].child("consequence")
        elif inner[0] is statement:
            break
        else:
            return None
    head = _head(loop)
    whole = code.statement(loop) if loop.kind in FUNCTIONS else loop
    start = code.before(whole) if whole is not None else None
    if head is None or whole is None or start is None or not _declares(start, name, {"[]"}):
        return None
    return start, whole, head[1], head[0], tests


def _head(loop: JsNode) -> tuple[str, JsNode] | None:
    """Loop variable and iterable of a for-of, or of a forEach with one parameter."""
    if loop.kind == "for_in_statement":
        target, iterable = loop.child("left"), loop.child("right")
        if not loop.has("of") or target is None or iterable is None:
            return None
        return (target.text if target.kind == "identifier" else f"({target.text})"), iterable
    if loop.kind not in {"arrow_function", "function_expression"} or loop.parent is None or loop.parent.parent is None:
        return None
    call = loop.parent.parent
    single, parameters = loop.child("parameter"), loop.child("parameters")
    names = [single] if single is not None else parameters.parts() if parameters is not None else []
    iterable = callee(call)
    if (
        method_of(call) != "forEach"
        or len(names) != 1
        or iterable is None
        or call.parent is None
        or call.parent.kind != "expression_statement"
    ):
        return None
    return (names[0].text if names[0].kind == "identifier" else f"({names[0].text})"), iterable


def insert_front(code: JavaScriptCode) -> Iterator[Match]:
    """`unshift` in a loop moves every element: push, and reverse once."""
    for node in code.source.kinds("call_expression"):
        loop, target = code.loop(node), callee(node)
        if method_of(node) != "unshift" or loop is None or target is None:
            continue
        message = f"Pushing to `{target.text}` and reversing it once does not move every element in every round"
        yield Match(suggest_at(node, "insert_front", message), _reversed_after(code, node, loop, target))
    for node in code.source.kinds("assignment_expression"):
        left, right, loop = node.child("left"), node.child("right"), code.loop(node)
        if loop is None or left is None or right is None or right.kind != "array" or left.kind != "identifier":
            continue
        parts = right.parts()
        if len(parts) > 1 and parts[-1].text == f"...{left.text}":
            yield Match(
                suggest_at(
                    node,
                    "insert_front",
                    "Copying the array behind a new first element in every round is quadratic: push, and reverse once",
                )
            )


def _reversed_after(code: JavaScriptCode, node: JsNode, loop: JsNode, target: JsNode) -> tuple[TextEdit, ...]:
    whole = code.statement(loop) if loop.kind in FUNCTIONS else loop
    start = code.before(whole) if whole is not None else None
    binding = code.binding(target)
    uses = [
        use
        for use in code.references.get(target.text, ())
        if whole is not None and whole.start <= use.start < whole.end
    ]
    if (
        whole is None
        or binding is None
        or start is None
        or len(uses) != 1
        or len(arguments_of(node)) != 1
        or code.loop(whole) is not None
    ):
        return ()
    declared = binding.value is not None and binding.value.text == "[]"
    function = node.child("function")
    name = function.child("property") if function is not None else None
    if not declared or name is None or node.parent is None or node.parent.kind != "expression_statement":
        return ()
    return (code.replace(name, "push"), code.insert_after(whole, f"{target.text}.reverse();"))


def array_concat(code: JavaScriptCode) -> Iterator[Match]:
    """`out = out.concat(x)` or `out = [...out, x]` in a loop copies the array in every round."""
    for node in code.source.kinds("assignment_expression"):
        left, right, loop = node.child("left"), node.child("right"), code.loop(node)
        if loop is None or left is None or right is None or left.kind != "identifier":
            continue
        owner = callee(right) if right.kind == "call_expression" and method_of(right) == "concat" else None
        if owner is not None and owner.text == left.text and code.kind(left) == "array":
            args = arguments_of(right)
            pushed = (
                f"{left.text}.push(...{args[0].text})" if len(args) == 1 and code.kind(args[0]) == "array" else None
            )
            yield Match(
                suggest_at(
                    node, "list_concat_in_loop", f"`{left.text}.push(...)` does not copy the array in every round"
                ),
                (code.replace(node, pushed),) if pushed and not _is_shared(code, left) else (),
            )
        elif right.kind == "array" and right.parts() and right.parts()[0].text == f"...{left.text}":
            rest = ", ".join(part.text for part in right.parts()[1:])
            edits = (code.replace(node, f"{left.text}.push({rest})"),) if not _is_shared(code, left) else ()
            yield Match(
                suggest_at(
                    node, "list_concat_in_loop", f"`{left.text}.push(...)` does not copy the array in every round"
                ),
                edits,
            )


def _is_shared(code: JavaScriptCode, name: JsNode) -> bool:
    """Whether somebody else may hold the array, so that changing it in place would show."""
    binding = code.binding(name)
    if binding is None or binding.value is None or binding.value.text != "[]":
        return True
    loop = code.loop(name)
    return loop is None or any(
        use.parent is not None and use.parent.kind in {"arguments", "pair", "array"}
        for use in code.references.get(name.text, ())
        if loop.start <= use.start < loop.end
    )


def spread_in_reduce(code: JavaScriptCode) -> Iterator[Match]:
    """Spreading the accumulator in a reduce copies it in every round."""
    for call in code.source.kinds("call_expression"):
        args = arguments_of(call)
        if method_of(call) not in {"reduce", "reduceRight"} or not args or args[0].kind not in FUNCTIONS:
            continue
        parameters = args[0].child("parameters")
        accumulator = parameters.parts()[0].text if parameters is not None and parameters.parts() else ""
        for node in args[0].walk():
            copied = node.kind in {"array", "object"} and any(part.text == f"...{accumulator}" for part in node.parts())
            owner = callee(node) if node.kind == "call_expression" else None
            concat = owner is not None and owner.text == accumulator and method_of(node) == "concat"
            assign = (
                node.kind == "call_expression"
                and node.text.startswith("Object.assign({}")
                and f", {accumulator}" in node.text
            )
            if accumulator and (copied or concat or assign):
                message = f"`{accumulator}` is copied in every round: change it in place and return it"
                yield Match(suggest_at(node, "spread_in_reduce", message), _in_place(code, args, node, accumulator))
                break


def _in_place(code: JavaScriptCode, args: list[JsNode], node: JsNode, accumulator: str) -> tuple[TextEdit, ...]:
    initial = args[1].bare() if len(args) > 1 else None
    body = args[0].child("body")
    if initial is None or initial.kind not in {"array", "object"} or initial.parts() or body is None:
        return ()
    parts = node.parts()
    is_result = body.bare() is node or (node.parent is not None and node.parent.kind == "return_statement")
    if not is_result or node.kind not in {"array", "object"} or len(parts) != 2 or parts[0].text != f"...{accumulator}":
        return ()
    if node.kind == "array" and parts[1].kind != "spread_element":
        text = f"({accumulator}.push({parts[1].text}), {accumulator})"
    elif (
        parts[1].kind == "pair"
        and (key := parts[1].child("key")) is not None
        and (value := parts[1].child("value")) is not None
    ):
        place = (
            f"{accumulator}{key.text}"
            if key.kind == "computed_property_name"
            else f"{accumulator}.{key.text}"
            if key.kind == "property_identifier"
            else f"{accumulator}[{key.text}]"
        )
        text = f"({place} = {value.text}, {accumulator})"
    else:
        return ()
    target = body if body.kind == "parenthesized_expression" else node
    return (code.replace(target, text),)


def shrinking_array(code: JavaScriptCode) -> Iterator[Match]:
    """Taking elements off the front of an array moves or copies all the others."""
    for node in code.source.kinds("call_expression"):
        target, loop = callee(node), code.loop(node)
        if loop is None or target is None or method_of(node) not in {"shift", "slice", "splice"}:
            continue
        args = [arg.text for arg in arguments_of(node)]
        if (
            method_of(node) == "shift"
            and loop.kind in {"while_statement", "do_statement"}
            and _only_shrinks(loop, target)
        ):
            yield Match(
                suggest_at(
                    node, "pop_front", "shift() moves every other element: loop over the array, or keep an index"
                )
            )
        elif method_of(node) == "splice" and args == ["0", "1"]:
            yield Match(
                suggest_at(
                    node, "pop_front", "splice(0, 1) moves every other element: loop over the array, or keep an index"
                )
            )
        parent = node.parent
        if (
            method_of(node) == "slice"
            and args == ["1"]
            and parent is not None
            and parent.kind == "assignment_expression"
        ):
            left = parent.child("left")
            if left is not None and left.text == target.text and code.kind(left) != "text":
                yield Match(
                    suggest_at(
                        node, "slice_in_loop", "Slicing the rest off copies the array in every round: loop over it"
                    )
                )


def _only_shrinks(loop: JsNode, target: JsNode) -> bool:
    """A queue that also grows in the loop is right to shift."""
    for call in loop.walk():
        if call.kind == "call_expression" and method_of(call) in {"push", "unshift"}:
            owner = callee(call)
            if owner is not None and owner.text == target.text:
                return False
    return True


def index_loop(code: JavaScriptCode) -> Iterator[Match]:
    """`for (let i = 0; i < rows.length; i++)` that only reads `rows[i]` is a for-of."""
    for loop in code.source.kinds("for_statement"):
        found = _counting(loop)
        if found is None:
            continue
        index, array = found
        uses = [use for use in code.references.get(index, ()) if loop.start <= use.start < loop.end]
        body = loop.child("body")
        inside = [use for use in uses if body is not None and body.start <= use.start < body.end]
        reads = [
            use.parent
            for use in inside
            if use.parent is not None
            and use.parent.kind == "subscript_expression"
            and use.field == "index"
            and (use.parent.child("object") or use).text == array
        ]
        if inside and len(reads) == len(inside):
            yield Match(
                suggest_at(loop, "range_len", "A for-of loop reads the elements without counting", "readability")
            )


def _counting(loop: JsNode) -> tuple[str, str] | None:
    start, test, step = loop.child("initializer"), loop.child("condition"), loop.child("increment")
    if start is None or test is None or step is None or step.kind != "update_expression" or not step.has("++"):
        return None
    words = test.text.rstrip(";").replace(" ", "").split("<")
    index = step.text.replace("++", "").strip()
    if (
        len(words) != 2
        or words[0] != index
        or not words[1].endswith(".length")
        or not start.text.replace(" ", "").endswith((f"{index}=0;", f"{index}=0"))
    ):
        return None
    return index, words[1].removesuffix(".length")
