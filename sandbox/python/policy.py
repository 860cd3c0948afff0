"""The language layer: what Python text may say. It refuses early and explains; the wall below does not need it.

| rule | refused |
|---|---|
| `import` | modules that are not in `modules.ALLOWED`, relative imports |
| `builtin` | `FORBIDDEN_BUILTINS` by name (eval, open, ...), unless the code or the context binds that name itself |
| `dunder` | `__names__` other than `NAMES`, `ATTRIBUTES` and the methods of `METHODS` |
| `inspection` | the attributes of frames, code objects and tracebacks: `gi_frame`, `f_back`, `tb_frame`, ... |
| `metaclass` | positional class patterns beside a metaclass of the code's own: `__match_args__` could name anything |
| `syntax` | `except*` (it confused the interpreter before), template strings, syntax newer than this policy |
| `attribute`, `format` | at run time, see `guards`: private names of library objects, attributes in format texts |

At run time only `.format`, `.format_map`, single-underscore attributes, `__class__`, `__dict__`, `.obj` and the special
methods that reach attributes by name are looked at. Nothing else costs anything: items, loops, calls run as they are.
"""

import ast
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from RestrictedPython.transformer import INSPECT_ATTRIBUTES, RestrictingNodeTransformer

from sandbox.python.modules import REMEDIES, is_allowed, is_hidden, names

