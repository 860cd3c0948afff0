"""Runs a Python node exactly as n8n's Python runner does; called inside the locked child, pure functions otherwise.

n8n indents the code and wraps it in a function, takes builtins away, guards imports and format strings, and serialises
the result with `default=str`. The wall is the operating system; these are n8n's rules, kept for their effects.
"""

import ast
import builtins
import collections
import json
import sys
import textwrap
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sandbox.n8n.python_check import (
    FORMAT_METHODS,
    GUARD_NAME,
    Violation,
    blocked_fields,
    import_refusal,
    is_unchecked,
    violations,
)
from sandbox.n8n.python_words import warning_words, words
from sandbox.n8n.values import through_javascript
from sandbox.types import NodeRules

__all__ = ["NotJson", "PythonNode", "Refused", "failure", "parsed", "rules_from", "user_line"]

_OUTPUT = "__n8n_internal_user_output__"
_FILES = {"runOnceForAllItems": "<all_items_task_execution>", "runOnceForEachItem": "<per_item_task_execution>"}
_WRAPPER_LINES = 1
"""Lines that stand before the user's own in what is compiled."""


class Refused(Exception):
    """n8n's check or a guard of its refuses the code; `description` holds one line per finding."""

    def __init__(self, message: str, description: str, line: int | None = None) -> None:
        super().__init__(message)
        self.description = description
        self.line = line


class NotJson(Exception):
    """The result holds NaN or Infinity, on which n8n hangs until its task time-out; `path` says where."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is NaN or Infinity, which JSON cannot hold: n8n hangs until its task time-out")
        self.path = path


def rules_from(told: Mapping[str, Any]) -> NodeRules:
    """The rules as they arrive in a request frame."""
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return NodeRules(**fields)


class PythonNode:
    """The code of a Python node, checked once; run it for each list of items.

    Raises:
        Refused: by n8n's static check.
        SyntaxError: with n8n's own text in `str()`; `user_line` gives the line of the user's source.
    """

    def __init__(self, code: str, rules: NodeRules) -> None:
        self.code = code
        self.rules = rules
        self.filename = _FILES[rules.mode]
        self.warnings = list(_changed_texts(code))
        """What n8n changes in silence, of the code and, after a run, of its result."""
        self._compiled: types.CodeType | None = None
        if not is_unchecked(rules):
            found = violations(parsed(code), rules)
            if found:
                raise _refused(found)

    def run(self, items: Sequence[Mapping[str, Any]], write: Callable[[str], Any]) -> Any:
        """Run over `items` and return what n8n receives as JSON.

        Args:
            items: n8n items `{"json", "pairedItem", ...}` as parsed from JSON.
            write: takes what `print` writes.

        Raises:
            NotJson: the result holds NaN or Infinity.
            BaseException: whatever the code raises; n8n keeps only its text (see `python_words`).
        """
        try:
            return _serialised(self._output(items, write))
        except NotJson:
            raise
        except BaseException as error:
            if not self.rules.continue_on_fail:
                raise
            return [{"json": {"error": words(error)}}]  # one item for the whole batch, in each-item mode too

    def _output(self, items: Sequence[Mapping[str, Any]], write: Callable[[str], Any]) -> Any:
        if self._compiled is None:
            self._compiled = _wrapped(self.code, self.filename)
        seen = [through_javascript(dict(item)) for item in items]
        shared = {"__builtins__": _builtins(self.rules), "print": _SafePrint(write), GUARD_NAME: _safe_format}
        if self.rules.mode == "runOnceForAllItems":
            return self._call({**shared, "_items": seen, "_query": None})
        return list(self._each(shared, seen))

    def _each(self, shared: dict[str, Any], items: list[Any]) -> Iterator[dict[str, Any]]:
        for index, item in enumerate(items):
            output = self._call({**shared, "_item": item})
            if output is None:
                continue
            self._warn_of_lost_keys(output, index)
            made = {"json": _json_of(output), "pairedItem": {"item": index}}
            if isinstance(output, dict) and "binary" in output:
                made["binary"] = output["binary"]
            yield made

    def _warn_of_lost_keys(self, output: Any, index: int) -> None:
        lost = set(output) - {"json", "binary", "pairedItem"} if isinstance(output, dict) and "json" in output else ()
        warning = f"item {index}: {', '.join(sorted(map(str, lost)))} beside json is lost"
        if lost and not any("beside json" in earlier for earlier in self.warnings):
            self.warnings.append(warning)

    def _call(self, names: dict[str, Any]) -> Any:
        assert self._compiled is not None
        exec(self._compiled, names)  # noqa: S102 - running the user's code is what the locked child is for
        return names[_OUTPUT]


def parsed(code: str) -> ast.Module:
    """The tree of the code, without what the compiler warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _wrapped(code: str, filename: str) -> types.CodeType:
    """Indent, wrap and compile as n8n does; a text over several lines changes on the way.

    What the compiler warns of goes to standard error, which n8n shows beside the message of an error.
    """
    wrapped = f"def _user_function():\n{textwrap.indent(code, ' ' * 4)}\n\n{_OUTPUT} = _user_function()"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tree = _GuardFormat().visit(ast.parse(wrapped, filename))
        compiled = compile(ast.fix_missing_locations(tree), filename, "exec")
    for warning in told:
        text = warning_words(warning, tree)
        if text is not None:
            sys.stderr.write(f"{filename}:{warning.lineno}: SyntaxWarning: {text}\n")
    return compiled


