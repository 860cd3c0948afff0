"""What input a Python text wants, read off the way it uses names it does not define."""

import ast
import builtins

from tools.optimise.shape import Kind, Shape

__all__ = ["python_shapes"]

_SAME_LIST = frozenset({"sorted", "list", "reversed", "tuple", "iter", "set"})
_TO_NUMBER = frozenset({"float", "int", "round", "abs", "sum", "range"})
_TEXT_METHODS = frozenset(
    "upper lower strip lstrip rstrip title capitalize split startswith endswith replace find splitlines encode".split()
)
_MAPPING_METHODS = frozenset({"keys", "values"})


def python_shapes(tree: ast.Module) -> dict[str, Shape]:
    """Shapes of the free names, `items` and `_items` as n8n items."""
    reader = _Reader(tree)
    for _ in range(2):  # what a later line tells, an earlier one may use
        for node in reader.nodes:
            reader.read(node)
    return reader.free


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.nodes = sorted(
            ast.walk(tree), key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        )
        bound = {n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        bound |= {a.arg for a in self.nodes if isinstance(a, ast.arg)}
        bound |= {n.name for n in self.nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        bound |= {(a.asname or a.name).split(".")[0] for a in self.nodes if isinstance(a, ast.alias)}
        names = dict.fromkeys(
            n.id for n in self.nodes if isinstance(n, ast.Name) and n.id not in bound and not hasattr(builtins, n.id)
        )
        self.free = {name: Shape(name=name) for name in names}
        self.known: dict[str, Shape] = dict(self.free)
        for name in ("items", "_items"):
            if name in self.free:
                self.free[name].each().key("json").be("record")

    def read(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            self.bind(node.targets[0], self.shape(node.value))
        elif isinstance(node, ast.For | ast.comprehension):
            self.iterate(node.target, node.iter)
        elif isinstance(node, ast.Compare):
            self.compare(node)
        elif isinstance(node, ast.BinOp | ast.AugAssign):
            self.arithmetic(node)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.expr):
            self.shape(node)

    def bind(self, target: ast.expr, shape: Shape | None) -> None:
        if isinstance(target, ast.Name) and shape is not None:
            self.known[target.id] = shape

    def iterate(self, target: ast.expr, iterable: ast.expr) -> None:
        if (
            isinstance(iterable, ast.Call)
            and isinstance(iterable.func, ast.Name)
            and iterable.func.id == "enumerate"
            and iterable.args
        ):
            if isinstance(target, ast.Tuple) and len(target.elts) == 2:
                self.iterate(target.elts[1], iterable.args[0])
            return
        if (
            isinstance(iterable, ast.Call)
            and isinstance(iterable.func, ast.Attribute)
            and iterable.func.attr == "items"
        ):
            owner = self.shape(iterable.func.value)
            if owner is not None and not owner.fields:
                owner.be("mapping")
            return
        shape = self.shape(iterable)
        if shape is not None:
            self.bind(target, shape.each())

    def shape(self, node: ast.expr) -> Shape | None:
        """The shape an expression has, when it comes from the input."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.BoolOp):
            return self.shape(node.values[0])
        if isinstance(node, ast.Call):
            return self.called(node)
        return None

    def subscript(self, node: ast.Subscript) -> Shape | None:
        owner = self.shape(node.value)
        if owner is None:
            return None
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return owner.key(node.slice.value)
        if isinstance(node.slice, ast.Slice):
            return owner
        is_number = isinstance(node.slice, ast.Constant | ast.UnaryOp | ast.BinOp)
        if owner.kind == "any" and not is_number and self.shape(node.slice) is not None:
            owner.be("mapping")
        return owner.each() if owner.kind != "record" else None

    def called(self, node: ast.Call) -> Shape | None:
        function = node.func
        if isinstance(function, ast.Name) and function.id in _SAME_LIST and node.args:
            return self.shape(node.args[0])
        if isinstance(function, ast.Attribute) and function.attr == "get" and node.args:
            owner, key = self.shape(function.value), node.args[0]
            if owner is None:
                return None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                return owner.key(key.value)
            return owner.be("mapping").each()
        if isinstance(function, ast.Attribute) and function.attr == "loads" and node.args:
            text = self.shape(node.args[0])
            return text.be("json") if text is not None else None
        if (
            isinstance(function, ast.Name)
            and function.id == "next"
            and node.args
            and isinstance(node.args[0], ast.GeneratorExp)
        ):
            generator = node.args[0]
            self.iterate(generator.generators[0].target, generator.generators[0].iter)
            return self.shape(generator.elt)
        return None

    def compare(self, node: ast.Compare) -> None:
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            container = self.shape(right)
            if container is not None and container.kind == "any":
                container.be("mapping" if isinstance(right, ast.Name) else "text")
            return
        for one, other in ((left, right), (right, left)):
            shape = self.shape(one)
            if shape is not None and isinstance(other, ast.Constant) and other.value is not None:
                shape.be(_constant_kind(other.value))

    def arithmetic(self, node: ast.BinOp | ast.AugAssign) -> None:
        sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
        for one in sides:
            shape = self.shape(one)
            if shape is None:
                continue
            if not isinstance(node.op, ast.Add | ast.Mod):
                shape.be("number")
            for other in sides:
                if isinstance(other, ast.Constant) and isinstance(other.value, str | int | float):
                    shape.be(_constant_kind(other.value))

    def ordered(self, node: ast.Call) -> None:
        """The argument of `key=lambda row: ...` is an element."""
        rows = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
        key = next((keyword.value for keyword in node.keywords if keyword.arg == "key"), None)
        shape = self.shape(rows) if rows is not None else None
        if shape is not None and isinstance(key, ast.Lambda) and len(key.args.args) == 1:
            self.known[key.args.args[0].arg] = shape.each()

    def call(self, node: ast.Call) -> None:
        function = node.func
        self.called(node)
        self.ordered(node)
        if isinstance(function, ast.Name) and function.id in _TO_NUMBER:
            for argument in node.args[:1]:
                shape = self.shape(argument)
                if shape is not None:
                    shape.be("number")
        if isinstance(function, ast.Attribute):
            owner = self.shape(function.value)
            if owner is not None and function.attr in _TEXT_METHODS:
                owner.be("text")
            elif owner is not None and function.attr in _MAPPING_METHODS and not owner.fields:
                owner.be("mapping")
        if (
            isinstance(function, ast.Name)
            and function.id in {"sum", "max", "min"}
            and node.args
            and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp)
        ):
            shape = self.shape(node.args[0].elt)
            if shape is not None:
                shape.be("number")


def _constant_kind(value: object) -> Kind:
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
