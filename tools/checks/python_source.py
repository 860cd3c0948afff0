"""Python code as n8n compiles it: the body of a function, or a snippet that leaves its answer in `result`."""

import ast
import re
import symtable
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from tools.checks.python_scopes import PythonScopes

__all__ = ["PythonSource", "compile_only", "has_top_level_return", "parse_python", "walk_statements"]

_COMPILE_LOCK = threading.Lock()
"""`warnings.catch_warnings` is not safe between threads."""
_MAX_GENERATED = 60_000
"""Characters up to which code is generated, too, which finds the last mistakes (a `break` outside a loop)."""
_MAX_FUNCTIONS = 2_000
"""The same in functions: CPython's time for them grows with the square of their number."""
_RETURN = re.compile(r"^(?:return\b|[ \t]+return\b)", re.MULTILINE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class PythonSource:
    """A parsed text; `tree` is None exactly when `problem` says why."""

    code: str
    tree: ast.Module | None
    problem: SyntaxError | None
    dialect: Literal["body", "snippet"] = "snippet"

    @cached_property
    def scopes(self) -> PythonScopes:
        """The scopes of the tree, made once for all checks."""
        assert self.tree is not None
        return PythonScopes(self.tree)


def compile_only(code: str) -> SyntaxError | None:
    """Why long code does not compile, without a tree of it: as a snippet or, when it returns, as a function's body.

    The grammar and the scopes are looked at, no code is generated: that takes CPython a minute for 100,000 functions.
    """
    with _COMPILE_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _compile(code, as_body=_RETURN.search(code) is not None, compiler=_read_only)
        except SyntaxError as problem:
            return problem
        except (RecursionError, MemoryError):
            return SyntaxError("the code is nested too deeply", ("", None, None, None))
        except ValueError as problem:
            return SyntaxError(str(problem), ("", None, None, None))
    return None


def _read_only(code: str) -> None:
    symtable.symtable(code, "<code>", "exec")


def _generate(code: str) -> None:
    compile(code, "<code>", "exec", dont_inherit=True)


@lru_cache(maxsize=16)
def parse_python(code: str) -> PythonSource:
    """Parse and compile the code without running it; the last few are remembered.

    A top-level `return` makes it a body. Nesting that no compiler takes is a problem like any other.
    """
    with _COMPILE_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parse(code)


def _parse(code: str) -> PythonSource:
    try:
        tree = ast.parse(code)
        dialect: Literal["body", "snippet"] = "body" if has_top_level_return(tree) else "snippet"
        is_short = len(code) <= _MAX_GENERATED and code.count("def ") + code.count("lambda") <= _MAX_FUNCTIONS
        _compile(code, as_body=dialect == "body", compiler=_generate if is_short else _read_only)
    except SyntaxError as problem:
        return PythonSource(code, None, problem)
    except (RecursionError, MemoryError):
        return PythonSource(code, None, SyntaxError("the code is nested too deeply", ("", None, None, None)))
    except ValueError as problem:  # a null byte, a lone surrogate
        return PythonSource(code, None, SyntaxError(str(problem), ("", None, None, None)))
    return PythonSource(code, tree, None, dialect)


def _compile(code: str, *, as_body: bool, compiler: Callable[[str], None] = _generate) -> None:
    """Let the compiler find what the grammar leaves out: a `break` outside a loop, an `await`, a bad `nonlocal`.

    Raises:
        SyntaxError: with the places of the code itself.
    """
    if not as_body:
        compiler(code)
        return
    try:
        compiler("def _user_function():\n" + textwrap.indent(code, "    "))
    except SyntaxError as problem:
        if problem.lineno is not None:
            problem.lineno -= 1
            problem.offset = max((problem.offset or 5) - 4, 1)
        raise


def walk_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """These statements and those in their blocks, without the bodies of functions and classes."""
    stack: list[ast.stmt] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, _SCOPES):
            continue
        blocks = [getattr(node, name, ()) for name in ("finalbody", "orelse", "body")]
        blocks += [part.body for name in ("handlers", "cases") for part in getattr(node, name, ())]
        for block in blocks:
            stack.extend(reversed(block))


def has_top_level_return(tree: ast.Module) -> bool:
    """Whether the code returns as a function body does."""
    return any(isinstance(node, ast.Return) for node in walk_statements(tree.body))