def failure(error: BaseException) -> dict[str, Any]:
    """Tell of an error in n8n's words, with the type, line and hint that n8n leaves out (see `sandbox.frames`)."""
    kind = type(error).__name__
    known = {Refused: "SecurityViolation", NotJson: "NotJson"}
    return {
        "type": known.get(type(error), kind),
        "message": words(error),
        "description": getattr(error, "description", None),
        "line": user_line(error),
        "hint": _hint(error),
        "rule": None,
        "traceback": None,
    }


def _hint(error: BaseException) -> str | None:
    match error:
        case Refused():
            return "n8n allows no import unless its runner is told so; do without, or use JavaScript"
        case NotJson():
            return "return None or a text instead of NaN and Infinity"
        case SyntaxError() if sys.version_info < (3, 12) and (error.msg or "").startswith("f-string"):
            return (
                "n8n's Python 3.13 takes quotes inside the braces of an f-string; the Python of this sandbox is older"
            )
        case ModuleNotFoundError() | PermissionError():
            return "the rules allow this module, but this sandbox has no such module to load"
        case NameError() if "__build_class__" in str(error):
            return "n8n's Python has no class statement: use functions and dicts"
        case NameError():
            return "n8n gives Python the names _items (all-items mode) or _item (each-item mode), print, and no more"
        case AttributeError() if "'dict' object" in str(error):
            return 'items are plain dicts: write item["json"]["name"]'
        case _:
            return None


def user_line(error: BaseException) -> int | None:
    """The innermost line of the user's own source in the error's traceback, or of the syntax error."""
    if isinstance(error, Refused):
        return error.line
    if isinstance(error, SyntaxError):
        wrapped = error.filename in _FILES.values()
        return max(1, error.lineno - (_WRAPPER_LINES if wrapped else 0)) if error.lineno else None
    line = None
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in _FILES.values():
            line = frame.tb_lineno - _WRAPPER_LINES
        frame = frame.tb_next
    return line


def _refused(found: Sequence[Violation]) -> Refused:
    return Refused("Security violations detected", "\n".join(map(str, found)), found[0].line)


def _json_of(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    if "json" in output:
        return output["json"]
    return {key: value for key, value in output.items() if key != "binary"}


def _serialised(result: Any) -> Any:
    """What arrives after n8n's `json.dumps(default=str)` and JavaScript's parser."""
    text = json.dumps({"result": result}, default=str, ensure_ascii=False).encode("utf-8").decode("utf-8")
    not_a_number: list[str] = []
    parsed = json.loads(text, parse_constant=not_a_number.append)
    if not_a_number:
        raise NotJson(_path_of(result))
    return through_javascript(parsed["result"])


def _path_of(value: Any, path: str = "result") -> str:
    """The first place that holds NaN or Infinity."""
    if isinstance(value, float) and value - value != 0:
        return path
    children: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list | tuple):
        children = iter(enumerate(value))
    for key, child in children:
        found = _path_of(child, f"{path}[{key!r}]")
        if found:
            return found
    return ""


