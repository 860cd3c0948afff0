"""What is dangerous in Python code: code from text, modules that reach the system, the insides of objects."""

import ast
import re
import string
import sys
from collections.abc import Iterator

from tools.checks.lines import finding_at
from tools.checks.python_source import PythonSource
from tools.checks.python_values import PythonValues
from tools.checks.report import Finding, Severity
from tools.checks.secret import SECRET
from tools.checks.words import words

__all__ = ["DANGEROUS_MODULES", "python_security"]

DANGEROUS_MODULES = words("""
    os sys subprocess shutil pathlib socket ssl ftplib smtplib poplib imaplib nntplib telnetlib socketserver xmlrpc
    importlib imp pkgutil zipimport runpy code codeop builtins ctypes _ctypes cffi mmap multiprocessing threading
    _thread signal resource pty tty termios fcntl select selectors posix nt pwd grp spwd crypt syslog platform site
    sysconfig gc inspect dis marshal pickle cPickle _pickle shelve dbm sqlite3 tempfile glob linecache fileinput
    filecmp zipfile tarfile webbrowser wsgiref cgi cgitb pdb bdb trace tracemalloc faulthandler timeit profile
    cProfile pstats doctest unittest venv ensurepip symtable tokenize pydoc pyclbr antigravity zipapp lib2to3 uu
    wave _io _posixsubprocess _socket _winapi winreg msvcrt readline rlcompleter cmd getpass curses netrc idlelib
    tkinter turtle py_compile compileall modulefinder atexit sched mailbox asyncio asyncore asynchat concurrent
    distutils setuptools pip pkg_resources nis ossaudiodev audioop stat posixpath ntpath genericpath logging.config
    logging.handlers
""")
_NETWORK_MODULES = words("""
    requests httpx aiohttp urllib3 urllib.request http paramiko pycurl websocket websockets boto3 fabric scrapy
    selenium playwright psycopg2 pymysql redis pymongo
""")
_NETWORK_PREFIXES = ("urllib.request", "http.client", "http.server", "http.cookiejar")
_SAFE_MEMBERS = frozenset({"http.HTTPStatus", "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath"})
"""Harmless names that may be taken out of a module which is refused as a whole."""
_UNSAFE_MEMBERS = words("""
    io.open io.open_code io.FileIO io.OpenWrapper codecs.open gzip.open gzip.GzipFile bz2.open bz2.BZ2File lzma.open
    lzma.LZMAFile logging.FileHandler typing.get_type_hints typing.ForwardRef types.FunctionType types.CodeType
    types.LambdaType numpy.load numpy.fromfile pandas.read_pickle xml.etree.ElementTree.parse
    xml.etree.ElementTree.iterparse xml.dom.minidom.parse xml.sax.parse uuid.getnode
""")
"""Dangerous names of modules that are harmless as a whole."""
_BUILTINS = {
    "eval": "code-from-text",
    "exec": "code-from-text",
    "compile": "code-from-text",
    "__import__": "import",
    "open": "file",
    "input": "console",
    "breakpoint": "console",
    "globals": "insides",
    "locals": "insides",
    "vars": "insides",
    "__builtins__": "insides",
    "__loader__": "insides",
    "__spec__": "insides",
    "__build_class__": "insides",
    "memoryview": "insides",
}
_NAMED_ACCESS = frozenset({"getattr", "setattr", "delattr", "hasattr"})
_SAFE_DUNDERS = words("""
    __init__ __name__ __doc__ __len__ __iter__ __next__ __contains__ __getitem__ __setitem__ __delitem__ __str__
    __repr__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __bool__ __enter__ __exit__ __add__ __radd__ __sub__
    __mul__ __truediv__ __floordiv__ __mod__ __neg__ __abs__ __call__ __post_init__ __version__ __format__ __int__
    __float__ __index__ __reversed__ __missing__ __and__ __or__ __xor__ __main__
""")
_FRAME_ATTRIBUTES = words("""
    tb_frame tb_next tb_lasti f_back f_globals f_locals f_code f_builtins f_trace gi_frame gi_code gi_yieldfrom
    cr_frame cr_code cr_origin cr_await ag_frame ag_code ag_await co_code co_consts co_names func_globals func_code
    mro
""")
_OPERATOR_ACCESS = frozenset({"operator.attrgetter", "operator.methodcaller", "inspect.getattr_static"})
_DUNDER = re.compile(r"__\w+__\Z")
_FIELD = re.compile(r"[.\[]_|\.(?:gi|cr|ag|tb|f)_\w+")
_REMEDIES = {
    "code-from-text": "write the code out; to read data use json.loads",
    "import": "a Code node works on its items; use the node made for files, commands or HTTP requests",
    "network": "use an HTTP Request node before this one",
    "file": "use the Read/Write Files from Disk node and pass its output in",
    "console": "take the value from the input items",
    "insides": "work on the data, not on Python's own objects",
    "format-field": "format plain fields, without attributes that begin with an underscore",
    "secret": "keep it in n8n's credentials",
}


