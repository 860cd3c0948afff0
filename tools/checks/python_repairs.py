"""Edits of Python code that a failing test asks for: its error, its line, and the difference of the outputs."""

import ast
import difflib
import re
from collections.abc import Callable, Iterator

from tools.checks.failure import Failure, differing_values
from tools.checks.python_empties import counted, empty_sequence, without_empty_parts
from tools.checks.python_failing import FailingCode
from tools.checks.report import Edit
from tools.checks.words import words

__all__ = ["python_repairs"]

_TEXT_METHODS = words("""
    replace strip lstrip rstrip lower upper split title capitalize startswith endswith splitlines encode rsplit find
""")
_LIST_USES = (ast.For, ast.comprehension)
_FOREIGN_WORDS = {"null": "None", "undefined": "None", "true": "True", "false": "False"}
_EMPTY = {"list": "[]", "text": '""', "dict": "{}"}


def python_repairs(code: str, tree: ast.Module, failure: Failure) -> Iterator[Edit]:
    """Edits for this failure, the most likely first."""
    repairs = _Repairs(code, tree, failure)
    handler = _BY_ERROR.get(failure.error_type)
    if handler is not None:
        yield from handler(repairs)
    if failure.error_type:
        yield from repairs.wider_handler()
    else:
        yield from repairs.wrong_output()


