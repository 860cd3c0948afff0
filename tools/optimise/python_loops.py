"""Rules about Python loops that build something: texts, lists, counters, from the front and from the back."""

import ast
from collections.abc import Iterator

from tools.checks.text_edits import TextEdit
from tools.optimise.match import Gain, Match
from tools.optimise.python_code import Loop, PythonCode, is_name, names_in, suggest_at

__all__ = ["append_loop", "insert_front", "list_concat", "range_len", "shrinking_list", "string_building"]


def string_building(code: PythonCode) -> Iterator[Match]:
    """`text += piece` in a loop copies the text again and again: join the pieces."""
    for loop in code.loops():
        for node in ast.walk(loop):
            grown = _grown_text(code, node)
            if grown is None or code.enclosing_loop(node) is not loop:
                continue
            name, piece, at_front = grown
            if _begins_anew(code, loop, name):
                continue
            near = loop if node.lineno - loop.lineno <= 2 else node  # type: ignore[attr-defined]
            message = f"Consider using list and join() for string concatenation: `{name}` is copied in every round"
            edits = _joined(code, loop, node, name, piece, at_front) if isinstance(loop, ast.For) else ()
            yield Match(suggest_at("string_building", near, message), edits)


def _begins_anew(code: PythonCode, loop: Loop, name: str) -> bool:
    """Whether the loop also sets the text to something else: then it is no plain join."""
    stores = [use for use in code.uses(name, loop) if isinstance(use.ctx, ast.Store)]
    plain = [
        p for use in stores if isinstance(p := code.parents.get(use), ast.Assign) and name not in names_in(p.value)
    ]
    return bool(plain)


