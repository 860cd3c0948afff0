"""Small changes of code that answers wrongly: a bound, a comparison, an order; each is a guess to be tested."""

import ast
import re
from collections.abc import Iterator

from tools.checks.failure import Failure, differing_values
from tools.checks.javascript_tree import JsSource
from tools.checks.report import Edit
from tools.checks.text_edits import TextEdit, apply_edits, positions
from tools.n8n.items import rows_from, same_value

__all__ = ["javascript_nudges", "python_nudges"]

_RULE = "test/wrong-output"
_MAX_NUDGES = 30
_SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_PYTHON_SHIFTED: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}


def python_nudges(code: str, tree: ast.Module, failure: Failure) -> Iterator[Edit]:
    """Bounds, comparisons and orders of a Python text, each changed alone."""
    place = positions(code)
    nodes = sorted(ast.walk(tree), key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
    found: list[tuple[str, list[TextEdit]]] = []
    if _is_reversed(failure):
        found += _python_orders(nodes, code, place)
    for node in nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and (new := _PYTHON_SHIFTED.get(type(node.ops[0]))):
            start, end = place(node.left)[1], place(node.comparators[0])[0]
            found.append((f"compared with {new}", [TextEdit(start, end, f" {new} ")]))
    for node in nodes:
        if isinstance(node, ast.Constant) and type(node.value) is int and abs(node.value) < 1000:
            found += [
                (f"{node.value} is {other}", [TextEdit(*place(node), str(other))])
                for other in (node.value - 1, node.value + 1)
                if other >= 0
            ]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.right, ast.Constant):
            found.append((f"without - {ast.unparse(node.right)}", [TextEdit(place(node.left)[1], place(node)[1], "")]))
    for message, edits in found[:_MAX_NUDGES]:
        yield Edit(_RULE, message, apply_edits(code, edits))


def _python_orders(nodes: list[ast.AST], code: str, place: object) -> list[tuple[str, list[TextEdit]]]:
    assert callable(place)
    found: list[tuple[str, list[TextEdit]]] = []
    for node in nodes:
        is_sort = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("sorted", ".sort"))
        if not is_sort or not isinstance(node, ast.Call):
            continue
        reverse = next((k for k in node.keywords if k.arg == "reverse"), None)
        key = next((k.value for k in node.keywords if k.arg == "key"), None)
        if isinstance(key, ast.Lambda):
            first = key.body.elts[0] if isinstance(key.body, ast.Tuple) and key.body.elts else key.body
            start, end = place(first)
            text = code[start:end]
            found.append(
                ("the other order first", [TextEdit(start, end, text[1:] if text.startswith("-") else f"-{text}")])
            )
        if reverse is not None:
            start, end = place(reverse.value)
            found.append(("the other order", [TextEdit(start, end, "False" if code[start:end] == "True" else "True")]))
        else:
            end = place(node)[1] - 1
            found.append(
                (
                    "the other order",
                    [TextEdit(end, end, ", reverse=True" if node.args or node.keywords else "reverse=True")],
                )
            )
    return found


def _is_reversed(failure: Failure) -> bool:
    """Whether the right rows, or the right elements, came in another order."""
    actual, expected = rows_from(failure.actual), rows_from(failure.expected)
    if len(actual) == len(expected) > 1 and all(any(same_value(a, e) for e in expected) for a in actual):
        return True
    return any(True for _ in differing_values(failure))


def javascript_nudges(source: JsSource, failure: Failure) -> Iterator[Edit]:
    """Bounds and comparisons of a JavaScript text, each changed alone."""
    found: list[tuple[str, list[tuple[int, int, str]]]] = []
    for node in source.kinds("binary_expression"):
        operator = node.child("operator")
        if operator is not None and operator.kind in _SHIFTED:
            new = _SHIFTED[operator.kind]
            found.append((f"compared with {new}", [(operator.start, operator.end, new)]))
    for actual, expected in differing_values(failure)[:3]:
        found += _replaced_literals(source, actual, expected)
    for node in source.kinds("number"):
        if re.fullmatch(r"\d{1,3}", node.text):
            value = int(node.text)
            found += [
                (f"{value} is {other}", [(node.start, node.end, str(other))])
                for other in (value - 1, value + 1)
                if other >= 0
            ]
    if _steps(failure):
        found += [
            (f"one more than {node.text}", [(node.start, node.end, f"{node.text} + 1")])
            for node in source.kinds("binary_expression")
            if node.has("/")
        ]
    found += _first_wins(source)
    for message, edits in found[:_MAX_NUDGES]:
        yield Edit(_RULE, message, source.replaced(edits))


def _replaced_literals(
    source: JsSource, actual: object, expected: object
) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """The literal that came out, where another was expected: 0 for null."""
    words = {None: "null", True: "true", False: "false"}
    old = words[actual] if actual is None or isinstance(actual, bool) else str(actual)
    new = words[expected] if expected is None or isinstance(expected, bool) else None
    if new is None:
        return []
    nodes = [
        n
        for n in source.kinds("number", "null", "true", "false")
        if n.text == old
        and n.parent is not None
        and n.parent.kind in {"ternary_expression", "binary_expression", "pair"}
    ]
    return [
        (f"{old} is {new}", [(n.start, n.end, new)])
        for n in nodes
        if n.parent is None or n.parent.kind != "binary_expression" or n.parent.has("||") or n.parent.has("??")
    ]


def _steps(failure: Failure) -> bool:
    """Whether a number came out one too small."""
    return any(type(a) is int and type(e) is int and e - a == 1 for a, e in differing_values(failure))


def _first_wins(source: JsSource) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """`map.set(key, row)` in a loop keeps the last row of a key; the first may be meant."""
    found: list[tuple[str, list[tuple[int, int, str]]]] = []
    for node in source.kinds("expression_statement"):
        match = re.fullmatch(r"([\w$]+)\.set\((.+?), ([\w$]+)\);?", node.text)
        if match is not None:
            found.append(("the first one wins", [(node.start, node.start, f"if (!{match[1]}.has({match[2]})) ")]))
    return found
