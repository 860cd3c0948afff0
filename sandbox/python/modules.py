"""Which modules user code may import, and the read-only stand-ins it gets for them.

A stand-in holds the public names of its module, without sub-modules, underscore names and the few functions that
evaluate text or open files. So `json.codecs`, `random._os` and `re.enum.sys` do not exist.
"""

import importlib
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

__all__ = ["ALLOWED", "REMEDIES", "Module", "importer", "is_allowed", "is_hidden", "load", "names"]

ALLOWED: Mapping[str, frozenset[str]] = {
    name: frozenset(without.split())
    for name, without in {
        "__future__": "",
        "abc": "",
        "array": "",
        "asyncio": "create_subprocess_exec create_subprocess_shell open_connection open_unix_connection start_server "
        "start_unix_server to_thread run_coroutine_threadsafe",
        "base64": "main test encode decode",
        "binascii": "",
        "bisect": "",
        "calendar": "main",
        "cmath": "",
        "collections": "UserString",
        "collections.abc": "",
        "colorsys": "",
        "contextlib": "chdir",
        "copy": "",
        "csv": "",
        "dataclasses": "make_dataclass",
        "datetime": "",
        "decimal": "",
        "difflib": "",
        "email.utils": "",
        "enum": "EnumMeta EnumType",
        "fnmatch": "",
        "fractions": "",
        "functools": "",
        "graphlib": "",
        "hashlib": "file_digest",
        "heapq": "",
        "hmac": "",
        "html": "",
        "html.entities": "",
        "html.parser": "",
        "ipaddress": "",
        "itertools": "",
        "json": "",
        "keyword": "",
        "locale": "",
        "math": "",
        "numbers": "",
        "operator": "",
        "pprint": "",
        "queue": "",
        "quopri": "main encode decode",
        "random": "",
        "re": "",
        "reprlib": "",
        "secrets": "",
        "shlex": "",
        "statistics": "",
        "string": "Formatter",
        "struct": "",
        "textwrap": "",
        "time": "",
        "typing": "get_type_hints ForwardRef",
        "unicodedata": "",
        "urllib.parse": "",
        "uuid": "uuid1 getnode main",
        "warnings": "",
        "weakref": "",
        "xml.etree.ElementTree": "parse iterparse",
        "xml.sax.saxutils": "",
        "zlib": "",
        "zoneinfo": "",
    }.items()
}
"""Module to the public names it loses."""

