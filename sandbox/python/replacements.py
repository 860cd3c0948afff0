"""Versions of single library functions that evaluate no text, open no file and reach no attribute past the guards."""

import functools
import io
import logging
import sys
import types
import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.python.failures import trimmed_traceback
from sandbox.python.policy import Refusal, Violation

__all__ = ["keep_zones_in_memory", "replacements"]

_ZONE_MARK = b"TZif"
_OTHER_ZONES = frozenset({"posix", "right"})
"""The same zones again, with and without leap seconds."""


def replacements(getter: Callable[..., Any]) -> Mapping[str, Mapping[str, Any]]:
    """By module and name; `getter` is the guarded getattr."""

    class AttributeGetter:
        """`operator.attrgetter`, by the guarded way."""

        def __init__(self, *names: str) -> None:
            self._paths = [tuple(name.split(".")) for name in names]

        def __call__(self, obj: Any) -> Any:
            found = [functools.reduce(getter, path, obj) for path in self._paths]
            return found[0] if len(found) == 1 else tuple(found)

    def method_caller(name: str, *arguments: Any, **keywords: Any) -> Callable[[Any], Any]:
        return lambda obj: getter(obj, name)(*arguments, **keywords)

    return {
        "operator": {"attrgetter": AttributeGetter, "methodcaller": method_caller},
        "functools": {"singledispatch": _single_dispatch, "singledispatchmethod": _SingleDispatchMethod},
        "traceback": {"format_exc": _format_exc, "print_exc": _print_exc},
        "logging": {"basicConfig": _basic_config},
    }


def _single_dispatch(function: Callable[..., Any]) -> Any:
    """`functools.singledispatch`, which does not evaluate annotations that are text."""
    dispatcher: Any = functools.singledispatch(function)
    register_kind = dispatcher.register

    def register(kind: Any, func: Any = None) -> Any:
        if func is None and isinstance(kind, types.FunctionType):
            annotation = next(iter(kind.__annotations__.values()), None)
            if not isinstance(annotation, type | types.UnionType):
                raise Refusal([Violation("syntax", "register by this annotation is not allowed", None, _REGISTER)])
            kind, func = annotation, kind
        return register_kind(kind, func)

    dispatcher.register = register
    return dispatcher


_REGISTER = "name the type: @function.register(int)"


class _SingleDispatchMethod(functools.singledispatchmethod):  # type: ignore[type-arg]
    """The same for methods."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.dispatcher = _single_dispatch(function)


def _format_exc(*_arguments: Any, **_keywords: Any) -> str:
    error = sys.exc_info()[1]
    return f"{trimmed_traceback(error)}\n" if error else "NoneType: None\n"


def _print_exc(*_arguments: Any, **_keywords: Any) -> None:
    sys.stderr.write(_format_exc())


def _basic_config(**options: Any) -> None:
    for refused in ("filename", "style", "handlers"):
        if options.get(refused) is not None:
            raise Refusal([Violation("attribute", f"logging.basicConfig({refused}=...) is not allowed", None)])
    logging.basicConfig(**options)


def keep_zones_in_memory() -> None:
    """Read every time zone now, for a locked child can read no file."""
    zones: dict[str, bytes] = {}
    for folder in map(Path, zoneinfo.TZPATH):
        for path in folder.rglob("*") if folder.is_dir() else ():
            name = path.relative_to(folder)
            if name.parts[0] in _OTHER_ZONES or path.suffix or not path.is_file():
                continue
            data = path.read_bytes()
            if data.startswith(_ZONE_MARK):
                zones.setdefault(str(name), data)

    def load(key: str) -> io.BytesIO:
        if key not in zones:
            raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
        return io.BytesIO(zones[key])

    zoneinfo.reset_tzpath(to=())
    sys.modules["zoneinfo._common"].load_tzdata = load  # type: ignore[attr-defined]