def _builtins(rules: NodeRules) -> dict[str, Any]:
    kept = {name: value for name, value in vars(builtins).items() if name not in rules.python_builtins_deny}
    for name in {"exit", "quit"} - set(rules.python_builtins_deny):
        kept[name] = _leave  # they belong to `site`, which the child runs without
    kept["__import__"] = _GuardedImport(rules)
    return kept


def _leave(code: object = None) -> None:
    raise SystemExit(code)


class _Hardened:
    """A function of n8n's own: whatever is asked of it is answered as if it were a built-in one without attributes."""

    def __getattribute__(self, name: str) -> Any:
        raise AttributeError(f"'builtin_function_or_method' object has no attribute {name!r}")

    def __setattr__(self, name: str, _value: object) -> None:
        _Hardened.__getattribute__(self, name)

    def __delattr__(self, name: str) -> None:
        _Hardened.__getattribute__(self, name)


class _GuardedImport(_Hardened):
    """`__import__` that asks the rules first, at run time too."""

    def __init__(self, rules: NodeRules) -> None:
        object.__setattr__(self, "_rules", rules)

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        refusal = import_refusal(name, object.__getattribute__(self, "_rules"))
        if refusal:
            raise Refused("Security violation detected", refusal)
        return builtins.__import__(name, *args, **kwargs)

    def __repr__(self) -> str:
        return "<built-in function __import__>"


class _SafePrint(_Hardened):
    """`print` as n8n has it: no keyword arguments. Its name shows in the error that says so."""

    def __init__(self, write: Callable[[str], Any]) -> None:
        object.__setattr__(self, "_write", write)

    def __call__(self, *args: object) -> None:
        object.__getattribute__(self, "_write")(" ".join(map(str, args)) + "\n")

    def __repr__(self) -> str:
        return "<built-in function print>"


class _GuardFormat(ast.NodeTransformer):
    """Send `x.format(...)` and its kin through the check of what the template reaches for."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr in FORMAT_METHODS):
            return node
        guarded = ast.Call(
            func=ast.Name(id=GUARD_NAME, ctx=ast.Load()),
            args=[ast.Constant(value=node.func.attr), node.func.value, *node.args],
            keywords=node.keywords,
        )
        return ast.copy_location(guarded, node)


def _safe_format(method: str, receiver: Any, /, *args: Any, **kwargs: Any) -> Any:
    template = _template_of(method, receiver, args)
    if template is not None:
        name = next(blocked_fields(template), None)
        if name is not None:
            raise Refused(
                "Security violation detected",
                f"String pattern accessing '{name}' is disallowed, because it can be used to bypass security "
                "restrictions.",
            )
    return getattr(receiver, method)(*args, **kwargs)


def _template_of(method: str, receiver: Any, args: tuple[Any, ...]) -> str | None:
    """The template a format method will read: its receiver, or the argument of a formatter or of `str.format`."""
    if method != "get_field":
        if isinstance(receiver, str):
            return receiver
        if isinstance(receiver, collections.UserString):
            return receiver.data
    position = 1 if isinstance(receiver, type) and not issubclass(receiver, str) else 0
    candidate = args[position] if len(args) > position else None
    if not isinstance(candidate, str):
        return None
    return "{" + candidate + "}" if method == "get_field" else candidate


def _changed_texts(code: str) -> Iterator[str]:
    """Warn of texts over several lines: n8n's indentation of the code goes into them."""
    try:
        tree = parsed(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in remarks and _spans_lines(node, code):
            yield f"line {node.lineno}: n8n indents the code, so each further line of this text gains 4 spaces"


def _spans_lines(node: ast.JoinedStr | ast.Constant, code: str) -> bool:
    """Whether the text itself has a line break in the source, unlike `("a" <line break> "b")`."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes):
        return False
    source = ast.get_source_segment(code, node) or ""
    return "\n" in source and ('"""' in source or "'''" in source)
