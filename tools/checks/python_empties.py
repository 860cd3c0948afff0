"""Edits of Python code for what is new or empty: a key's first count, the maximum of nothing, an empty text."""

import ast
from collections.abc import Iterator

from tools.checks.python_failing import FailingCode
from tools.checks.report import Edit

__all__ = ["counted", "empty_sequence", "without_empty_parts"]


def counted(failing: FailingCode) -> Iterator[Edit]:
    """`counts[key] += 1` for a key that is new."""
    for node in failing.nodes(ast.AugAssign):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
            owner, key = failing.text(node.target.value), failing.text(node.target.slice)
            between = (
                failing.code[failing.place(node.target)[1] : failing.place(node.value)[0]].strip().removesuffix("=")
            )
            text = f"{owner}[{key}] = {owner}.get({key}, 0) {between} {failing.text(node.value)}"
            yield failing.edit("a new key begins with 0", (node, text))


def empty_sequence(failing: FailingCode) -> Iterator[Edit]:
    """`max()` and `min()` of nothing."""
    for node in failing.nodes(ast.Call):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"max", "min"} and len(node.args) == 1:
            given = failing.text(node.args[0])
            if isinstance(node.args[0], ast.GeneratorExp) and not given.startswith("("):
                given = f"({given})"
            rest = "".join(f", {failing.text(keyword)}" for keyword in node.keywords)
            for default in ("None", "0"):
                text = f"{failing.text(node.func)}({given}{rest}, default={default})"
                yield failing.edit(f"{default} where there is nothing", (node, text))


def without_empty_parts(failing: FailingCode) -> Iterator[Edit]:
    """`"".split(",")` is a list with an empty text."""
    for node in failing.nodes(ast.Call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
            text = f"[part for part in {failing.text(node)} if part]"
            yield failing.edit("empty parts left out", (node, text))
