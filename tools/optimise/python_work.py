"""Rules about Python work that is done again and again, or for nothing."""

import ast
from collections.abc import Iterator

from tools.checks.text_edits import TextEdit
from tools.optimise.match import Match
from tools.optimise.python_code import MUTATORS, Loop, PythonCode, is_name, names_in, suggest_at

__all__ = [
    "bare_except",
    "json_deepcopy",
    "loop_invariant",
    "missing_memo",
    "mutable_default",
    "none_comparison",
    "sort_for_min",
    "unused_import",
]

_HEAVY = frozenset({"sorted", "sum", "max", "min", "set", "list", "dict", "tuple", "frozenset"})
_HEAVY_PATHS = frozenset(
    {"json.loads", "json.dumps", "re.compile", "datetime.strptime", "datetime.fromisoformat", "copy.deepcopy"}
)
_HEAVY_METHODS = frozenset({"split", "splitlines", "keys", "values", "strptime", "fromisoformat"})
_SCALARS = frozenset({"sum", "dumps", "compile", "strptime", "fromisoformat", "tuple", "frozenset"})
_READERS = frozenset(
    {
        "len",
        "sum",
        "max",
        "min",
        "any",
        "all",
        "set",
        "sorted",
        "enumerate",
        "zip",
        "str",
        "round",
        "list",
        "dict",
        "tuple",
        "reversed",
        "map",
        "filter",
    }
)
_IMPURE = frozenset({"print", "next", "input", "open", "random", "id", "iter"})


def loop_invariant(code: PythonCode) -> Iterator[Match]:
    """A call inside a loop that gives the same in every round belongs before the loop."""
    for node in code.nodes:
        if not isinstance(node, ast.Call) or not _is_heavy(node):
            continue
        loop = code.enclosing_loop(node)
        if loop is None or _nested_in_heavy(code, node, loop) or not _is_constant(code, node, loop):
            continue
        if not _is_only_read(code, node, loop):
            continue
        path = ast.unparse(node.func)
        message = f"`{path}(...)` gives the same in every round: do it once before the loop"
        kind = "sort_in_loop" if path == "sorted" else "loop_invariant"
        yield Match(suggest_at(kind, node, message), _hoisted(code, node, loop))


def _is_heavy(node: ast.Call) -> bool:
    path = ast.unparse(node.func)
    if path in _HEAVY:
        return bool(node.args) and not _is_small(node.args[0])
    short = ".".join(path.split(".")[-2:])
    if path in _HEAVY_PATHS or short in _HEAVY_PATHS or path in {"compile", "loads"}:
        return True
    is_method = isinstance(node.func, ast.Attribute) and node.func.attr in _HEAVY_METHODS - {"keys", "values"}
    return is_method and not (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant))


def _is_only_read(code: PythonCode, node: ast.Call, loop: Loop | ast.comprehension) -> bool:
    """Whether a list or dict that the call makes is not kept: one shared by all rounds would be another program."""
    if ast.unparse(node.func).rsplit(".", 1)[-1] in _SCALARS:
        return True
    parent = code.parents.get(node)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0].id
        reads = [use for use in code.uses(name) if isinstance(use.ctx, ast.Load)]
        return (
            not isinstance(loop, ast.comprehension)
            and not _changes_after(code, name, loop)
            and all(_is_read(code, use) for use in reads)
        )
    return _is_read(code, node)


def _changes_after(code: PythonCode, name: str, loop: Loop) -> bool:
    stores = [use for use in code.uses(name, loop) if isinstance(use.ctx, ast.Store)]
    if len(stores) != 1:
        return True
    return any(
        isinstance(parent := code.parents.get(use), ast.Attribute) and parent.attr in MUTATORS
        for use in code.uses(name, loop)
    )


def _is_read(code: PythonCode, node: ast.expr) -> bool:
    parent = code.parents.get(node)
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in _READERS
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is node
    return isinstance(
        parent,
        ast.Attribute
        | ast.Compare
        | ast.BinOp
        | ast.FormattedValue
        | ast.Starred
        | ast.UnaryOp
        | ast.BoolOp
        | ast.If
        | ast.IfExp,
    )


def _is_small(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Tuple) or (isinstance(node, ast.List) and len(node.elts) < 5)


