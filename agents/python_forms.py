"""Python that never meets n8n's input, or meets it in the wrong form, as the nodes that it may be meant as."""

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.types import Mode
from tools.checks.python_mending import unused_imports
from tools.checks.python_source import has_top_level_return, parse_python
from tools.checks.text_edits import TextEdit, apply_edits, positions

__all__ = ["python_forms", "python_spreads"]

_ROWS = 'rows = [item["json"] for item in _items]\n'
_OF_ROWS = (
    _ROWS + 'return [{{"json": row}} for row in {f}(rows)]',
    _ROWS + 'return [{{"json": {f}(rows)}}]',
)
_OF_ROW = (
    'return [{{"json": {f}(item["json"])}} for item in _items]',
    'rows = ({f}(item["json"]) for item in _items)\nreturn [{{"json": row}} for row in rows if row is not None]',
    'return [{{"json": row}} for item in _items for row in {f}(item["json"])]',
)
_OF_ITEMS = ("return {f}(_items)", "return [{f}(item) for item in _items]")
_EACH_ITEM = (
    'return {{"json": {f}(_item["json"])}}',
    'return {{"json": {f}([_item["json"]])[0]}}',
    "return {f}(_item)",
)
_MANY = ("rows", "items", "data", "records", "entries", "list", "input", "array")


