"""The run-time half of the language layer: attributes by name, `.format`, `type`, the builtins that user code sees."""

import builtins
import functools
import string
import types
from collections import UserString
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from sandbox.python.modules import Module, importer, load
from sandbox.python.policy import ATTRIBUTES, FORBIDDEN_BUILTINS, INSPECTION, Refusal, Violation, remedy_for
from sandbox.python.replacements import replacements

__all__ = ["BUILTINS", "GUARDS", "MODULE"]

MODULE = "__main__"
"""`__name__` of user code, so that `if __name__ == "__main__"` runs."""

_LIBRARY_PRIVATE = frozenset(
    {"_asdict", "_replace", "_fields", "_make", "_field_defaults", "_value_", "_name_", "_member_map_"}
    | {"_member_names_", "_value2member_map_", "_missing_", "_generate_next_value_", "_ignore_", "_order_", "_"}
)
"""Underscore names that the standard library documents."""
# Bound here, for the builtins module belongs to whoever gets out of the layer.
_getattr, _setattr, _delattr, _isinstance, _issubclass = getattr, setattr, delattr, isinstance, issubclass
_type: Any = type
_parse: Callable[[str], Any] = string.Formatter().parse
_split: Callable[[str], Any] = _getattr(string, "_string").formatter_field_name_split


def refuse(name: str, rule: str = "attribute", hint: str | None = None) -> Refusal:
    """A refusal at run time; the line is added where it is described."""
    return Refusal([Violation(rule, f"{name} is not allowed", None, hint)])


def _check_name(name: str) -> str:
    if _type(name) is not str:
        raise TypeError(f"attribute name must be string, not {_type(name).__name__!r}")
    if name in INSPECTION:
        raise refuse(f"the attribute {name}", "inspection")
    if name.startswith("__") and name.endswith("__") and name not in ATTRIBUTES:
        raise refuse(f"the attribute {name}", "dunder")
    return name


def guarded_getattr(obj: Any, name: str, *default: Any) -> Any:
    """`getattr` for names known only at run time, and for the few that need a look at the object."""
    _check_name(name)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(obj, name, *default)
    if name[:1] == "_" and not (name.startswith("__") and name.endswith("__")) and not _owns_private(obj, name):
        raise refuse(f"the attribute {name} of {_describe(obj)}", "attribute")
    return _getattr(obj, name, *default)


def guarded_setattr(obj: Any, name: str, value: Any) -> None:
    """`setattr` for public names and the code's own private ones."""
    if _type(name) is str and (name in INSPECTION or (name.startswith("__") and name.endswith("__"))):
        raise refuse(f"setting {name}", "dunder")
    _setattr(obj, name, value)


def guarded_delattr(obj: Any, name: str) -> None:
    """`delattr` for public names and the code's own private ones."""
    _check_name(name)
    _delattr(obj, name)


def guarded_hasattr(obj: Any, name: str) -> bool:
    """`hasattr`; a name that may not be read is not there."""
    try:
        guarded_getattr(obj, name)
    except (AttributeError, Refusal):
        return False
    return True


def guarded_dir(*objects: Any) -> list[str]:
    """`dir` of an object, without the interpreter's insides."""
    if not objects:
        raise refuse("dir() without an object", "builtin")
    return [name for name in dir(objects[0]) if name not in INSPECTION and not name.startswith("__")]


def guarded_vars(obj: Any) -> Any:
    """`vars` of an object of the code's own classes."""
    return _dictionary(obj, "__dict__")


def _owns_private(obj: Any, name: str) -> bool:
    if name in _LIBRARY_PRIVATE:
        return True
    if _isinstance(obj, super):
        return True
    cls = obj if _isinstance(obj, _type) else _type(obj)
    return any(_is_users(base) for base in _type.mro(cls))


def _is_users(cls: type) -> bool:
    return bool(_type.__getattribute__(cls, "__module__") == MODULE)


def _describe(obj: Any) -> str:
    return f"module {obj.__name__}" if _isinstance(obj, Module) else f"a {_type(obj).__name__}"


# attributes that need a look -----------------------------------------------------------------------------------------


def _class_of(obj: Any, _name: str, *_default: Any) -> Any:
    return TYPE if (found := _getattr(obj, "__class__")) is _type else found


def _dictionary(obj: Any, name: str, *_default: Any) -> Any:
    if _isinstance(obj, _type):
        return types.MappingProxyType({key: value for key, value in obj.__dict__.items() if not key.startswith("__")})
    if not any(_is_users(base) for base in _type.mro(_type(obj))) and _type(obj) is not types.SimpleNamespace:
        raise refuse(f"{name} of {_describe(obj)}", "dunder")
    return object.__getattribute__(obj, "__dict__")