def _nested_in_heavy(code: PythonCode, node: ast.Call, loop: Loop | ast.comprehension) -> bool:
    """Whether a bigger part of the same expression is reported instead."""
    current = code.parents.get(node)
    while current is not None and current is not loop and not isinstance(current, ast.stmt):
        if isinstance(current, ast.Call) and _is_heavy(current) and _is_constant(code, current, loop):
            return True
        current = code.parents.get(current)
    return False


def _is_constant(code: PythonCode, node: ast.Call, loop: Loop | ast.comprehension) -> bool:
    body: ast.AST | None = loop
    if isinstance(loop, ast.comprehension):
        body = code.parents.get(loop)
    if body is None:
        return False
    bound = {n.id for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    inner = {
        n.id
        for part in ast.walk(node)
        if isinstance(part, ast.comprehension)
        for n in ast.walk(part.target)
        if isinstance(n, ast.Name)
    }
    if used & _IMPURE or (used - inner) & bound:
        return False
    arguments = {a.arg for part in ast.walk(node) if isinstance(part, ast.Lambda) for a in part.args.args}
    parameters = {a.arg for part in ast.walk(body) if isinstance(part, ast.Lambda) for a in part.args.args}
    if (used - arguments) & parameters:
        return False
    return not any(code.changes(name, body) for name in used - inner - arguments)


def _hoisted(code: PythonCode, node: ast.Call, loop: Loop | ast.comprehension) -> tuple[TextEdit, ...]:
    outer: ast.AST | None = loop
    while outer is not None and not isinstance(outer, ast.stmt):
        outer = code.parents.get(outer)
    parent = code.parents.get(node)
    if outer is None or isinstance(outer, ast.While):
        return ()
    if (
        isinstance(parent, ast.Assign)
        and len(parent.targets) == 1
        and isinstance(parent.targets[0], ast.Name)
        and isinstance(loop, ast.For)
    ):
        name = parent.targets[0].id
        stores = [use for use in code.uses(name) if isinstance(use.ctx, ast.Store)]
        mutated = any(
            isinstance(p := code.parents.get(use), ast.Attribute) and p.attr in MUTATORS
            for use in code.uses(name, loop)
        )
        written = any(
            isinstance(p := code.parents.get(use), ast.Subscript) and not isinstance(p.ctx, ast.Load)
            for use in code.uses(name, loop)
        )
        if len(stores) != 1 or mutated or written or parent not in loop.body or len(loop.body) == 1:
            return ()
        return (code.insert_before(loop, code.text(parent)), code.remove(parent))
    name = "once_" + ast.unparse(node.func).rsplit(".", 1)[-1].strip("_")
    if any(is_name(n, name) for n in code.nodes) or "\n" in code.text(node):
        return ()
    return (code.insert_before(outer, f"{name} = {code.text(node)}"), code.replace(node, name))


def sort_for_min(code: PythonCode) -> Iterator[Match]:
    """Sorting everything to take the first or last element: min and max look once."""
    for node in code.nodes:
        if (
            not isinstance(node, ast.Subscript)
            or not isinstance(node.ctx, ast.Load)
            or (end := _end(node.slice)) is None
        ):
            continue
        call = node.value
        if isinstance(call, ast.Name):
            yield from _named_sort(code, node, call, end)
        elif isinstance(call, ast.Call) and is_name(call.func, "sorted"):
            yield Match(
                suggest_at("sort_for_min", node, f"{_chosen(call, end) or 'min'}() finds it without sorting"),
                _minimum(code, node, call, end),
            )


def _end(index: ast.expr) -> int | None:
    if isinstance(index, ast.Constant) and index.value == 0:
        return 0
    is_last = (
        isinstance(index, ast.UnaryOp)
        and isinstance(index.op, ast.USub)
        and isinstance(index.operand, ast.Constant)
        and index.operand.value == 1
    )
    return -1 if is_last else None


def _named_sort(code: PythonCode, node: ast.Subscript, name: ast.Name, end: int) -> Iterator[Match]:
    """`ordered = sorted(rows)` whose only use is `ordered[0]`; `rows.sort()` before `rows[0]`."""
    values = code.assigned(name.id)
    loads = [use for use in code.uses(name.id) if isinstance(use.ctx, ast.Load)]
    call = values[0] if len(values) == 1 else None
    if (
        isinstance(call, ast.Call)
        and is_name(call.func, "sorted")
        and all(isinstance(code.parents.get(use), ast.Subscript) for use in loads)
    ):
        assignment = code.parents.get(call)
        if len(loads) != 1 or not isinstance(assignment, ast.Assign):
            if all(_end(p.slice) is not None for use in loads if isinstance(p := code.parents.get(use), ast.Subscript)):
                yield Match(suggest_at("sort_for_min", call, "min() and max() find the ends without sorting"))
            return
        edits = _minimum(code, node, call, end)
        yield Match(
            suggest_at("sort_for_min", call, f"{_chosen(call, end) or 'min'}() finds it without sorting"),
            (*edits, code.remove(assignment)) if edits else (),
        )
        return
    sorts = [use for use in loads if isinstance(p := code.parents.get(use), ast.Attribute) and p.attr == "sort"]
    if (
        sorts
        and len(loads) <= 3
        and all(
            use in sorts or (isinstance(p := code.parents.get(use), ast.Subscript) and _end(p.slice) is not None)
            for use in loads
        )
    ):
        yield Match(suggest_at("sort_for_min", sorts[0], "min() and max() find the ends without sorting"))


def _chosen(call: ast.Call, end: int) -> str | None:
    reverse = next((keyword.value for keyword in call.keywords if keyword.arg == "reverse"), None)
    if reverse is not None and not isinstance(reverse, ast.Constant):
        return None
    largest = bool(reverse.value) if isinstance(reverse, ast.Constant) else False
    return "max" if largest == (end == 0) else "min"


def _minimum(code: PythonCode, node: ast.Subscript, call: ast.Call, end: int) -> tuple[TextEdit, ...]:
    chosen = _chosen(call, end)
    if chosen is None or end == -1 or len(call.args) != 1:
        return ()  # the last of equal ones is another element than min and max give
    key = next((f", key={code.text(keyword.value)}" for keyword in call.keywords if keyword.arg == "key"), "")
    return (code.replace(node, f"{chosen}({code.text(call.args[0])}{key})"),)


def json_deepcopy(code: PythonCode) -> Iterator[Match]:
    """`json.loads(json.dumps(x))` writes and reads text to copy."""
    for node in code.nodes:
        if isinstance(node, ast.Call) and _path_end(node) == "loads" and len(node.args) == 1:
            inner = node.args[0]
            if (
                isinstance(inner, ast.Call)
                and _path_end(inner) == "dumps"
                and len(inner.args) == 1
                and not inner.keywords
            ):
                yield Match(
                    suggest_at(
                        "json_deepcopy",
                        node,
                        "A copy through JSON is slow: {**row} copies one level, copy.deepcopy all",
                    ),
                    _shallow(code, node, inner.args[0]),
                )


def _path_end(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )


def _shallow(code: PythonCode, node: ast.Call, value: ast.expr) -> tuple[TextEdit, ...]:
    """One level is enough when the copy only gets new top-level values."""
    parent = code.parents.get(node)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return ()
    name = parent.targets[0].id
    for use in code.uses(name):
        above = code.parents.get(use)
        if isinstance(above, ast.Subscript) and isinstance(
            code.parents.get(above), ast.Subscript | ast.Attribute | ast.AugAssign
        ):
            return ()
        if isinstance(above, ast.Attribute) and above.attr not in {"pop", "get", "update"}:
            return ()
    return (code.replace(node, f"{{**{code.text(value)}}}"),)


def missing_memo(code: PythonCode) -> Iterator[Match]:
    """A function that calls itself twice with smaller arguments computes the same values again and again."""
    for node in code.nodes:
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or not node.args.args:
            continue
        calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and is_name(n.func, node.name)]
        parameters = {argument.arg for argument in node.args.args}
        shrinking = [
            c
            for c in calls
            if any(
                isinstance(a, ast.BinOp)
                and isinstance(a.op, ast.Sub | ast.FloorDiv | ast.Add)
                and names_in(a) & parameters
                for a in c.args
            )
        ]
        remembers = any(isinstance(n, ast.Compare) and isinstance(n.ops[0], ast.In | ast.NotIn) for n in ast.walk(node))
        if len(shrinking) < 2 or remembers:
            continue
        line = next(
            (n for n in ast.walk(node) if isinstance(n, ast.Return) and any(c in list(ast.walk(n)) for c in shrinking)),
            shrinking[0],
        )
        message = f"`{node.name}` computes the same values again and again: remember them in a dict"
        yield Match(suggest_at("missing_memo", line, message), _remembered(code, node))