_ONLY: Mapping[str, frozenset[str]] = {
    "ast": frozenset({"literal_eval"}),
    "bz2": frozenset({"compress", "decompress"}),
    "codecs": frozenset({"encode", "decode", "BOM_UTF8", "BOM_UTF16", "lookup"}),
    "gzip": frozenset({"compress", "decompress"}),
    "http": frozenset({"HTTPStatus"}),
    "io": frozenset({"StringIO", "BytesIO"}),
    "logging": frozenset(
        {"getLogger", "basicConfig", "debug", "info", "warning", "error", "critical", "exception", "log", "disable"}
        | {"DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "NOTSET", "NullHandler", "getLevelName"}
    ),
    "lzma": frozenset({"compress", "decompress"}),
    "tomllib": frozenset({"loads", "TOMLDecodeError"}),
    "traceback": frozenset({"format_exc", "print_exc"}),
    "types": frozenset({"SimpleNamespace", "MappingProxyType", "GeneratorType", "NoneType", "UnionType"}),
}
"""Modules of which only these names are given."""

_INTERNAL = frozenset({"_strptime", "copyreg"})
"""What the library's C code imports through ours and then takes from elsewhere; import statements never get here."""

REMEDIES: Mapping[str, str] = {
    "os": "a code node has no files and no environment; pass what you need in the input",
    "sys": "read input from the context and answer in `result` or by `return`; for limits use literals",
    "subprocess": "no other program can be started; do the work in Python or in another node",
    "io": "only StringIO and BytesIO are there",
    "socket": "nothing here reaches the network; use an HTTP Request node and pass its answer in",
    "requests": "nothing here reaches the network; use an HTTP Request node and pass its answer in",
    "urllib.request": "nothing here reaches the network; use an HTTP Request node and pass its answer in",
    "http.client": "nothing here reaches the network; use an HTTP Request node and pass its answer in",
    "httpx": "nothing here reaches the network; use an HTTP Request node and pass its answer in",
    "pathlib": "there are no files; pass the content in the input",
    "shutil": "there are no files; pass the content in the input",
    "tempfile": "there are no files; keep the data in memory (io.StringIO, io.BytesIO)",
    "glob": "there are no files; pass the content in the input",
    "pickle": "use json",
    "threading": "an execution has one thread; use plain loops or asyncio",
    "multiprocessing": "an execution is one process; use plain loops",
    "concurrent.futures": "an execution has one thread; use plain loops or asyncio",
    "pandas": "not installed here; lists of dicts and the standard library do it",
    "numpy": "not installed here; use math, statistics and lists",
}


class Module:
    """A read-only stand-in; its attributes are the module's allowed public names."""

    def __init__(self, name: str, names: Mapping[str, Any]) -> None:
        self.__dict__.update(names)
        self.__dict__["__name__"] = name
        self.__dict__["__all__"] = sorted(names)

    def __repr__(self) -> str:
        return f"<module {self.__dict__['__name__']!r}>"

    def __getattr__(self, name: str) -> NoReturn:
        module = self.__dict__["__name__"]
        if is_hidden(module, name):
            raise AttributeError(f"{module}.{name} is not allowed here")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"modules are read-only here: {self.__dict__['__name__']}.{name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"modules are read-only here: {self.__dict__['__name__']}.{name} cannot be deleted")


def names() -> list[str]:
    """Every module that user code may import, sorted."""
    return sorted(ALLOWED.keys() | _ONLY.keys())


def is_allowed(name: str) -> bool:
    """Whether user code may import this module, or a package of such modules."""
    known = ALLOWED.keys() | _ONLY.keys()
    return name in known or any(each.startswith(f"{name}.") for each in known)


def is_hidden(module: str, name: str) -> bool:
    """Whether the real module has this name and its stand-in does not."""
    real = sys.modules.get(module)
    return hasattr(real, name) and name not in _public(real, module) and not is_allowed(f"{module}.{name}")


def load(replacements: Mapping[str, Mapping[str, Any]]) -> dict[str, Module]:
    """Import every allowed module and make its stand-in.

    Args:
        replacements: guarded versions of single functions, by module and name.
    """
    stand_ins: dict[str, Module] = {}
    for name in names():
        public = _public(importlib.import_module(name), name) | dict(replacements.get(name, {}))
        stand_ins[name] = Module(name, public)
    _add_packages(stand_ins)
    return stand_ins


def _public(module: object, name: str) -> dict[str, Any]:
    wanted: Iterable[str] = _ONLY.get(name) or dir(module)
    lost = ALLOWED.get(name, frozenset())
    found = {each: getattr(module, each) for each in wanted if not each.startswith("_") and each not in lost}
    return {each: value for each, value in found.items() if not isinstance(value, types.ModuleType)}


def _add_packages(stand_ins: dict[str, Module]) -> None:
    """Hang each module on its package; `urllib` itself is nothing but the way to `urllib.parse`."""
    names = list(stand_ins)
    while names:
        name = names.pop()
        parent, _, child = name.rpartition(".")
        if not parent:
            continue
        if parent not in stand_ins:
            stand_ins[parent] = Module(parent, {})
            names.append(parent)
        stand_ins[parent].__dict__[child] = stand_ins[name]


def importer(stand_ins: Mapping[str, Module], refuse: Callable[[str], Exception]) -> Callable[..., Module]:
    """Make the `__import__` of user code."""
    nothing = Module("", {})

    def guarded_import(
        name: str, _globals: Any = None, _locals: Any = None, fromlist: Any = None, level: int = 0
    ) -> Module:
        if name in _INTERNAL:
            return nothing
        if type(name) is not str or level or name not in stand_ins:
            raise refuse(str(name))
        return stand_ins[name if fromlist else name.partition(".")[0]]

    return guarded_import
