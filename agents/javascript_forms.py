"""JavaScript that never meets n8n's input, or meets it in the wrong form, as the nodes that it may be meant as."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.types import Mode
from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource, parse_javascript

__all__ = ["javascript_forms", "javascript_spreads"]

_ROWS = "const {rows} = $input.all().map((item) => item.json);\n"
_OF_ROWS = (
    _ROWS + "return {f}({rows}).map((json) => ({{ json }}));",
    _ROWS + "return [{{ json: {f}({rows}) }}];",
)
_OF_ROW = (
    "return $input.all().map((item) => ({{ json: {f}(item.json) }}));",
    "return $input.all().map((item) => {f}(item.json)).filter((row) => row).map((json) => ({{ json }}));",
    "return $input.all().flatMap((item) => {f}(item.json)).map((json) => ({{ json }}));",
)
_OF_ITEMS = ("return {f}($input.all());", "return $input.all().map((item) => {f}(item));")
_EACH_ITEM = (
    "return {{ json: {f}($input.item.json) }};",
    "return {{ json: {f}([$input.item.json])[0] }};",
    "return {f}($input.item);",
)
_MANY = ("rows", "items", "data", "records", "entries", "list", "input", "array")
_EXPORT = re.compile(r"^[ \t]*export[ \t]+(?:default[ \t]+)?(?=(?:async[ \t]+)?function\b|const\b|let\b)", re.MULTILINE)
_UNDECLARED = re.compile(r"^(\w+) = (?=(?:async )?(?:\([^()\n]*\)|\w+) =>|function\b)", re.MULTILINE)
_HALF = re.compile(r"^(\w+)(\(\w+\)) =>", re.MULTILINE)
"""Half a declaration, half an arrow: `transform(rows) => {`."""
_KEY = re.compile(r"([{,]\s*)([A-Za-z_$][\w$]*)\s*:")
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_TRAILING = re.compile(r",(\s*[}\]])")


def javascript_forms(code: str, mode: Mode, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield nodes; `rows` are those of the example, to know its fields and data baked into the code."""
    code = _UNDECLARED.sub(r"const \1 =", _HALF.sub(r"const \1 = \2 =>", _EXPORT.sub("", code)))
    source = parse_javascript(code)
    if source.has_error:
        return
    functions = _functions(source)
    if function := _main(functions):
        head, argument = _kept(source, functions[function]), _argument(functions[function])
        names = {
            "f": function,
            "rows": "rows" if not re.search(r"^(const|let|var) rows\b", head, re.MULTILINE) else "inputRows",
        }
        for ending in _endings(functions[function].text, argument, mode):
            yield f"{head}\n\n{ending.format(**names)}"
    if mode == "runOnceForAllItems":
        yield from _with_real_input(source, rows)
        yield from _over_rows(source)
    yield from _through_json(source, rows)
    yield from _numbers(source)


def _numbers(source: JsSource) -> Iterator[str]:
    """`x.toFixed(2)` is a text: as a number again, where one is wanted."""
    calls = [
        node
        for node in source.kinds("call_expression")
        if (function := node.child("function")) is not None
        and function.text.endswith(".toFixed")
        and not re.search(r"(Number|parseFloat)\($|\+$", source.data[: node.start].decode("utf-8", "replace").rstrip())
    ]
    if calls:
        wrapped = [edit for node in calls for edit in ((node.start, node.start, "Number("), (node.end, node.end, ")"))]
        yield source.replaced(wrapped)


def _functions(source: JsSource) -> dict[str, JsNode]:
    """The top-level functions that can be called with one argument, by name."""
    found: dict[str, JsNode] = {}
    for node in source.root.parts():
        if node.kind == "function_declaration":
            pairs: list[tuple[JsNode | None, JsNode | None]] = [(node.child("name"), node)]
        elif node.kind in {"lexical_declaration", "variable_declaration"}:
            pairs = [(part.child("name"), part.child("value")) for part in node.parts()]
        else:
            continue
        for name, value in pairs:
            if name is not None and value is not None and value.kind in FUNCTIONS and _takes_one(value):
                found[name.text] = value
    return found


def _takes_one(function: JsNode) -> bool:
    if function.child("parameter") is not None:
        return True
    parameters = function.child("parameters")
    needed = [one for one in parameters.parts() if one.kind != "assignment_pattern"] if parameters else []
    return parameters is not None and bool(parameters.parts()) and len(needed) <= 1


def _argument(function: JsNode) -> str:
    parameters = function.child("parameter") or function.child("parameters")
    return parameters.text.strip("()").lower() if parameters else ""


def _main(functions: dict[str, JsNode]) -> str:
    """The function that does the work: `transform`, or the last one that no other one names."""
    roots = [
        name
        for name in functions
        if not any(re.search(rf"\b{re.escape(name)}\b", other.text) for n, other in functions.items() if n != name)
    ]
    return "transform" if "transform" in functions else (roots or [""])[-1]


def _endings(body: str, argument: str, mode: Mode) -> Sequence[str]:
    if mode == "runOnceForEachItem":
        return _EACH_ITEM
    plain = [*_OF_ROWS, *_OF_ROW] if argument.endswith(("s", *_MANY)) else [*_OF_ROW, *_OF_ROWS]
    return [*_OF_ITEMS, *plain] if re.search(r"\bjson\b", body) else [*plain, *_OF_ITEMS]