def _remembered(code: PythonCode, node: ast.FunctionDef) -> tuple[TextEdit, ...]:
    """The function under another name, and one of its own name that remembers."""
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs or arguments.defaults:
        return ()
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    outside = {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} & used
    local = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | {
        a.arg for a in arguments.args
    }
    if outside - local or any(isinstance(n, ast.Call) and is_name(n.func, "print") for n in ast.walk(node)):
        return ()
    names = [argument.arg for argument in arguments.args]
    key = names[0] if len(names) == 1 else f"({', '.join(names)})"
    memo, plain = f"{node.name}_memo", f"{node.name}_once"
    given = ", ".join(names)
    wrapper = (
        f"def {node.name}({given}):\n    if {key} not in {memo}:\n        {memo}[{key}] = {plain}({given})\n"
        f"    return {memo}[{key}]"
    )
    start = code.span(node)[0] + len("def ")
    end = code.replace_statements([node], "").end
    return (
        code.insert_before(node, f"{memo} = {{}}\n"),
        TextEdit(start, start + len(node.name), plain),
        TextEdit(end, end, f"\n{wrapper}"),
    )


def unused_import(code: PythonCode) -> Iterator[Match]:
    """An import that nothing reads costs time, and n8n refuses it."""
    read = {n.id for n in code.nodes if isinstance(n, ast.Name)}
    for node in code.nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ):
            continue
        unused = [
            alias
            for alias in node.names
            if (alias.asname or alias.name.split(".")[0]) not in read and alias.name != "*"
        ]
        if not unused:
            continue
        kept = [alias for alias in node.names if alias not in unused]
        edit = code.remove(node) if not kept else code.replace(node, ast.unparse(_with_names(node, kept)))
        alone = not kept and len(code.block(node)) == 1
        yield Match(
            suggest_at("unused_import", node, f"`{unused[0].name}` is never used", "readability"),
            () if alone else (edit,),
        )


