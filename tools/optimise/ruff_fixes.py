"""What ruff would simplify in Python code, as matches like our own: its fixes go through the same proof."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tools.checks.text_edits import TextEdit, offsets
from tools.optimise.match import Match, Suggestion
from tools.optimise.python_code import PythonCode

__all__ = ["ruff_fixes"]

_RULES = "C400,C401,C402,C403,C404,C405,C406,C409,C410,C411,C413,C414,C418,C419,C420,SIM118,PERF402,FURB"
"""Work that is done twice or for nothing; PERF401 and what only is another style (C408, C416, C417) are left out."""
_TIMEOUT_S = 5.0
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BUILDERS = frozenset({"list", "tuple", "set", "frozenset", "dict", "sorted", "reversed", "any", "all", "sum"})
_REDUNDANT = (*_COMPREHENSIONS, ast.List, ast.Tuple, ast.Call)


def ruff_fixes(python: PythonCode) -> Iterator[Match]:
    """What ruff finds where it could find anything: a process (about 10 ms) for each text, so the tree is asked first.

    A fix that ruff calls unsafe is taken too, since it is kept only when all outputs were equal.
    """
    if any(_may_be_simpler(node) for node in python.nodes):
        yield from _matches(python.code)


def _may_be_simpler(node: ast.AST) -> bool:
    """Whether the rules above can concern this node."""
    if isinstance(node, ast.Call):
        first = node.args[0] if node.args else None
        return isinstance(node.func, ast.Name) and node.func.id in _BUILDERS and isinstance(first, _REDUNDANT)
    if isinstance(node, ast.DictComp):
        return isinstance(node.value, ast.Constant) or isinstance(node.generators[0].target, ast.Tuple)
    if isinstance(node, ast.IfExp):
        return isinstance(node.test, ast.Compare)
    if isinstance(node, ast.For):
        return len(node.body) == 1 and isinstance(node.body[0], ast.Expr)
    return isinstance(node, ast.Attribute) and node.attr == "keys"


@lru_cache(maxsize=16)
def _matches(code: str) -> tuple[Match, ...]:
    place = offsets(code)
    return tuple(
        Match(
            Suggestion(
                "simplification", one["location"]["row"], f"{one['message']} (ruff {one['code']})", "readability"
            ),
            tuple(
                TextEdit(place(edit["location"]), place(edit["end_location"]), edit["content"])
                for edit in (one["fix"] or {}).get("edits", ())
            ),
        )
        for one in _ask_ruff(code)
    )


def _ask_ruff(code: str) -> list[dict[str, Any]]:
    """Ruff's findings as it prints them in JSON; none when it cannot read the text, or is not there."""
    command = [_program(), "check", "--isolated", "--no-cache", "--exit-zero", "--unsafe-fixes"]
    command += ["--output-format", "json", "--select", _RULES, "-"]
    try:
        done = subprocess.run(
            command, input=code.encode("utf-8", "replace"), capture_output=True, check=True, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [one for one in json.loads(done.stdout) if one["code"] in _RULES or str(one["code"]).startswith("FURB")]


@lru_cache(maxsize=1)
def _program() -> str:
    """The ruff that is installed beside this Python."""
    return str(Path(sys.executable).with_name("ruff"))