def python_forms(code: str, mode: Mode, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield nodes; `rows` are those of the example, to know its fields and data baked into the code."""
    tree = parse_python(code).tree
    for form in _forms(code, tree, mode, rows) if tree is not None and tree.body else ():
        made = parse_python(form).tree
        if made is not None:
            yield next((edit.code for edit in unused_imports(form, made)), form)


def _forms(code: str, tree: ast.Module, mode: Mode, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    if named := _named_lambdas(code, tree):
        yield from python_forms(named, mode, rows)
        return
    function = _function(tree)
    if function is not None:
        head = _kept(code, tree, function)
        for ending in _endings(function, mode):
            yield f"{head}\n\n\n{ending.format(f=function.name)}"
    if mode == "runOnceForAllItems":
        yield from _with_real_input(code, tree, rows)
        if function is None and not has_top_level_return(tree):
            yield from _returning_something(code, tree)
        yield from _over_rows(code, tree)
    yield from _through_json(code, tree, rows)
    yield from _numbers(code, tree)


def _numbers(code: str, tree: ast.Module) -> Iterator[str]:
    """`f"{x:.2f}"` is a text: as a number again, where one is wanted."""
    place = positions(code)
    edits = [
        TextEdit(*place(node), f"float({code[slice(*place(node))]})")
        for node in ast.walk(tree)
        if (isinstance(node, ast.JoinedStr) and len(node.values) == 1 and _is_decimal(node.values[0]))
        or (isinstance(node, ast.Call) and re.fullmatch(r"format|'\{:\.\d+f\}'\.format", ast.unparse(node.func)))
    ]
    if edits:
        yield apply_edits(code, edits)


def _is_decimal(part: ast.expr) -> bool:
    """Whether this is `{x:.2f}`."""
    spec = part.format_spec if isinstance(part, ast.FormattedValue) else None
    return spec is not None and ast.unparse(spec).rstrip("'\"").endswith("f")


def _named_lambdas(code: str, tree: ast.Module) -> str:
    """`transform = lambda rows: ...` as a function; empty when there is none."""
    place = positions(code)
    edits = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and len(node.targets) == 1:
            made = f"def {ast.unparse(node.targets[0])}({ast.unparse(node.value.args)}):\n"
            body = code[slice(*place(node.value.body))]
            edits.append(TextEdit(*place(node), made + textwrap.indent(f"return {body}", "    ")))
    return apply_edits(code, edits) if edits else ""


def _returning_something(code: str, tree: ast.Module) -> Iterator[str]:
    """A script that changes the items, or fills a list, and then ends."""
    filled = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and not node.value.elts
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    for name in [*filled[-1:], "_items"]:
        yield f"{code.rstrip()}\nreturn {name}"


def _function(tree: ast.Module) -> ast.FunctionDef | None:
    """The function that does the work: `transform`, or the last one of one argument that no other one calls."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and _takes_one(node)]
    called = {
        node.func.id
        for one in found
        for node in ast.walk(one)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != one.name
    }
    named = [one for one in found if one.name == "transform"]
    roots = [one for one in found if one.name not in called]
    return next(reversed(named or roots), None)


def _takes_one(function: ast.FunctionDef) -> bool:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = len(positional) - len(arguments.defaults)
    return bool(positional) and needed <= 1 and not any(value is None for value in arguments.kw_defaults)


def _endings(function: ast.FunctionDef, mode: Mode) -> Sequence[str]:
    if mode == "runOnceForEachItem":
        return _EACH_ITEM
    texts = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
    argument = [*function.args.posonlyargs, *function.args.args][0].arg.lower()
    plain = [*_OF_ROWS, *_OF_ROW] if argument.endswith(("s", *_MANY)) else [*_OF_ROW, *_OF_ROWS]
    return [*_OF_ITEMS, *plain] if "json" in texts else [*plain, *_OF_ITEMS]


def _kept(code: str, tree: ast.Module, function: ast.FunctionDef) -> str:
    """The function and what it needs: no example of its own, no print, no call."""
    needed, wanted = {function.name}, list[ast.stmt]([function])
    defined = {name: node for node in tree.body for name in _defines(node)}
    for one in wanted:
        for node in ast.walk(one):
            name = node.id if isinstance(node, ast.Name) else ""
            if name in defined and name not in needed:
                needed.add(name)
                wanted.append(defined[name])
    place = positions(code)
    kept = [node for node in tree.body if node in wanted]
    return "\n\n\n".join(code[slice(*_whole(node, place))] for node in kept)


def _whole(node: ast.stmt, place: Any) -> tuple[int, int]:
    start, end = place(node)
    decorators = getattr(node, "decorator_list", [])
    return (place(decorators[0])[0] - 1 if decorators else start), end


def _defines(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _with_real_input(code: str, tree: ast.Module, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A script over a copy of the example's rows reads the node's items instead, and returns what it printed."""
    place = positions(code)
    for node in tree.body:
        if isinstance(node, ast.Assign) and (form := _input_form(node.value, rows)):
            changed = apply_edits(code, [TextEdit(*place(node.value), form)])
            yield _returning(changed)


def _input_form(value: ast.expr, rows: Sequence[dict[str, Any]]) -> str:
    """How the node's input looks in the form of this literal; empty when it is no copy of the example."""
    if not isinstance(value, ast.List | ast.Dict):
        return ""
    try:
        data = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return ""
    listed = data if isinstance(data, list) else [data]
    if listed == [{"json": row} for row in rows]:
        return "_items" if isinstance(data, list) else "_items[0]"
    if listed == list(rows) and rows:
        return '[item["json"] for item in _items]' if isinstance(data, list) else '_items[0]["json"]'
    return ""


def _returning(code: str) -> str:
    """End in the value that was printed or computed last."""
    tree = parse_python(code).tree
    last = tree.body[-1] if tree else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and ast.unparse(last.value.func) == "print":
        shown: ast.expr | None = last.value.args[0] if last.value.args else None
        if isinstance(shown, ast.Call) and ast.unparse(shown.func) in {"json.dumps", "dumps"} and shown.args:
            shown = shown.args[0]
        if shown is not None:
            start, end = positions(code)(last)
            return f"{code[:start]}return {ast.unparse(shown)}{code[end:]}"
    if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
        return f"{code.rstrip()}\nreturn {last.targets[0].id}"
    return code


def _over_rows(code: str, tree: ast.Module) -> Iterator[str]:
    """The same code over plain rows, where it takes the items for them."""
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    place = positions(code)
    edits = [
        TextEdit(*place(node), "rows") for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "_items"
    ]
    if edits and "rows" not in taken:
        yield _ROWS + apply_edits(code, edits)


def _through_json(code: str, tree: ast.Module, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """`item["price"]` as `item["json"]["price"]`, and `item.get("price")` likewise: for the fields of the example."""
    fields = {name for row in rows for name in row}
    place = positions(code)
    edits = [
        TextEdit(place(node)[1], place(node)[1], '["json"]')
        for node in (_owner(one, fields) for one in ast.walk(tree))
        if node is not None
    ]
    if edits:
        yield apply_edits(code, edits)


def _owner(node: ast.AST, fields: set[str]) -> ast.Name | None:
    """The name that a field of the example is read from directly."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice
        return node.value if isinstance(key, ast.Constant) and key.value in fields else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        key, owner = node.args[0], node.func.value
        known = isinstance(key, ast.Constant) and key.value in fields
        return owner if known and isinstance(owner, ast.Name) else None
    return None


def python_spreads(code: str) -> Iterator[str]:
    """Yield the code with each dict that copies fields of a row one by one made a copy of the whole row."""
    tree = parse_python(code).tree
    place = positions(code)
    edits = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Dict) and (copied := _copied(node)):
            owner = next(iter(copied.values()))
            others = [
                code[place(key)[0] : place(value)[1]]
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None and key not in copied
            ]
            text = "{" + ", ".join([f"**{ast.unparse(owner)}", *others]) + "}"
            edits.append(TextEdit(*place(node), text))
    for edit in edits:
        yield apply_edits(code, [edit])


def _copied(node: ast.Dict) -> dict[ast.expr, ast.expr]:
    """The keys whose values are the same field of one row, with the row; empty when the dict spreads already."""
    found: dict[ast.expr, ast.expr] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        owner = _field_of(value, key)
        if owner is not None and key is not None:
            found[key] = owner
    return found if None not in node.keys and len({ast.dump(one) for one in found.values()}) == 1 else {}


def _field_of(value: ast.expr, key: ast.expr | None) -> ast.expr | None:
    if not isinstance(key, ast.Constant):
        return None
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant) and value.slice.value == key.value:
        return value.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "get":
        asked = value.args[0] if value.args else None
        return value.func.value if isinstance(asked, ast.Constant) and asked.value == key.value else None
    return None