def _with_names(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)


def bare_except(code: PythonCode) -> Iterator[Match]:
    """`except:` also catches what must not be caught, such as a time-out."""
    for node in code.nodes:
        if isinstance(node, ast.ExceptHandler) and (node.type is None or is_name(node.type, "BaseException")):
            message = "Name the errors you expect: a bare except also hides mistakes and time-outs"
            start = code.span(node)[0]
            edit = (
                TextEdit(start, start + len("except"), "except Exception")
                if node.type is None
                else code.replace(node.type, "Exception")
            )
            yield Match(suggest_at("bare_except", node, message, "readability"), (edit,))
        elif (
            isinstance(node, ast.ExceptHandler)
            and is_name(node.type, "Exception")
            and all(isinstance(s, ast.Pass) for s in node.body)
        ):
            yield Match(
                suggest_at(
                    "broad_except",
                    node,
                    "An error of any kind disappears here: name the errors you expect",
                    "readability",
                )
            )


def none_comparison(code: PythonCode) -> Iterator[Match]:
    """`== None` asks the object; `is None` asks."""
    for node in code.nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            right = node.comparators[0]
            if isinstance(right, ast.Constant) and right.value is None:
                word = "is" if isinstance(node.ops[0], ast.Eq) else "is not"
                yield Match(
                    suggest_at("none_comparison", node, f"Write `{word} None`", "readability"),
                    (code.replace(node, f"{code.text(node.left)} {word} None"),),
                )


def mutable_default(code: PythonCode) -> Iterator[Match]:
    """A list or dict as a default is shared by all calls."""
    for node in code.nodes:
        if isinstance(node, ast.FunctionDef):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if isinstance(default, ast.List | ast.Dict | ast.Set):
                    yield Match(
                        suggest_at(
                            "mutable_default",
                            default,
                            "This default is shared by all calls: use None and make it inside",
                            "readability",
                        )
                    )