class _Repairs(FailingCode):
    def missing_key(self) -> Iterator[Edit]:
        """KeyError: read the key with .get and what its use can bear; or ask first whether it is there."""
        key = self.failure.message.strip("'\"")
        reads = [n for n in self.nodes(ast.Subscript) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Load)]
        named = [n for n in reads if isinstance(n.slice, ast.Constant) and str(n.slice.value) == key]
        computed = [n for n in reads if not isinstance(n.slice, ast.Constant | ast.Slice)]
        if named:
            yield self.edit(f"a missing '{key}' counts as empty", *((n, self.gotten(n)) for n in named))
            yield from self.skipped(named[0])
            yield self.edit(
                f"a missing '{key}' is None", *((n, f"{self.text(n.value)}.get({self.text(n.slice)})") for n in named)
            )
        yield from counted(self)
        for node in computed:
            yield from self.guarded(node)
            grown = self.parents.get(node)
            if isinstance(grown, ast.Attribute) and grown.attr in {"append", "extend"}:
                text = f"{self.text(node.value)}.setdefault({self.text(node.slice)}, [])"
                yield self.edit("a new key begins with an empty list", (node, text))
            yield self.edit("an unknown key counts as empty", (node, self.gotten(node, looked_up=True)))

    def skipped(self, node: ast.Subscript) -> Iterator[Edit]:
        """In the condition of a filter a missing value does not pass."""
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.Compare):
            current = self.parents.get(current)
        owner = self.parents.get(current) if current is not None else None
        if isinstance(current, ast.Compare) and isinstance(owner, ast.comprehension | ast.BoolOp | ast.If):
            asked = f"{self.text(node.value)}.get({self.text(node.slice)}) is not None"
            yield self.edit("what lacks the value does not pass", (current, f"{asked} and {self.text(current)}"))

    def gotten(self, node: ast.Subscript, *, looked_up: bool = False) -> str:
        owner, key = self.text(node.value), self.text(node.slice)
        kind = self.use(node)
        if kind is not None:
            return f"({owner}.get({key}) or {_EMPTY[kind]})"
        return f"{owner}.get({key}, {{}})" if looked_up else f"{owner}.get({key})"

    def use(self, node: ast.expr) -> str | None:
        """What the value is used as: `list`, `text`, `dict`, or None when it may be None."""
        parent = self.parents.get(node)
        if isinstance(parent, _LIST_USES) and parent.iter is node:
            return "list"
        if isinstance(parent, ast.Attribute):
            return (
                "text"
                if parent.attr in _TEXT_METHODS
                else "dict"
                if parent.attr in {"get", "items", "keys", "values"}
                else "list"
            )
        if isinstance(parent, ast.Subscript) and parent.value is node:
            return "dict"
        if isinstance(parent, ast.Call) and node in parent.args:
            name = ast.unparse(parent.func)
            if name in {"len", "sorted", "list", "sum", "set", "enumerate"}:
                return "list"
            return "text" if name.startswith(("re.", "unicodedata.", "PATTERN.")) else None
        return None

    def guarded(self, node: ast.Subscript) -> Iterator[Edit]:
        """`if parent is not None: nodes[parent]` also asks whether it is there."""
        current: ast.AST | None = node
        while current is not None:
            parent = self.parents.get(current)
            if isinstance(parent, ast.If) and current in parent.body and ast.dump(node.slice) in ast.dump(parent.test):
                test = f"{self.text(parent.test)} and {self.text(node.slice)} in {self.text(node.value)}"
                yield self.edit("ask first whether the key is there", (parent.test, test))
                return
            current = parent

    def missing_index(self) -> Iterator[Edit]:
        """IndexError: an empty or short list gives an empty value."""
        for node in self.nodes(ast.Subscript):
            if (
                not isinstance(node, ast.Subscript)
                or not isinstance(node.ctx, ast.Load)
                or isinstance(node.slice, ast.Slice)
            ):
                continue
            owner, index = self.text(node.value), self.text(node.slice)
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                continue
            whole, empty = self.item_read(node)
            asked = owner if index in {"0", "-1"} else f"{index} < len({owner})"
            for other in dict.fromkeys((empty, '""', "None")):
                yield self.edit(
                    "a missing element counts as empty", (whole, f"({self.text(whole)} if {asked} else {other})")
                )

    def item_read(self, node: ast.Subscript) -> tuple[ast.expr, str]:
        """`items[0]["json"].get("x", 0)` as a whole, with its own default."""
        current: ast.expr = node
        while isinstance(parent := self.parents.get(current), ast.Subscript | ast.Attribute | ast.Call):
            if isinstance(parent, ast.Call):
                if parent.func is not current:
                    break
                is_get = isinstance(current, ast.Attribute) and current.attr == "get"
                if not is_get:
                    break
                return parent, self.text(parent.args[1]) if len(parent.args) > 1 else "None"
            if isinstance(parent, ast.Subscript) and parent.value is not current:
                break
            current = parent
        return (current, "{}") if current is not node and not isinstance(current, ast.Attribute) else (node, "{}")

    def wrong_type(self) -> Iterator[Edit]:
        """TypeError: numbers that arrive as text, None where a value is needed, dicts in a set."""
        message = self.failure.message
        if "unhashable" in message:
            yield from self.unhashable()
        if re.search(
            r"'(?:int|float)' and 'str'|'str' and '(?:int|float)'|concatenate str|must be real number, not str", message
        ):
            yield from self.as_numbers()
        if "NoneType" in message:
            yield from self.without_none()
        yield from self.as_numbers()

    def unhashable(self) -> Iterator[Edit]:
        for node in self.nodes(ast.Call):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set" and node.args:
                parent = self.parents.get(node)
                whole = (
                    parent if isinstance(parent, ast.Call) and ast.unparse(parent.func) in {"list", "sorted"} else node
                )
                rows = self.text(node.args[0])
                text = f"[row for n, row in enumerate({rows}) if row not in {rows}[:n]]"
                yield self.edit("dicts cannot be in a set: compare them instead", (whole, text))
                for key in ("id", "email", "name"):
                    if any(key in str(item) for item in self.failure.items):
                        yield self.edit(
                            f"one row for each '{key}', the first",
                            (
                                whole,
                                _first_of_each(rows, key),
                            ),
                        )

    def as_numbers(self) -> Iterator[Edit]:
        """Values of the input that arithmetic uses become numbers."""
        operands = [n for n in self.operands() if self.is_input(n)]
        if operands:
            yield self.edit("numbers may arrive as text", *((n, f"float({self.text(n)} or 0)") for n in operands))
            yield self.edit("numbers may arrive as text", *((n, f"float({self.text(n)})") for n in operands))

    def operands(self) -> Iterator[ast.expr]:
        for node in self.nodes(ast.Call):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sum", "max", "min"} and node.args:
                values = node.args[0]
                if isinstance(values, ast.GeneratorExp | ast.ListComp):
                    yield values.elt
        for node in self.nodes(ast.BinOp, ast.AugAssign, ast.Compare):
            if isinstance(node, ast.BinOp):
                yield from (side for side in (node.left, node.right) if not isinstance(side, ast.BinOp))
            elif isinstance(node, ast.AugAssign):
                yield node.value
            elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                yield from (node.left, *node.comparators)

    def is_input(self, node: ast.expr) -> bool:
        """Whether an expression reads a field of a row."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return node.func.attr == "get"
        return (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        )

    def without_none(self) -> Iterator[Edit]:
        """None is an empty value, or does not pass a filter."""
        for node in self.nodes(ast.Call):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in {"float", "int", "len", "str", "sum"}
                and node.args
            ):
                inner = node.args[0]
                other = "[]" if ast.unparse(node.func) in {"len", "sum"} else "0"
                yield from self.asked(node, inner)
                yield self.edit("None counts as empty", (inner, f"{self.text(inner)} or {other}"))
        for comparison in self.nodes(ast.Compare):
            if isinstance(comparison, ast.Compare) and self.is_input(comparison.left):
                yield from self.asked(comparison.left, comparison.left)
        for read in self.nodes(ast.comprehension, ast.For):
            if isinstance(read, _LIST_USES):
                yield self.edit("None counts as an empty list", (read.iter, f"({self.text(read.iter)} or [])"))

    def asked(self, node: ast.expr, value: ast.expr) -> Iterator[Edit]:
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.Compare):
            current = self.parents.get(current)
        if isinstance(current, ast.Compare) and isinstance(
            self.parents.get(current), ast.comprehension | ast.BoolOp | ast.If
        ):
            yield self.edit(
                "what has no value does not pass", (current, f"{self.text(value)} is not None and {self.text(current)}")
            )

    def no_attribute(self) -> Iterator[Edit]:
        """AttributeError on None: an empty value of the right kind."""
        name = re.search(r"has no attribute '(\w+)'", self.failure.message)
        if name is None:
            return
        yield from self.wider_handler()
        for node in self.nodes(ast.Attribute):
            if isinstance(node, ast.Attribute) and node.attr == name[1]:
                if "'dict' object" in self.failure.message:
                    yield self.edit("rows are dicts", (node, f'{self.text(node.value)}["{node.attr}"]'))
                    continue
                empty = _EMPTY[
                    "text" if node.attr in _TEXT_METHODS else "dict" if node.attr in {"get", "items"} else "list"
                ]
                yield self.edit("None counts as empty", (node.value, f"({self.text(node.value)} or {empty})"))

    def zero_division(self) -> Iterator[Edit]:
        """No result where the divisor is zero."""
        for node in self.nodes(ast.BinOp):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
                continue
            divisor = self.text(node.right)
            whole: ast.AST = node
            while isinstance(parent := self.parents.get(whole), ast.BinOp | ast.Call):
                whole = parent
            for other in ("None", "0"):
                yield self.edit("no division by zero", (whole, f"({self.text(whole)} if {divisor} else {other})"))

    def unknown_name(self) -> Iterator[Edit]:
        """NameError: the name that was meant."""
        match = re.search(r"name '(\w+)' is not defined", self.failure.message)
        if match is None:
            return
        missing = match[1]
        foreign = [n for n in self.scopes.nodes if isinstance(n, ast.Name) and n.id in _FOREIGN_WORDS]
        if missing in _FOREIGN_WORDS:
            yield self.edit("Python's own words", *((n, _FOREIGN_WORDS[n.id]) for n in foreign))
        uses = [n for n in self.scopes.nodes if isinstance(n, ast.Name) and n.id == missing]
        bound = [n.id for n in self.scopes.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        meant = difflib.get_close_matches(missing, bound, n=2, cutoff=0.7)
        grown = (
            isinstance(parent := self.parents.get(uses[0]), ast.Attribute) and parent.attr in {"append", "extend"}
            if uses
            else False
        )
        if grown:
            lists = [
                t.id
                for n in self.tree.body
                if isinstance(n, ast.Assign) and isinstance(n.value, ast.List)
                for t in n.targets
                if isinstance(t, ast.Name)
            ]
            meant = [*lists, *meant]
        if missing in {"items", "_input"}:
            meant = ["_items", *meant]
        for name in dict.fromkeys(meant):
            yield self.edit(f"`{missing}` is called `{name}`", *((use, name) for use in uses))
        if missing in {"re", "json", "math", "datetime", "random", "statistics"}:
            yield Edit("test/NameError", f"imported {missing}", f"import {missing}\n{self.code}")

    def endless(self) -> Iterator[Edit]:
        """RecursionError: a function that calls itself with what it was given."""
        for function in self.scopes.nodes:
            if not isinstance(function, ast.FunctionDef) or not function.args.args:
                continue
            first = function.args.args[0].arg
            loops = [n for n in ast.walk(function) if isinstance(n, ast.For)]
            names = [n.id for loop in loops for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
            for call in ast.walk(function):
                is_self = (
                    isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function.name
                )
                if is_self and isinstance(call, ast.Call) and call.args and ast.unparse(call.args[0]) == first:
                    for name in reversed(names):
                        yield self.edit("go on with the inner value", (call.args[0], name))

    def wider_handler(self) -> Iterator[Edit]:
        """An error inside a `try` whose handler does not expect it."""
        line, kind = self.failure.line, self.failure.error_type
        if line is None or not kind.isidentifier():
            return
        for node in self.scopes.nodes:
            if (
                not isinstance(node, ast.Try)
                or not node.body[0].lineno <= line <= (node.body[-1].end_lineno or 0)
                or not node.handlers
            ):
                continue
            handler = node.handlers[0]
            if handler.type is None:
                continue
            known = (
                [self.text(one) for one in handler.type.elts]
                if isinstance(handler.type, ast.Tuple)
                else [self.text(handler.type)]
            )
            wanted = dict.fromkeys([*known, kind, "TypeError", "ValueError", "AttributeError"])
            yield self.edit("expect this error, too", (handler.type, f"({', '.join(wanted)})"))

    def wrong_output(self) -> Iterator[Edit]:
        """No error, another output than expected."""
        yield from self.printed()
        yield from self.text_numbers()
        yield from self.wrapped()
        if "''" in repr(self.failure.actual):
            yield from without_empty_parts(self)
        yield from self.shared()
        yield from self.text_keys()
        yield from self.compared_with_none()

    def printed(self) -> Iterator[Edit]:
        """The answer was printed instead of kept."""
        last = self.tree.body[-1] if self.tree.body else None
        if (
            isinstance(last, ast.Expr)
            and isinstance(last.value, ast.Call)
            and ast.unparse(last.value.func) == "print"
            and last.value.args
        ):
            yield self.edit(
                "keep the answer instead of printing it", (last, f"result = {self.text(last.value.args[0])}")
            )

    def text_numbers(self) -> Iterator[Edit]:
        """A number was expected and text came: "7" * 2 is "77"."""
        if any(
            isinstance(actual, str) and isinstance(expected, int | float)
            for actual, expected in differing_values(self.failure)
        ):
            yield from self.as_numbers()

    def wrapped(self) -> Iterator[Edit]:
        """The rows are right, but belong under a key."""
        expected = self.failure.expected
        row = (
            expected[0].get("json", expected[0])
            if isinstance(expected, list) and expected and isinstance(expected[0], dict)
            else expected
        )
        if not isinstance(row, dict) or len(row) != 1 or not isinstance(next(iter(row.values())), dict):
            return
        key = next(iter(row))
        for node in self.scopes.nodes:
            if (
                isinstance(node, ast.Dict)
                and len(node.keys) == 1
                and isinstance(node.keys[0], ast.Constant)
                and node.keys[0].value == "json"
            ):
                yield self.edit(
                    f"put the row under '{key}'", (node.values[0], f'{{"{key}": {self.text(node.values[0])}}}')
                )

    def shared(self) -> Iterator[Edit]:
        """The same dict was appended every time: append copies."""
        for node in self.scopes.nodes:
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Attribute)
                or node.func.attr != "append"
                or not node.args
            ):
                continue
            argument = node.args[0]
            value = argument.values[-1] if isinstance(argument, ast.Dict) and argument.values else argument
            if isinstance(value, ast.Name):
                yield self.edit("append a copy", (value, f"dict({value.id})"))

    def text_keys(self) -> Iterator[Edit]:
        """Keys that are numbers here and text there: compare them as text."""
        if not any(actual is None for actual, _ in differing_values(self.failure)):
            return
        keys: list[ast.expr] = []
        for node in self.scopes.nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"setdefault", "get"}
                and node.args
            ):
                if isinstance(node.func.value, ast.Name) and not isinstance(node.args[0], ast.Constant):
                    keys.append(node.args[0])
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and self.is_input(node.slice):
                keys.append(node.slice)
            elif isinstance(node, ast.DictComp):
                keys.append(node.key)
        if len(keys) > 1:
            yield self.edit("compare keys as text", *((key, f"str({self.text(key)})") for key in keys))

    def compared_with_none(self) -> Iterator[Edit]:
        """`errors == None` where an empty list was meant."""
        for node in self.scopes.nodes:
            if (
                isinstance(node, ast.Compare)
                and isinstance(node.comparators[0], ast.Constant)
                and node.comparators[0].value is None
            ):
                word = "not " if isinstance(node.ops[0], ast.Eq | ast.Is) else ""
                text = f"{word}{self.text(node.left)}" if word else f"bool({self.text(node.left)})"
                yield self.edit("ask whether it is empty", (node, text))


def _first_of_each(rows: str, key: str) -> str:
    earlier = f"[one.get('{key}') for one in {rows}[:n]]"
    return f"[row for n, row in enumerate({rows}) if row.get('{key}') not in {earlier}]"


_BY_ERROR: dict[str, Callable[[_Repairs], Iterator[Edit]]] = {
    "KeyError": _Repairs.missing_key,
    "IndexError": _Repairs.missing_index,
    "TypeError": _Repairs.wrong_type,
    "AttributeError": _Repairs.no_attribute,
    "ValueError": empty_sequence,
    "ZeroDivisionError": _Repairs.zero_division,
    "NameError": _Repairs.unknown_name,
    "UnboundLocalError": _Repairs.unknown_name,
    "RecursionError": _Repairs.endless,
}
