"""How hard code is to read, and how its work grows with the number of items; the same measure for both languages.

Cyclomatic complexity counts as lizard does (a test compares them; lizard itself takes 3 to 8 ms for 100 lines).
Cognitive complexity is SonarSource's (G. A. Campbell, "Cognitive Complexity", 2018): complexipy measures Python, and
JavaScript is counted alike, where a callback of `map`, `filter`, ... is what a comprehension is in Python.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import complexipy

from sandbox.types import Language
from tools.checks.javascript_tree import FUNCTIONS, LOOPS, JsNode, parse_javascript
from tools.checks.limits import deep_limit
from tools.checks.python_scopes import child_nodes
from tools.checks.python_source import parse_python
from tools.checks.report import Complexity

__all__ = ["measure_complexity"]

_MEDIUM, _HIGH = 10, 25
"""Scores above which code is rated medium and high."""
_JS_CALLBACKS = frozenset(
    {"map", "forEach", "filter", "reduce", "reduceRight", "find", "findIndex", "findLast", "some", "every", "flatMap"}
)
_JS_SCANS = frozenset({"indexOf", "includes", "lastIndexOf"})
_JS_NESTING = LOOPS | {"ternary_expression", "catch_clause", "switch_statement"}
_JS_LOGICAL = ("&&", "||", "??")
_PY_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_PY_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(slots=True)
class _Tally:
    cyclomatic: int = 1
    cognitive: int = 0
    functions: int = 0
    nesting: int = 0
    loops: int = 0
    sorts: bool = False

    def structure(self, nesting: int) -> None:
        """A loop, condition or handler: one more path, at this depth."""
        self.cyclomatic += 1
        self.nesting = max(self.nesting, nesting + 1)


def measure_complexity(code: str, language: Language) -> Complexity:
    """Measure code; what does not parse, or is longer than 300,000 bytes, only has its lines counted."""
    return _measure(code, language)


@lru_cache(maxsize=32)
def _measure(code: str, language: Language) -> Complexity:
    lines = _count_lines(code, "#" if language == "python" else "//")
    tally = _Tally()
    if deep_limit(code, language) is None:
        if language == "python":
            _tally_python(code, tally)
        else:
            _tally_javascript(code, tally)
            tally.cognitive = _cognitive_javascript(code)
    score = tally.cyclomatic + tally.cognitive + tally.nesting
    rating: Literal["low", "medium", "high"] = "low" if score <= _MEDIUM else "medium" if score <= _HIGH else "high"
    return Complexity(
        rating, score, lines, tally.functions, tally.nesting, tally.cyclomatic, tally.cognitive, _growth(tally)
    )


def _count_lines(code: str, comment: str) -> int:
    stripped = (line.strip() for line in code.splitlines())
    return sum(1 for line in stripped if line and not line.startswith(comment))


def _growth(tally: _Tally) -> str:
    if tally.loops == 0:
        return "O(n log n)" if tally.sorts else "O(1)"
    power = "n" if tally.loops == 1 else f"n^{tally.loops}"
    return "O(n log n)" if tally.sorts and tally.loops == 1 else f"O({power})"


def _tally_python(code: str, tally: _Tally) -> None:
    tree = parse_python(code).tree
    if tree is None:
        return
    tally.cognitive = complexipy.code_complexity(code).complexity
    stack: list[tuple[ast.AST, int, int]] = [(child, 0, 0) for child in tree.body]
    while stack:
        node, nesting, loops = stack.pop()
        if isinstance(node, ast.Name | ast.Constant):
            continue
        inside, deeper = nesting, loops
        if isinstance(node, _PY_LOOPS):
            tally.structure(nesting)
            inside += 1
            deeper += not (isinstance(node, ast.For | ast.AsyncFor) and _is_short(node.iter))
        elif isinstance(node, ast.If | ast.ExceptHandler | ast.IfExp | ast.match_case):
            tally.structure(nesting)
            inside += 1
        elif isinstance(node, ast.comprehension):
            tally.cyclomatic += 1 + len(node.ifs)
            deeper += not _is_short(node.iter)
        elif isinstance(node, ast.BoolOp):
            tally.cyclomatic += len(node.values) - 1
        elif isinstance(node, _PY_FUNCTIONS):
            tally.functions += 1
            inside += not isinstance(node, ast.Lambda)
        elif isinstance(node, ast.Call):
            tally.sorts |= (isinstance(node.func, ast.Name) and node.func.id == "sorted") or (
                isinstance(node.func, ast.Attribute) and node.func.attr == "sort"
            )
        tally.loops = max(tally.loops, deeper)
        stack.extend(_python_children(node, nesting, inside, loops, deeper))


def _python_children(
    node: ast.AST, nesting: int, inside: int, loops: int, deeper: int
) -> list[tuple[ast.AST, int, int]]:
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        rounds = loops + sum(not _is_short(generator.iter) for generator in node.generators)
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return [
            *((element, nesting, rounds) for element in elements),
            *((generator, nesting, rounds - 1) for generator in node.generators),
        ]
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        chained = node.orelse[0]  # elif stands beside its if
        rest = [node.test, *node.body]
        return [(chained, nesting, loops), *((child, inside, loops) for child in rest)]
    return [(child, inside, deeper) for child in child_nodes(node)]


def _is_short(iterable: ast.expr) -> bool:
    """Whether the loop has a fixed, written-out number of rounds."""
    if isinstance(iterable, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Constant):
        return True
    return (
        isinstance(iterable, ast.Call)
        and bool(iterable.args)
        and all(isinstance(arg, ast.Constant) for arg in iterable.args)
    )


def _tally_javascript(code: str, tally: _Tally) -> None:
    stack: list[tuple[JsNode, int, int]] = [(parse_javascript(code).root, 0, 0)]
    while stack:
        node, nesting, loops = stack.pop()
        kind = node.kind
        inside, deeper = nesting, loops
        if kind in LOOPS:
            tally.structure(nesting)
            inside += 1
            deeper += 1
        elif kind in {"if_statement", "catch_clause", "ternary_expression", "switch_case"}:
            is_else_if = node.parent is not None and node.parent.kind == "else_clause"
            tally.structure(max(nesting - 1, 0) if is_else_if else nesting)
            inside += not is_else_if
        elif kind == "binary_expression" and node.has("&&") | node.has("||") | node.has("??"):
            tally.cyclomatic += 1
        elif kind == "augmented_assignment_expression":
            tally.cyclomatic += node.has("??=") | node.has("||=") | node.has("&&=")
        elif kind in FUNCTIONS:
            tally.functions += 1
            inside += kind != "arrow_function"
            deeper += _is_callback(node)
        elif kind == "call_expression":
            method = _method_name(node)
            tally.sorts |= method in {"sort", "toSorted"}
            tally.loops = max(tally.loops, loops + (method in _JS_SCANS and loops > 0))
        tally.loops = max(tally.loops, deeper)
        stack.extend((child, inside, deeper) for child in node.children if child.named)


def _cognitive_javascript(code: str) -> int:
    """What nests costs one more for each level it stands in; an `else` or a run of `&&` costs one."""
    cost = 0
    stack: list[tuple[JsNode, int]] = [(parse_javascript(code).root, 0)]
    while stack:
        node, depth = stack.pop()
        kind, inside = node.kind, depth
        if kind in _JS_NESTING or (kind in FUNCTIONS and _is_callback(node)):
            cost += 1 + depth
            inside += 1
        elif kind == "if_statement":
            is_else_if = node.parent is not None and node.parent.kind == "else_clause"
            cost += 1 if is_else_if else 1 + depth
            inside += not is_else_if
        elif kind == "else_clause":
            cost += not any(child.kind == "if_statement" for child in node.children)
        elif kind in FUNCTIONS:
            inside += node.parent is not None and node.parent.kind == "arguments"
        elif kind == "binary_expression":
            cost += _starts_logical_run(node)
        stack.extend((child, inside) for child in node.children if child.named)
    return cost


def _starts_logical_run(node: JsNode) -> bool:
    """Whether this is the outermost of a run of one logical operator: `a && b && c` is one thought."""
    operator = next((child.kind for child in node.children if child.kind in _JS_LOGICAL), None)
    return operator is not None and not (
        node.parent is not None and node.parent.kind == "binary_expression" and node.parent.has(operator)
    )


def _method_name(call: JsNode) -> str:
    function = call.child("function")
    name = function.child("property") if function is not None and function.kind == "member_expression" else None
    return name.text if name is not None else ""


def _is_callback(function: JsNode) -> bool:
    """Whether this function is called once for each element of a list."""
    arguments = function.parent
    call = arguments.parent if arguments is not None and arguments.kind == "arguments" else None
    return call is not None and call.kind == "call_expression" and _method_name(call) in _JS_CALLBACKS