def python_security(source: PythonSource) -> Iterator[Finding]:
    """All security findings of code that compiles."""
    yield from _Rules(source).findings()


class _Rules:
    def __init__(self, source: PythonSource) -> None:
        self.code = source.code
        self.scopes = source.scopes
        self.values = PythonValues(self.scopes)
        self.modules_escape = False

    def findings(self) -> Iterator[Finding]:
        nodes = self.scopes.nodes
        self.modules_escape = any(self._is_module_value(node) for node in nodes)
        for node in nodes:
            check = getattr(self, f"check_{type(node).__name__}", None)
            if check is not None:
                yield from check(node)

    def find(
        self, node: ast.AST, rule: str, message: str, *, severity: Severity = "error", context: str = ""
    ) -> Finding:
        line, column = getattr(node, "lineno", None), getattr(node, "col_offset", None)
        place = None if column is None else column + 1
        return finding_at(
            self.code,
            f"security/{rule}",
            message,
            line,
            place,
            severity=severity,
            remedy=_REMEDIES.get(rule, ""),
            context=context,
        )

    def check_Import(self, node: ast.Import) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        for alias in node.names:
            yield from self.module(node, alias.name)

    def check_ImportFrom(self, node: ast.ImportFrom) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        if node.level:
            yield self.find(node, "import", "relative imports are not allowed")
            return
        module = node.module or ""
        if all(f"{module}.{alias.name}" in _SAFE_MEMBERS for alias in node.names):
            return
        found = list(self.module(node, module))
        yield from found
        for alias in [] if found else node.names:
            full = f"{module}.{alias.name}"
            if (
                full in _UNSAFE_MEMBERS
                or _is_network(full)
                or _is_dangerous_module(full)
                or _reaches_system(alias.name)
                or alias.name.startswith("_")
            ):
                yield self.find(node, "import", f"import of '{full}' is not allowed: it reaches the system")

    def module(self, node: ast.AST, name: str) -> Iterator[Finding]:
        if _is_network(name):
            yield self.find(node, "network", f"import of '{name}' is not allowed: it reaches the network")
        elif _is_dangerous_module(name):
            yield self.find(
                node, "import", f"import of '{name}' is not allowed: it reaches files, processes or Python's insides"
            )

    def check_Name(self, node: ast.Name) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        if not isinstance(node.ctx, ast.Load) or self.scopes.bindings(node):
            return
        rule = _BUILTINS.get(node.id)
        if rule is not None:
            yield self.find(node, rule, f"`{node.id}` is not allowed", context=self._why(node))
        elif node.id in _NAMED_ACCESS and not self._is_called(node):
            yield self.find(node, "insides", f"passing `{node.id}` on is not allowed: what it reads cannot be checked")
        elif _DUNDER.match(node.id) and node.id not in {"__name__", "__doc__", "__debug__"}:
            yield self.find(node, "insides", f"`{node.id}` is not allowed")

    def _why(self, node: ast.Name) -> str:
        return "" if self._is_called(node) else "it is kept under another name or passed on"

    def _is_called(self, node: ast.AST) -> bool:
        parent = self.scopes.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def check_Attribute(self, node: ast.Attribute) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        yield from self.attribute(node, node.attr, self.values.path(node.value))

    def attribute(self, node: ast.AST, name: str, base: str | None, *, built: bool = False) -> Iterator[Finding]:
        """An attribute that is read, in whatever way its name was built."""
        context = "the name is built from pieces" if built else ""
        if _DUNDER.match(name) and name not in _SAFE_DUNDERS:
            yield self.find(
                node, "insides", f"access to `{name}` is not allowed: it leads to Python's insides", context=context
            )
        elif name in _FRAME_ATTRIBUTES:
            yield self.find(
                node,
                "insides",
                f"access to `{name}` is not allowed: it leads to frames and code objects",
                context=context,
            )
        elif base is not None and self._is_module(base) and (_reaches_system(name) or name.startswith("_")):
            yield self.find(
                node,
                "import",
                f"`{base}.{name}` is not allowed: it reaches the system through another module",
                context=context,
            )
        elif base is not None and _is_unsafe_member(f"{base}.{name}"):
            yield self.find(node, "file", f"`{base}.{name}` is not allowed: it opens files or makes code")
        elif self.modules_escape and name in {"sys", "os", "builtins", "subprocess", "_sys", "_os"}:
            yield self.find(node, "import", f"`.{name}` is not allowed: a module was passed on under another name")

    def _is_module(self, path: str) -> bool:
        root = path.split(".", maxsplit=1)[0]
        return root in sys.stdlib_module_names or root in _NETWORK_MODULES

    def _is_module_value(self, node: ast.AST) -> bool:
        """Whether a module itself is used as a value, so that its attributes may be read under any name."""
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            return False
        parent = self.scopes.parents.get(node)
        if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Assign) and parent.value is node):
            return False
        return any(
            isinstance(binding, ast.alias) and isinstance(self.scopes.parents.get(binding), ast.Import)
            for binding in self.scopes.bindings(node)
        )

    def check_Call(self, node: ast.Call) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        path = self.values.path(node.func) or ""
        if path in _NAMED_ACCESS and len(node.args) > 1:
            yield from self.named_access(node, path)
        elif path in _OPERATOR_ACCESS:
            yield from self.operator_access(node, path)
        elif path.endswith((".__getattribute__", ".__getattr__")):
            yield self.find(node, "insides", f"`{path}` is not allowed")
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "format_map", "vformat"}:
            yield from self.format_fields(node, node.func)
        if path == "type" and len(node.args) == 3:
            yield self.find(node, "insides", "building a class with `type(...)` is not allowed")

    def named_access(self, node: ast.Call, function: str) -> Iterator[Finding]:
        name = self.values.text(node.args[1])
        base = self.values.path(node.args[0])
        if name is None:
            yield self.find(
                node, "insides", f"`{function}` with a computed name is not allowed: what it reads cannot be checked"
            )
        elif base is not None and base.split(".")[0] in {"__builtins__", "builtins"}:
            yield self.find(node, "insides", f"`{function}` on the builtins is not allowed")
        else:
            yield from self.attribute(node, name, base, built=not isinstance(node.args[1], ast.Constant))

    def operator_access(self, node: ast.Call, path: str) -> Iterator[Finding]:
        for argument in node.args if path.endswith("attrgetter") else node.args[:1]:
            name = self.values.text(argument)
            if name is None:
                yield self.find(node, "insides", f"`{path}` with a computed name is not allowed")
            for step in (name or "").split("."):
                yield from self.attribute(node, step, None)

    def format_fields(self, node: ast.Call, function: ast.Attribute) -> Iterator[Finding]:
        template = self.values.text(function.value)
        if template is None:  # `str.format(template, ...)`, `Formatter().format(template, ...)`
            template = self.values.text(node.args[0]) if node.args else None
            if template is None:
                return
        for field in _format_fields(template):
            if _FIELD.search(field):
                yield self.find(
                    node, "format-field", f"the format field `{{{field}}}` is not allowed: it reads Python's insides"
                )

    def check_Constant(self, node: ast.Constant) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        if isinstance(node.value, str) and SECRET.search(node.value):
            yield self.find(node, "secret", "this looks like a secret key", severity="warning")

    def check_MatchClass(self, node: ast.MatchClass) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        for name in node.kwd_attrs:
            yield from self.attribute(node, name, None)

    def check_Subscript(self, node: ast.Subscript) -> Iterator[Finding]:  # noqa: N802 - named as ast names it
        path = self.values.path(node.value) or ""
        key = self.values.text(node.slice)
        if path.endswith(("__dict__", "sys.modules")) or (
            key in {"__builtins__", "__globals__"} and isinstance(node.value, ast.Attribute | ast.Call)
        ):
            yield self.find(node, "insides", "reading Python's insides by name is not allowed")