def _grown_text(code: PythonCode, node: ast.AST) -> tuple[str, ast.expr, bool] | None:
    """The name that grows, the piece, and whether it grows at the front."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        return (node.target.id, node.value, False) if _is_text(code, node.target.id, node.value) else None
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        return None
    name, value = node.targets[0].id, node.value
    if isinstance(value, ast.JoinedStr) and len(value.values) > 1:
        return _grown_format(name, value)
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return None
    terms = _terms(value)
    if is_name(terms[0], name) and _is_text(code, name, value):
        return name, _sum(terms[1:]), False
    if is_name(terms[-1], name) and _is_text(code, name, value):
        return name, _sum(terms[:-1]), True
    return None


def _grown_format(name: str, value: ast.JoinedStr) -> tuple[str, ast.expr, bool] | None:
    first, last = value.values[0], value.values[-1]
    if isinstance(first, ast.FormattedValue) and is_name(first.value, name):
        return name, ast.JoinedStr(value.values[1:]), False
    if isinstance(last, ast.FormattedValue) and is_name(last.value, name):
        return name, ast.JoinedStr(value.values[:-1]), True
    return None


def _terms(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), node.right]
    return [node]


def _sum(terms: list[ast.expr]) -> ast.expr:
    total = terms[0]
    for term in terms[1:]:
        total = ast.BinOp(total, ast.Add(), term)
    return total


def _is_text(code: PythonCode, name: str, value: ast.expr) -> bool:
    """Whether the name holds text: it began as text, or text is added to it and it began as nothing else."""
    kinds = {code.kind(one) for one in code.assigned(name) if one is not None and name not in names_in(one)}
    if kinds:
        return kinds == {"str"}
    return any(code.kind(term) == "str" for term in _terms(value))


def _joined(
    code: PythonCode, loop: ast.For, node: ast.AST, name: str, piece: ast.expr, at_front: bool
) -> tuple[TextEdit, ...]:
    """`name = ""` and a loop with only this statement (perhaps under one `if`) become one join."""
    start = code.before(loop)
    if not _starts_empty(start, name) or name in names_in(piece) | names_in(loop.iter) or loop.orelse:
        return ()
    clauses = _single(loop, node)
    if clauses is None or any(name in names_in(test) for test in clauses):
        return ()
    assert isinstance(start, ast.Assign)
    iterable = ast.unparse(loop.iter)
    if at_front:
        iterable = f"reversed({iterable})" if _is_sequence(code, loop.iter) else f"reversed(list({iterable}))"
    tests = "".join(f" if {ast.unparse(test)}" for test in clauses)
    added = ast.unparse(ast.fix_missing_locations(piece))
    text = f"{name} = ''.join({added} for {ast.unparse(loop.target)} in {iterable}{tests})"
    return (code.replace_statements([start, loop], text),)


def _is_sequence(code: PythonCode, node: ast.expr) -> bool:
    is_range = isinstance(node, ast.Call) and is_name(node.func, "range")
    return is_range or is_name(node, "items") or is_name(node, "_items") or code.kind(node) in {"list", "tuple", "str"}


def _starts_empty(statement: ast.stmt | None, name: str) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not is_name(statement.targets[0], name):
        return False
    value = statement.value
    return (isinstance(value, ast.Constant) and value.value == "") or (isinstance(value, ast.List) and not value.elts)


def _single(loop: ast.For, node: ast.AST) -> list[ast.expr] | None:
    """The conditions around a statement that is all a loop does; None when it does more."""
    tests: list[ast.expr] = []
    body = loop.body
    while len(body) == 1:
        if body[0] is node:
            return tests
        if not isinstance(body[0], ast.If) or body[0].orelse:
            return None
        tests.append(body[0].test)
        body = body[0].body
    return None


def append_loop(code: PythonCode) -> Iterator[Match]:
    """A loop that only appends is a comprehension."""
    for loop in code.loops():
        if not isinstance(loop, ast.For) or loop.orelse:
            continue
        for node in ast.walk(loop):
            if not isinstance(node, ast.Expr) or (tests := _single(loop, node)) is None:
                continue
            appended = _appended(node)
            start = code.before(loop)
            if appended is None or not _starts_empty(start, appended[0]):
                continue
            name, value = appended
            if any(name in names_in(part) for part in (value, loop.iter, *tests)) or any(
                isinstance(n, ast.Await | ast.Yield) for n in ast.walk(loop)
            ):
                continue
            clauses = "".join(f" if {ast.unparse(test)}" for test in tests)
            text = (
                f"{name} = [{ast.unparse(value)} for {ast.unparse(loop.target)} in {ast.unparse(loop.iter)}{clauses}]"
            )
            yield Match(
                suggest_at(
                    "append_loop", node, f"A list comprehension says in one line what `{name}` holds", "readability"
                ),
                (code.replace_statements([start, loop], text),) if start is not None and not _leaks(code, loop) else (),
            )


def _appended(node: ast.Expr) -> tuple[str, ast.expr] | None:
    call = node.value
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Attribute)
        or call.func.attr != "append"
        or len(call.args) != 1
    ):
        return None
    owner = call.func.value
    return (owner.id, call.args[0]) if isinstance(owner, ast.Name) else None


def _leaks(code: PythonCode, loop: ast.For) -> bool:
    """Whether a variable of the loop is read after it, or closed over."""
    inside = {id(node) for node in ast.walk(loop)}
    targets = names_in(loop.target)
    return any(
        id(use) not in inside and isinstance(use.ctx, ast.Load) and use.lineno > loop.lineno
        for name in targets
        for use in code.uses(name)
    )


def list_concat(code: PythonCode) -> Iterator[Match]:
    """`rows = rows + [row]` copies the list in every round; `rows += [row]` builds a list for one append."""
    for loop in code.loops():
        for node in ast.walk(loop):
            name, added = _extended(node)
            if added is None or not isinstance(node, ast.stmt) or code.enclosing_loop(node) is not loop:
                continue
            if not isinstance(added, ast.List | ast.ListComp) and not _starts_as_list(code, name):
                continue
            single = isinstance(added, ast.List) and len(added.elts) == 1 and not isinstance(added.elts[0], ast.Starred)
            if isinstance(node, ast.AugAssign) and not single:
                continue
            call = (
                f"append({code.text(added.elts[0])})"
                if single and isinstance(added, ast.List)
                else f"extend({code.text(added)})"
            )
            gain: Gain = "readability" if isinstance(node, ast.AugAssign) else "speed"
            message = f"`{name}.{call.split('(', 1)[0]}(...)` does not build another list in every round"
            edits = (code.replace(node, f"{name}.{call}"),) if code.kind(ast.Name(name)) == "list" else ()
            yield Match(suggest_at("list_concat_in_loop", node, message, gain), edits)


def _starts_as_list(code: PythonCode, name: str) -> bool:
    return any(isinstance(value, ast.List) for value in code.assigned(name))


def _extended(node: ast.AST) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        return node.target.id, node.value if isinstance(node.value, ast.List) else None
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        name, value = node.targets[0].id, node.value
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and is_name(value.left, name):
            return name, value.right
    return "", None


def insert_front(code: PythonCode) -> Iterator[Match]:
    """Inserting at the front moves every element: append, and reverse once."""
    for loop in code.loops():
        for node in ast.walk(loop):
            name = _front_insert(node)
            if name is None or code.enclosing_loop(node) is not loop:
                continue
            message = f"Appending to `{name}` and reversing it once does not move every element in every round"
            yield Match(suggest_at("insert_front", node, message), _reversed_after(code, loop, node, name))


def _front_insert(node: ast.AST) -> str | None:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "insert"
        and len(node.args) == 2
    ):
        zero, owner = node.args[0], node.func.value
        if isinstance(zero, ast.Constant) and zero.value == 0 and isinstance(owner, ast.Name):
            return owner.id
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        name, value = node.targets[0].id, node.value
        if (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and isinstance(value.left, ast.List)
            and is_name(value.right, name)
        ):
            return name
    return None


def _reversed_after(code: PythonCode, loop: Loop, node: ast.AST, name: str) -> tuple[TextEdit, ...]:
    start = code.before(loop)
    if (
        not _starts_empty(start, name)
        or len(code.uses(name, loop)) != 1
        or not isinstance(node, ast.Call)
        or code.enclosing_loop(loop)
    ):
        return ()
    end = code.replace_statements([loop], "").end
    indent = code.code[code.insert_before(loop, "").start : code.span(loop)[0]]
    return (
        code.replace(node, f"{name}.append({code.text(node.args[1])})"),
        TextEdit(end, end, f"\n{indent}{name}.reverse()"),
    )


def range_len(code: PythonCode) -> Iterator[Match]:
    """`for i in range(len(rows))` that only reads `rows[i]` is a loop over the rows."""
    for loop in code.loops():
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        sequence = _range_len(loop.iter)
        if sequence is None:
            continue
        index = loop.target.id
        reads = [
            n
            for n in ast.walk(loop)
            if isinstance(n, ast.Subscript) and is_name(n.slice, index) and ast.dump(n.value) == ast.dump(sequence)
        ]
        if not reads:
            continue
        only = len(reads) == sum(1 for use in code.uses(index, loop) if isinstance(use.ctx, ast.Load))
        advice = "Loop over the elements themselves" if only else "enumerate() gives the index and the element"
        yield Match(suggest_at("range_len", loop, advice, "readability"), _direct(code, loop, sequence, reads, only))


def _range_len(node: ast.expr) -> ast.expr | None:
    if not isinstance(node, ast.Call) or not is_name(node.func, "range") or len(node.args) != 1:
        return None
    inner = node.args[0]
    if (
        isinstance(inner, ast.Call)
        and is_name(inner.func, "len")
        and len(inner.args) == 1
        and isinstance(inner.args[0], ast.Name)
    ):
        return inner.args[0]
    return None


def _direct(
    code: PythonCode, loop: ast.For, sequence: ast.expr, reads: list[ast.Subscript], only: bool
) -> tuple[TextEdit, ...]:
    assert isinstance(sequence, ast.Name)
    assert isinstance(loop.target, ast.Name)
    stored = any(not isinstance(read.ctx, ast.Load) for read in reads)
    if (
        stored
        or code.changes(sequence.id, loop)
        or _leaks(code, loop)
        or len(code.uses(loop.target.id)) != len(code.uses(loop.target.id, loop))
    ):
        return ()
    taken = {node.id for node in code.nodes if isinstance(node, ast.Name)}
    element = next(
        name
        for name in (sequence.id.strip("_").removesuffix("s") or "element", "element", "entry", "one_element")
        if name not in taken | {sequence.id}
    )
    head = element if only else f"{loop.target.id}, {element}"
    iterable = sequence.id if only else f"enumerate({sequence.id})"
    return (
        code.replace(loop.target, head),
        code.replace(loop.iter, iterable),
        *(code.replace(read, element) for read in reads),
    )


def shrinking_list(code: PythonCode) -> Iterator[Match]:
    """Taking elements off the front of a list copies or moves all the others."""
    for loop in code.loops():
        for node in ast.walk(loop):
            if code.enclosing_loop(node) is not loop:
                continue
            if isinstance(node, ast.Assign) and _drops_first(node):
                message = "Slicing the rest off copies the list in every round: loop over it"
                yield Match(suggest_at("slice_in_loop", node, message), _walked(code, loop, node))
            elif isinstance(node, ast.Call) and isinstance(loop, ast.For) and _sums_prefix(node, loop):
                message = "Adding up the first elements anew in every round: keep a running total"
                yield Match(suggest_at("slice_in_loop", node, message))
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "pop"
                and len(node.args) == 1
            ):
                zero = node.args[0]
                if isinstance(zero, ast.Constant) and zero.value == 0 and code.kind(node.func.value) in {"list", "?"}:
                    yield Match(
                        suggest_at(
                            "pop_front", node, "pop(0) moves every other element: loop over the list, or use a deque"
                        )
                    )


def _sums_prefix(call: ast.Call, loop: ast.For) -> bool:
    """Whether this is `sum(values[:i + 1])` with the loop's own `i`."""
    part = call.args[0] if call.args else None
    if not is_name(call.func, "sum") or not isinstance(part, ast.Subscript) or not isinstance(part.slice, ast.Slice):
        return False
    upper = part.slice.upper
    own = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    return upper is not None and any(isinstance(node, ast.Name) and node.id in own for node in ast.walk(upper))