__all__ = [
    "ATTRIBUTES",
    "FORBIDDEN_BUILTINS",
    "GUARDED",
    "INSPECTION",
    "METHODS",
    "NAMES",
    "Refusal",
    "Violation",
    "check",
    "remedy_for",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORBIDDEN_BUILTINS = _words(
    """
    eval exec compile open input globals locals breakpoint help exit quit copyright credits license memoryview
    __import__ __build_class__ __loader__ __spec__ __builtins__
    """
)
"""Names of Python's own that user code may not read."""

INSPECTION = INSPECT_ATTRIBUTES | _words(
    """
    f_lineno f_lasti f_trace_lines f_trace_opcodes tb_lasti tb_lineno gi_running gi_suspended cr_running
    ag_running co_consts co_names co_varnames co_freevars co_cellvars co_filename co_name co_lines co_positions
    func_globals func_code func_closure func_defaults im_func im_self im_class mro
    """
)

NAMES = frozenset({"__name__", "__doc__", "__debug__", "__annotations__"})
"""Dunder names that may be read as variables."""

METHODS = _words(
    """
    init new post_init del repr str bytes format lt le eq ne gt ge hash bool call len length_hint getitem setitem
    delitem missing iter next reversed contains add sub mul matmul truediv floordiv mod divmod pow lshift rshift
    and xor or radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand rxor ror iadd isub
    imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ixor ior neg pos abs invert complex int float
    index round trunc floor ceil enter exit await aiter anext aenter aexit getattr getattribute setattr delattr
    get set delete set_name init_subclass class_getitem instancecheck subclasscheck copy deepcopy sizeof dir
    fspath prepare subclasshook
    """
)
"""Special methods that a class may define, without their underscores."""

_MUST_GUARD = frozenset(
    {"__class__", "__dict__", "__getattribute__", "__setattr__", "__delattr__", "__getattr__", "__new__"}
)
ATTRIBUTES = frozenset(f"__{name}__" for name in METHODS) | _words(
    """
    __name__ __qualname__ __doc__ __annotations__ __members__ __dataclass_fields__ __cause__ __context__
    __suppress_context__ __notes__ __class__ __dict__ __slots__ __match_args__ __version__ __abstractmethods__
    __total__ __required_keys__ __optional_keys__ __args__ __origin__
    """
)
"""Dunder attributes that may be read."""

GUARDED = _MUST_GUARD | {"format", "format_map", "obj", "vformat", "get_field"}
"""Attributes that are read through `guards`, beside those that start with one underscore."""

_ASSIGNABLE = frozenset({"__doc__", "__name__", "__qualname__", "__cause__", "__context__", "__suppress_context__"})
_CLASS_VARIABLES = frozenset(
    {"__slots__", "__hash__", "__doc__", "__annotations__", "__version__", "__author__", "__all__"}
)
_GUARD_NAMES = frozenset({"_getattr_", "_metaclass_base_"})
_REFUSED_NODES = frozenset({"TryStar", "TemplateStr", "Interpolation"})
_PLAIN_CLASSES = _words(
    """
    bool bytearray bytes dict float frozenset int list set str tuple
    """
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that the code may not say."""

    rule: str
    message: str
    line: int | None
    hint: str | None = None


class Refusal(Exception):
    """The language layer refuses the code; `violations` in the order of the lines."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        super().__init__("; ".join(v.message for v in violations[:5]))


def check(tree: ast.Module, nodes: list[ast.AST], names: Container[str] = ()) -> ast.Module:
    """Judge a syntax tree and put the run-time guards into it.

    Args:
        tree: of the user's code; changed in place.
        nodes: all of it.
        names: that the context binds.

    Raises:
        Refusal: with every violation.
    """
    policy = _Policy(_bound_names(nodes), names, metaclasses=_has_metaclasses(nodes))
    tree = policy.visit(tree)
    if policy.violations:
        raise Refusal(sorted(policy.violations, key=lambda violation: violation.line or 0))
    return tree


class _Policy(RestrictingNodeTransformer):
    """RestrictedPython's walk, which refuses each node it does not know; the judgements are ours."""

    def __init__(self, bound: frozenset[str], names: Container[str], *, metaclasses: bool) -> None:
        super().__init__()
        self.bound = bound
        self.context_names = names
        self.metaclasses = metaclasses
        self.violations: list[Violation] = []
        self.class_depth = 0

    def error(self, node: ast.AST, info: str) -> None:
        """RestrictedPython's own refusals: syntax it does not know."""
        self.refuse(node, "syntax", f"{info} (not allowed)")

    def refuse(self, node: ast.AST, rule: str, message: str, hint: str | None = None) -> None:
        """Note a violation."""
        self.violations.append(Violation(rule, message, getattr(node, "lineno", None), hint))

    def visit(self, node: ast.AST) -> Any:
        """Each node by its own judgement, or by its name alone."""
        name = type(node).__name__
        judge = _JUDGES.get(name)
        if judge is not None:
            return judge(self, node)
        if name in _KNOWN_NODES:
            return self.node_contents_visit(node) if node._fields else node
        if name in _REFUSED_NODES:
            self.refuse(node, "syntax", f"{_WORDS.get(name, name)} is not allowed here")
            return node
        return super().visit(node)

    # names -----------------------------------------------------------------------------------------------------------

    def judge_name(self, node: ast.Name) -> Any:
        if isinstance(node.ctx, ast.Load):
            self._check_read(node)
        else:
            self._check_bound(node, node.id)
        return node

    def _check_read(self, node: ast.Name) -> None:
        name = node.id
        if name in FORBIDDEN_BUILTINS and (
            name.startswith("__") or not (name in self.bound or name in self.context_names)
        ):
            self.refuse(node, "builtin", f"{name} is not allowed", _BUILTIN_HINTS.get(name))
        elif _is_dunder(name) and name not in NAMES and name not in _CLASS_VARIABLES:
            self.refuse(node, "dunder", f"the name {name} is not allowed")
        elif name in _GUARD_NAMES:
            self.refuse(node, "dunder", f"the name {name} is not allowed: the sandbox uses it")

    def _check_bound(self, node: ast.AST, name: str | None) -> None:
        if name is None:
            return
        allowed = self.class_depth and (name in _CLASS_VARIABLES or _is_method(name))
        if name in _GUARD_NAMES or (
            _is_dunder(name) and name not in {"__all__", "__version__", "__author__"} and not allowed
        ):
            if name == "__match_args__" and self.class_depth:
                return  # judged with its value
            self.refuse(node, "dunder", f"the name {name} cannot be assigned: not allowed")

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """RestrictedPython asks here for names of arguments, functions, handlers."""
        self._check_bound(node, name)

    # attributes ------------------------------------------------------------------------------------------------------

    def judge_attribute(self, node: ast.Attribute) -> Any:
        name = node.attr
        stored = not isinstance(node.ctx, ast.Load)
        if name in INSPECTION:
            self.refuse(node, "inspection", f"the attribute {name} is not allowed: it reaches into the interpreter")
        elif _is_dunder(name) and name not in (_ASSIGNABLE if stored else ATTRIBUTES):
            self.refuse(node, "dunder", f"the attribute {name} is not allowed")
        elif name == "__class__" and not isinstance(node.value, ast.Name):
            self.refuse(node, "dunder", "__class__ of an expression is not allowed", "use type(...)")
        node = self.node_contents_visit(node)
        private = self.class_depth and name.startswith("__") and not _is_dunder(name)  # Python mangles it
        guarded = name in GUARDED or (name.startswith("_") and not _is_dunder(name) and not private)
        if stored or not guarded:
            return node
        call = ast.Call(ast.Name("_getattr_", ast.Load()), [node.value, ast.Constant(name)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    # imports ---------------------------------------------------------------------------------------------------------

    def judge_import(self, node: ast.Import) -> Any:
        for alias in node.names:
            self._check_module(node, alias.name)
            self._check_bound(node, alias.asname)
        return node

    def judge_importfrom(self, node: ast.ImportFrom) -> Any:
        if node.level:
            self.refuse(node, "import", "relative imports are not allowed: there are no files")
            return node
        self._check_module(node, node.module or "")
        for alias in node.names:
            name = alias.name
            if name.startswith("_") or name in INSPECTION or is_hidden(node.module or "", name):
                self.refuse(node, "import", f"import of {name} from {node.module} is not allowed")
            self._check_bound(node, alias.asname)
        return node

    def _check_module(self, node: ast.AST, name: str) -> None:
        if not is_allowed(name):
            self.refuse(node, "import", f"import of {name} is not allowed", remedy_for(name))

    # classes and patterns --------------------------------------------------------------------------------------------

    def judge_classdef(self, node: ast.ClassDef) -> Any:
        self._check_bound(node, node.name)
        self._check_match_args(node)
        outer, self.class_depth = self.class_depth, 1
        node = self.node_contents_visit(node)
        self.class_depth = outer
        node.bases = [_real_type(base) for base in node.bases]
        for keyword in node.keywords:
            keyword.value = _real_type(keyword.value)
        return node

    def _check_match_args(self, node: ast.ClassDef) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id == "__match_args__" and not isinstance(inner.ctx, ast.Load):
                break
        else:
            return
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if [getattr(target, "id", None) for target in targets] == ["__match_args__"]:
                assert isinstance(statement, ast.Assign)
                if _public_names(statement.value):
                    return
        self.refuse(node, "dunder", "__match_args__ may only be a tuple of public names: anything else is not allowed")

    def judge_matchclass(self, node: ast.MatchClass) -> Any:
        for name in node.kwd_attrs:
            if name in INSPECTION or name.startswith("__"):
                self.refuse(node, "inspection", f"the attribute {name} is not allowed in a pattern")
        plain = isinstance(node.cls, ast.Name) and node.cls.id in _PLAIN_CLASSES
        if node.patterns and self.metaclasses and not plain:
            self.refuse(
                node, "metaclass", "positional class patterns beside a metaclass are not allowed",
                "name the attributes: case Point(x=x, y=y)",
            )  # fmt: skip
        return self.node_contents_visit(node)

    def judge_functiondef(self, node: Any) -> Any:
        self._check_bound(node, node.name)
        outer, self.class_depth = self.class_depth, self.class_depth and 2
        self.check_function_argument_names(node)
        node = self.node_contents_visit(node)
        self.class_depth = outer
        return node

    judge_asyncfunctiondef = judge_functiondef

    def judge_lambda(self, node: ast.Lambda) -> Any:
        self.check_function_argument_names(node)
        return self.node_contents_visit(node)

    def judge_excepthandler(self, node: ast.ExceptHandler) -> Any:
        self._check_bound(node, node.name)
        return self.node_contents_visit(node)

    def judge_global(self, node: Any) -> Any:
        for name in node.names:
            self._check_bound(node, name)
        return node

    judge_nonlocal = judge_global

    def judge_match(self, node: Any) -> Any:
        return self.node_contents_visit(node)

    def _judge_capture(self, node: Any) -> Any:
        self._check_bound(node, getattr(node, "name", None) or getattr(node, "rest", None))
        return self.node_contents_visit(node)

    judge_matchas = judge_matchstar = judge_matchmapping = _judge_capture


_JUDGES = {kind: judge for kind in vars(ast) if (judge := getattr(_Policy, f"judge_{kind.lower()}", None))}

_KNOWN_NODES = _words(
    """
    Module Expression Expr Pass Break Continue Return Delete Assign AugAssign AnnAssign For AsyncFor While If With
    AsyncWith withitem Raise Try Assert Await Yield YieldFrom Compare Call IfExp NamedExpr BoolOp BinOp UnaryOp
    JoinedStr FormattedValue Constant Subscript Slice Starred List Tuple Dict Set ListComp SetComp DictComp
    GeneratorExp comprehension keyword arguments arg match_case MatchValue MatchSingleton MatchSequence MatchOr
    alias Load Store Del And Or Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv Invert
    Not UAdd USub Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn TypeAlias TypeVar ParamSpec TypeVarTuple
    """
)
_WORDS = {"TryStar": "except*", "TemplateStr": "a template string", "Interpolation": "a template string"}
_BUILTIN_HINTS = {
    "eval": "parse data with json.loads or ast.literal_eval",
    "exec": "write the statements out",
    "compile": "write the statements out",
    "open": "there are no files; pass the content in the input",
    "input": "nobody answers; pass the value in the input",
    "__import__": "use an import statement",
}


def remedy_for(module: str) -> str:
    """What to do instead of importing this module."""
    while module:
        if module in REMEDIES:
            return REMEDIES[module]
        module = module.rpartition(".")[0]
    return f"allowed are {', '.join(names())}"


def _is_dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def _is_method(name: str) -> bool:
    return _is_dunder(name) and name[2:-2] in METHODS


def _real_type(node: ast.expr) -> ast.expr:
    """`type` as a base class or a metaclass is the real one; everywhere else it is a function of one argument."""
    if isinstance(node, ast.Name) and node.id == "type":
        return ast.copy_location(ast.Name("_metaclass_base_", ast.Load()), node)
    return node


def _public_names(node: ast.expr) -> bool:
    if not isinstance(node, ast.Tuple | ast.List):
        return False
    return all(
        isinstance(each, ast.Constant) and isinstance(each.value, str)
        and not each.value.startswith("_") and each.value not in INSPECTION
        for each in node.elts
    )  # fmt: skip


def _has_metaclasses(nodes: list[ast.AST]) -> bool:
    """Whether some class may have a metaclass beside those of the standard library."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            if any(keyword.arg in {"metaclass", None} and not _is_abc(keyword.value) for keyword in node.keywords):
                return True
            if any(
                isinstance(inner, ast.Name) and inner.id == "type" for base in node.bases for inner in ast.walk(base)
            ):
                return True
    return False


def _is_abc(node: ast.expr) -> bool:
    return getattr(node, "id", getattr(node, "attr", None)) == "ABCMeta"


def _bound_names(nodes: list[ast.AST]) -> frozenset[str]:
    """Every name that the code binds somewhere."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)