def _format_fields(template: str) -> list[str]:
    found: list[str] = []
    pending = [template]
    while pending and len(found) < 200:
        try:
            parsed = list(string.Formatter().parse(pending.pop()))
        except ValueError:
            continue
        for _, field, spec, _ in parsed:
            found.extend([field] if field else [])
            pending.extend([spec] if spec else [])
    return found


def _is_network(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in _NETWORK_MODULES - {"http"} or name.startswith(_NETWORK_PREFIXES)


def _is_dangerous_module(name: str) -> bool:
    root = name.split(".", maxsplit=1)[0]
    return root in DANGEROUS_MODULES or name in DANGEROUS_MODULES


def _is_unsafe_member(path: str) -> bool:
    """Whether a dotted name ends in a dangerous one, reached through whatever module: `json.codecs.open`."""
    steps = path.split(".")
    return any(".".join(steps[start:]) in _UNSAFE_MEMBERS for start in range(len(steps) - 1))


def _reaches_system(name: str) -> bool:
    """Whether an attribute of a harmless module is a dangerous one: `re.enum.sys`, `random._os`."""
    plain = name.lstrip("_")
    return plain in DANGEROUS_MODULES and plain not in {
        "stat",
        "profile",
        "select",
        "platform",
        "code",
        "trace",
        "dis",
        "cmd",
        "compile",
    }