def _drops_first(node: ast.Assign) -> bool:
    value, target = node.value, node.targets[0]
    if (
        not isinstance(value, ast.Subscript)
        or not isinstance(value.slice, ast.Slice)
        or not isinstance(target, ast.Name)
    ):
        return False
    lower = value.slice.lower
    return (
        is_name(value.value, target.id)
        and isinstance(lower, ast.Constant)
        and lower.value == 1
        and value.slice.upper is None
    )


def _walked(code: PythonCode, loop: Loop, node: ast.Assign) -> tuple[TextEdit, ...]:
    """`while rest: ... rest[0] ... rest = rest[1:]` with the slice last becomes a for loop."""
    target = node.targets[0]
    if not isinstance(loop, ast.While) or loop.orelse or not isinstance(target, ast.Name) or loop.body[-1] is not node:
        return ()
    name = target.id
    reads = [
        n
        for n in ast.walk(loop)
        if isinstance(n, ast.Subscript)
        and is_name(n.value, name)
        and isinstance(n.slice, ast.Constant)
        and n.slice.value == 0
    ]
    inside = code.uses(name, loop)
    after = [use for use in code.uses(name) if use.lineno > (loop.end_lineno or 0)]
    jumps = any(isinstance(n, ast.Break | ast.Continue | ast.Return) for n in ast.walk(loop))
    if (
        not _asks_for_rest(loop.test, name)
        or len(inside) != len(reads) + 3
        or after
        or jumps
        or code.enclosing_loop(loop) is not None
    ):
        return ()
    head = code.span(loop)[0]
    colon = code.span(loop.body[0])[0]
    line_end = code.code.rfind(":", head, colon)
    return (
        TextEdit(head, line_end, f"for first in {name}"),
        *(code.replace(read, "first") for read in reads),
        code.remove(node),
    )


def _asks_for_rest(test: ast.expr, name: str) -> bool:
    texts = {name, f"len({name}) > 0", f"len({name}) != 0", f"len({name})", f"{name} != []", f"len({name}) >= 1"}
    return ast.unparse(test) in texts