def _kept(source: JsSource, function: JsNode) -> str:
    """The function and the declarations it needs: no example of its own, no log, no export, no call."""
    statements = {id(node): node for node in source.root.parts()}
    defined = {name: node for node in source.root.parts() for name in _defines(node)}
    top = next(node for node in (function, *function.up()) if id(node) in statements)
    wanted = [top]
    for one in wanted:
        for node in one.walk():
            statement = defined.get(node.text) if node.kind in {"identifier", "shorthand_property_identifier"} else None
            if statement is not None and statement not in wanted:
                wanted.append(statement)
    return "\n\n".join(node.text for node in source.root.parts() if node in wanted)


def _defines(node: JsNode) -> list[str]:
    if node.kind == "function_declaration":
        name = node.child("name")
        return [name.text] if name is not None else []
    if node.kind not in {"lexical_declaration", "variable_declaration"}:
        return []
    names = [part.child("name") for part in node.parts()]
    return [one.text for name in names if name is not None for one in name.walk() if one.kind in _NAMES]


def _with_real_input(source: JsSource, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A script over a copy of the example's rows reads the node's items instead, and returns what it logged."""
    for node in source.root.parts():
        if node.kind not in {"lexical_declaration", "variable_declaration"}:
            continue
        for part in node.parts():
            value = part.child("value")
            form = _input_form(value.text, rows) if value is not None and value.kind in {"array", "object"} else ""
            if value is not None and form:
                yield _returning(source.replaced([(value.start, value.end, form)]))


def _input_form(text: str, rows: Sequence[dict[str, Any]]) -> str:
    """How the node's input looks in the form of this literal; empty when it is no copy of the example."""
    data = _literal(text)
    listed = data if isinstance(data, list) else [data]
    if listed == [{"json": row} for row in rows]:
        return "$input.all()" if isinstance(data, list) else "$input.first()"
    if rows and listed == list(rows):
        return "$input.all().map((item) => item.json)" if isinstance(data, list) else "$input.first().json"
    return ""


def _literal(text: str) -> Any:
    """Read a literal of plain data; `None` when it is none."""
    plain = _TRAILING.sub(r"\1", _KEY.sub(r'\1"\2":', text.replace("'", '"')))
    try:
        return json.loads(plain)
    except ValueError:
        return None


def _returning(code: str) -> str:
    """End in the value that was logged or computed last."""
    source = parse_javascript(code)
    last = source.root.parts()[-1]
    logged = re.fullmatch(r"console\.log\((?:JSON\.stringify\((.*?)(?:,.*)?\)|(.*))\);?", last.text, re.DOTALL)
    if logged:
        return f"{source.replaced([(last.start, last.end, '')]).rstrip()}\nreturn {logged[1] or logged[2]};"
    named = _defines(last)
    return f"{code.rstrip()}\nreturn {named[-1]};" if named else code


def _over_rows(source: JsSource) -> Iterator[str]:
    """The same code over plain rows, where it takes the items for them."""
    calls = [node for node in source.kinds("call_expression") if node.text == "$input.all()"]
    if calls:
        yield source.replaced([(node.end, node.end, ".map((item) => item.json)") for node in calls])


def _through_json(source: JsSource, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """`item.price` as `item.json.price`: for the fields of the example."""
    fields = {name for row in rows for name in row}
    edits = []
    for node in source.kinds("member_expression"):
        owner, name = node.child("object"), node.child("property")
        if owner is not None and name is not None and owner.kind == "identifier" and name.text in fields:
            edits.append((owner.end, owner.end, ".json"))
    if edits:
        yield source.replaced(edits)


def javascript_spreads(code: str) -> Iterator[str]:
    """Yield the code with each object that copies fields of a row one by one made a copy of the whole row."""
    source = parse_javascript(code)
    taken = _taken_apart(source)
    for node in source.kinds("object"):
        parts = node.parts()
        owners = {id(part): owner for part in parts if (owner := _field_of(part, taken))}
        if len(set(owners.values())) == 1 and not any(part.kind == "spread_element" for part in parts):
            others = [part.text for part in parts if id(part) not in owners]
            text = "{ " + ", ".join([f"...{next(iter(owners.values()))}", *others]) + " }"
            yield source.replaced([(node.start, node.end, text)])


def _taken_apart(source: JsSource) -> dict[str, str]:
    """The names that a pattern takes out of a row under the field's own name: `const { a, b } = row`."""
    found: dict[str, str] = {}
    for node in source.kinds("variable_declarator"):
        pattern, value = node.child("name"), node.child("value")
        if pattern is not None and value is not None and pattern.kind == "object_pattern":
            names = [part.text for part in pattern.parts() if part.kind == "shorthand_property_identifier_pattern"]
            found |= dict.fromkeys(names, value.text)
    return found


def _field_of(part: JsNode, taken: dict[str, str]) -> str:
    """The row whose field this is under the same name; empty when it is none."""
    if part.kind == "shorthand_property_identifier":
        return taken.get(part.text, "")
    key, value = part.child("key"), part.child("value")
    if part.kind != "pair" or key is None or value is None:
        return ""
    if value.kind == "member_expression":
        owner, name = value.child("object"), value.child("property")
        return owner.text if owner is not None and name is not None and name.text == key.text else ""
    return taken.get(value.text, "") if value.text == key.text else ""