def _reads_by_name(obj: Any, name: str, *_default: Any) -> Any:
    method = _getattr(obj, name)

    @functools.wraps(guarded_getattr)
    def read(*arguments: Any) -> Any:
        _check_name(arguments[-1])
        if arguments[-1] in _SPECIAL:
            return guarded_getattr(*arguments) if len(arguments) == 2 else method(*arguments)
        return method(*arguments)

    return read


def _writes_by_name(obj: Any, name: str, *_default: Any) -> Any:
    method = _getattr(obj, name)

    def write(*arguments: Any) -> Any:
        names = [each for each in arguments[:2] if _isinstance(each, str)]
        for each in names:
            if each.startswith("__") and each.endswith("__"):
                raise refuse(f"setting {each}", "dunder")
        return method(*arguments)

    return write


def _maker(obj: Any, name: str, *_default: Any) -> Any:
    if obj is _type or obj is TYPE:
        raise refuse("type.__new__", "dunder")
    return _getattr(obj, name)


def _text_format(obj: Any, name: str, *default: Any) -> Any:
    if _isinstance(obj, UserString) or (_isinstance(obj, _type) and _issubclass(obj, UserString)):
        raise refuse(f"{name} of UserString", "format")
    method = _getattr(obj, name, *default)
    if _isinstance(obj, str):
        text = str.__str__(obj)
        return lambda *arguments, **keywords: _checked_format(text, method, arguments, keywords)
    if _isinstance(obj, _type) and _issubclass(obj, str):
        return lambda text, *arguments, **keywords: _checked_format(text, method, (text, *arguments), keywords)
    return method


def _checked_format(text: str, method: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
    _check_format(text)
    return method(*arguments, **keywords)


def _check_format(text: str) -> None:
    """Every attribute that a format text names must be one that the code could name itself."""
    for _, field, specification, _ in _parse(text):
        if field:
            for is_attribute, name in _split(field)[1]:
                if is_attribute and (name.startswith("_") or name in INSPECTION or name in _SPECIAL):
                    raise refuse(f"the attribute {name} in a format text", "format")
        if specification:
            _check_format(specification)


def _obj(obj: Any, name: str, *default: Any) -> Any:
    if _isinstance(obj, AttributeError | memoryview):
        raise refuse("obj of an AttributeError", "inspection")
    return _getattr(obj, name, *default)


_SPECIAL: Mapping[str, Callable[..., Any]] = {
    "__class__": _class_of,
    "__dict__": _dictionary,
    "__getattribute__": _reads_by_name,
    "__getattr__": _reads_by_name,
    "__setattr__": _writes_by_name,
    "__delattr__": _writes_by_name,
    "__new__": _maker,
    "format": _text_format,
    "format_map": _text_format,
    "obj": _obj,
}

# type ----------------------------------------------------------------------------------------------------------------


class _TypeOfTypes(type):
    """Makes `TYPE` a callable of one argument that still works in isinstance and annotations."""

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        if len(arguments) != 1 or keywords:
            raise refuse("type() with three arguments", "builtin", "write a class statement")
        return TYPE if (found := _type(arguments[0])) is _type else found

    def __instancecheck__(cls, obj: Any) -> bool:
        return _isinstance(obj, _type)

    def __subclasscheck__(cls, obj: Any) -> bool:
        return obj is cls or _issubclass(obj, _type)

    def __getitem__(cls, parameters: Any) -> Any:
        return _type[parameters]

    def __repr__(cls) -> str:
        return "<class 'type'>"

    def __or__(cls, other: Any) -> Any:
        return _type | other

    def __ror__(cls, other: Any) -> Any:
        return other | _type


TYPE: Any = _TypeOfTypes("type", (), {"__module__": "builtins"})

# builtins ------------------------------------------------------------------------------------------------------------


def _forbidden(name: str) -> Callable[..., NoReturn]:
    def refused(*_arguments: Any, **_keywords: Any) -> NoReturn:
        raise refuse(name, "builtin")

    return refused


def _refuse_import(name: str) -> Refusal:
    return refuse(f"import of {name}", "import", remedy_for(name))


def _make_builtins(modules: Mapping[str, Module]) -> dict[str, Any]:
    public = {name: value for name, value in vars(builtins).items() if not name.startswith("_")}
    public |= {name: _forbidden(name) for name in FORBIDDEN_BUILTINS if name in public}
    return public | {
        "__build_class__": builtins.__build_class__,
        "__debug__": True,
        "__import__": importer(modules, _refuse_import),
        "getattr": guarded_getattr,
        "setattr": guarded_setattr,
        "delattr": guarded_delattr,
        "hasattr": guarded_hasattr,
        "dir": guarded_dir,
        "vars": guarded_vars,
        "type": TYPE,
    }


MODULES: Mapping[str, Module] = load(replacements(guarded_getattr))
BUILTINS: Mapping[str, Any] = _make_builtins(MODULES)
"""What `__builtins__` is for user code."""
GUARDS: Mapping[str, Any] = {"_getattr_": guarded_getattr, "_metaclass_base_": _type}
"""Names that the compiled code calls."""
