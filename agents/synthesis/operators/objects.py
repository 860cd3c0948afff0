"""Operators on objects: their keys and values, and whole-object changes."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, key_of, text_of


def _obj(run: Any) -> Any:
    def checked(value: Any, *rest: Any) -> Any:
        if not isinstance(value, dict):
            raise Undefined
        return run(value, *rest)

    return checked


def _snake(name: str) -> str:
    return "_".join(runtime.words_in_key(name))


def _camel(name: str) -> str:
    words = runtime.words_in_key(name)
    return "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])


def _kept(test: Any) -> Any:
    return _obj(lambda value, *rest: {name: inner for name, inner in value.items() if test(name, inner, *rest)})


def _named(rename: Any) -> Any:
    return _obj(lambda value, *rest: {rename(name, *rest): inner for name, inner in value.items()})


def _mapped(change: Any) -> Any:
    return _obj(lambda value, *rest: {name: change(inner, *rest) for name, inner in value.items()})


def _js_kept(test: str) -> str:
    return "Object.fromEntries(Object.entries({0}).filter(([name, value]) => " + test + "))"


def _py_kept(test: str) -> str:
    return "{{name: value for name, value in {0:m}.items() if " + test + "}}"


def _js_named(name: str) -> str:
    return "Object.fromEntries(Object.entries({0}).map(([name, value]) => [" + name + ", value]))"


def _py_named(name: str) -> str:
    return "{{" + name + ": value for name, value in {0:m}.items()}}"


def _js_mapped(value: str) -> str:
    return "Object.fromEntries(Object.entries({0}).map(([name, value]) => [name, " + value + "]))"


def _py_mapped(value: str) -> str:
    return "{{name: " + value + " for name, value in {0:m}.items()}}"


def _look_up(table: Any, key: Any) -> Any:
    if not isinstance(table, dict) or isinstance(key, list | dict | bool):
        raise Undefined
    if key is None:
        return None
    return table.get(text_of(key))


def _each_entry(value: dict[str, Any]) -> list[Any]:
    if not all(isinstance(inner, list) for inner in value.values()):
        raise Undefined
    return [{"key": name, "value": element} for name, inner in value.items() for element in inner]


def _without_values(value: dict[str, Any], options: tuple[str, ...]) -> dict[str, Any]:
    return {name: None if inner in options and isinstance(inner, str) else inner for name, inner in value.items()}


def _pairs(value: dict[str, Any]) -> list[Any]:
    return [{"key": name, "value": inner} for name, inner in value.items()]


_O = ("obj",)
_EMPTY = (
    "empty",
    "null",
    "missing",
    "nulls",
    "blank",
    "none",
    "undefined",
    "without",
    "remove",
    "drop",
    "clean",
    "value",
)
_CASES = (
    "keys",
    "key",
    "names",
    "fields",
    "rename",
    "columns",
    "headers",
    "field",
    "snake",
    "camel",
    "case",
    "lowercase",
    "uppercase",
    "snake_case",
    "camelcase",
)
_KEYED = ("prefix", "keys", "fields", "field", "start", "starts", "starting", "begin", "names", "name", "key")
_SNAKE_JS = "wordsInKey(name).join('_')"
_CAMEL_JS = (
    "wordsInKey(name).map((word, index) => (index ? word.charAt(0).toUpperCase() + word.slice(1) : word)).join('')"
)
_CAMEL_PY = '"".join(word[:1].upper() + word[1:] if index else word for index, word in enumerate(words_in_key(name)))'
_NON_EMPTY = 'value is not None and value != ""'

# fmt: off
register(
    Operator("keys", _obj(list), "list", _O, 1.3, "Object.keys({0})", "list({0})", "the field names of {0}", ("keys", "names", "fields", "key", "columns"), demand=0.4),
    Operator("values", _obj(lambda a: list(a.values())), "list", _O, 1.4, "Object.values({0})", "list({0:m}.values())", "the values of {0}", ("values", "list", "array"), demand=0.4),
    Operator("entries", _obj(_pairs), "list", _O, 1.3, "Object.entries({0}).map(([key, value]) => ({{ key, value }}))", '[{{"key": key, "value": value}} for key, value in {0:m}.items()]', "the fields of {0} as key and value", ("key", "keys", "entries", "pairs", "value", "object", "which"), demand=0.3),
    Operator("each_entry", _obj(_each_entry), "list", _O, 1.5, "Object.entries({0}).flatMap(([key, values]) => values.map(value => ({{ key, value }})))", '[{{"key": key, "value": value}} for key, values in {0:m}.items() for value in values]', "each entry of the lists in {0} as key and value", ("each", "every", "per", "flat", "rows", "list", "lists"), demand=0.3),
    Operator("null_values", _obj(_without_values), "obj", _O, 1.6, _js_mapped("{p0}.includes(value) ? null : value"), _py_mapped("None if value in {p0} else value"), "{0} with null for {p0}", ("null", "nulls", "missing", "unknown", "empty", "none", "nothing", "blank"), demand=0.8),
    Operator("query_pairs", _obj(lambda a: [f"{name}={text_of(inner)}" for name, inner in a.items()]), "list", _O, 1.8, "Object.entries({0}).map(([name, value]) => `${{name}}=${{value}}`)", '[f"{{name}}={{as_text(value)}}" for name, value in {0:m}.items()]', "the fields of {0} as name=value", ("query", "url", "params", "parameters", "string", "pairs"), needs=("as_text",)),
    Operator("look_up", _look_up, "any", ("obj", "any"), 1.3, "{0:m}[{1}]", "{0:m}.get({1})", "the entry of {0} for {1}", ("look", "lookup", "map", "mapping", "translate", "code", "according", "name", "label", "match", "from", "by")),
    Operator("merged", lambda a, b: {**(a or {}), **(b or {})}, "obj", ("obj", "obj"), 1.2, "{{ ...{0}, ...{1} }}", "{{**{0:18}, **{1:18}}}", "{0} merged with {1}", ("merge", "combine", "with", "together", "and", "flat", "flatten", "top", "up")),
    Operator("drop_null", _kept(lambda _, v: v is not None), "obj", _O, 1.8, _js_kept("value != null"), _py_kept("value is not None"), "{0} without null fields", _EMPTY, demand=0.3),
    Operator("drop_empty", _kept(lambda _, v: v is not None and v != ""), "obj", _O, 1.8, _js_kept("value != null && value !== ''"), _py_kept(_NON_EMPTY), "{0} without null and empty fields", _EMPTY, demand=0.3),
    Operator("drop_hollow", _kept(lambda _, v: v is not None and v not in ("", [], {})), "obj", _O, 2.2, _js_kept("value != null && value !== '' && (typeof value !== 'object' || Object.keys(value).length > 0)"), _py_kept('value is not None and value not in ("", [], {{}})'), "{0} without null and empty fields, lists and objects", (*_EMPTY, "lists", "arrays", "objects"), demand=0.3),
    Operator("drop_falsy", _kept(lambda _, v: bool(v) or isinstance(v, list | dict)), "obj", _O, 2.1, _js_kept("value"), _py_kept("value or isinstance(value, (list, dict))"), "{0} without empty, zero and false fields", _EMPTY, demand=0.5),
    Operator("drop_prefix", _kept(lambda n, _, p: not n.startswith(p)), "obj", _O, 1.9, _js_kept("!name.startsWith({p0})"), _py_kept("not name.startswith({p0})"), "{0} without the fields whose name starts with {p0}", _KEYED),
    Operator("keep_prefix", _kept(lambda n, _, p: n.startswith(p)), "obj", _O, 1.9, _js_kept("name.startsWith({p0})"), _py_kept("name.startswith({p0})"), "the fields of {0} whose name starts with {p0}", _KEYED),
    Operator("drop_suffix", _kept(lambda n, _, p: not n.endswith(p)), "obj", _O, 2.1, _js_kept("!name.endsWith({p0})"), _py_kept("not name.endswith({p0})"), "{0} without the fields whose name ends with {p0}", ("end", "ends", "ending", "suffix")),
    Operator("keep_suffix", _kept(lambda n, _, p: n.endswith(p)), "obj", _O, 2.1, _js_kept("name.endsWith({p0})"), _py_kept("name.endswith({p0})"), "the fields of {0} whose name ends with {p0}", ("end", "ends", "ending", "suffix")),
    Operator("drop_nested", _kept(lambda _, v: not isinstance(v, list | dict)), "obj", _O, 2.1, _js_kept("value === null || typeof value !== 'object'"), _py_kept("not isinstance(value, (list, dict))"), "{0} without lists and objects", ("nested", "objects", "lists", "arrays", "flat", "scalar", "simple"), demand=0.5),
    Operator("keep_numbers", _kept(lambda _, v: isinstance(v, int | float) and not isinstance(v, bool)), "obj", _O, 2.1, _js_kept("typeof value === 'number'"), _py_kept("isinstance(value, (int, float)) and not isinstance(value, bool)"), "the number fields of {0}", ("number", "numbers", "numeric"), demand=0.5),
    Operator("keep_texts", _kept(lambda _, v: isinstance(v, str)), "obj", _O, 2.1, _js_kept("typeof value === 'string'"), _py_kept("isinstance(value, str)"), "the text fields of {0}", ("string", "strings", "text"), demand=0.5),
    Operator("snake_keys", _named(_snake), "obj", _O, 1.8, _js_named(_SNAKE_JS), _py_named('"_".join(words_in_key(name))'), "{0} with names in snake case", (*_CASES, "underscore", "underscores"), needs=("wordsInKey", "words_in_key")),
    Operator("camel_keys", _named(_camel), "obj", _O, 1.8, _js_named(_CAMEL_JS), _py_named(_CAMEL_PY), "{0} with names in camel case", _CASES, needs=("wordsInKey", "words_in_key")),
    Operator("lower_keys", _named(str.lower), "obj", _O, 1.7, _js_named("name.toLowerCase()"), _py_named("name.lower()"), "{0} with names in lower case", _CASES),
    Operator("upper_keys", _named(str.upper), "obj", _O, 1.8, _js_named("name.toUpperCase()"), _py_named("name.upper()"), "{0} with names in upper case", _CASES),
    Operator("trim_keys", _named(str.strip), "obj", _O, 1.8, _js_named("name.trim()"), _py_named("name.strip()"), "{0} with names trimmed", ("trim", "spaces", *_CASES)),
    Operator("clean_keys", _named(lambda n: n.strip().lower().replace(" ", "_")), "obj", _O, 2.0, _js_named("name.trim().toLowerCase().replaceAll(' ', '_')"), _py_named('name.strip().lower().replace(" ", "_")'), "{0} with names in lower case and underscores for spaces", ("underscores", "underscore", "spaces", *_CASES)),
    Operator("replace_in_keys", _named(lambda n, a, b: n.replace(a, b)), "obj", _O, 2.2, _js_named("name.replaceAll({p0}, {p1})"), _py_named("name.replace({p0}, {p1})"), "{0} with {p1} for {p0} in names", ("replace", *_CASES)),
    Operator("prefix_keys", _named(lambda n, p: p + n), "obj", _O, 1.9, _js_named("{p0} + name"), _py_named("{p0} + name"), "{0} with {p0} before each name", ("prefix", "prefixed", *_KEYED)),
    Operator("suffix_keys", _named(lambda n, p: n + p), "obj", _O, 2.1, _js_named("name + {p0}"), _py_named("name + {p0}"), "{0} with {p0} after each name", ("suffix", "append", *_KEYED)),
    Operator("unprefix_keys", _named(lambda n, p: n.removeprefix(p)), "obj", _O, 2.0, _js_named("name.startsWith({p0}) ? name.slice({p0}.length) : name"), _py_named("name[len({p0}):] if name.startswith({p0}) else name"), "{0} without {p0} at the start of names", ("prefix", "strip", "remove", *_KEYED)),
    Operator("trim_values", _mapped(lambda v: v.strip() if isinstance(v, str) else v), "obj", _O, 1.9, _js_mapped("typeof value === 'string' ? value.trim() : value"), _py_mapped("value.strip() if isinstance(value, str) else value"), "{0} with all texts trimmed", ("all", "every", "fields", "everything", "each field", "all texts", "whole", "values"), demand=0.8),
    Operator("lower_values", _mapped(lambda v: v.lower() if isinstance(v, str) else v), "obj", _O, 1.9, _js_mapped("typeof value === 'string' ? value.toLowerCase() : value"), _py_mapped("value.lower() if isinstance(value, str) else value"), "{0} with all texts in lower case", ("lowercase", "lower", "all"), demand=0.4),
    Operator("upper_values", _mapped(lambda v: v.upper() if isinstance(v, str) else v), "obj", _O, 1.9, _js_mapped("typeof value === 'string' ? value.toUpperCase() : value"), _py_mapped("value.upper() if isinstance(value, str) else value"), "{0} with all texts in upper case", ("uppercase", "upper", "all"), demand=0.4),
    Operator("null_empty", _mapped(lambda v: None if v == "" else v), "obj", _O, 1.8, _js_mapped("value === '' ? null : value"), _py_mapped('None if value == "" else value'), "{0} with null for empty texts", ("empty", "null", "blank")),
    Operator("default_values", _obj(lambda a, d: {n: d if v is None else v for n, v in a.items()}), "obj", _O, 1.9, _js_mapped("value ?? {p0}"), _py_mapped("{p0} if value is None else value"), "{0} with {p0} for nulls", ("nulls", "all", "every", "any", "everywhere", "fields", "each field"), demand=1.0),
    Operator("text_values", _mapped(lambda v: v if isinstance(v, list | dict) or v is None else text_of(v)), "obj", _O, 2.0, _js_mapped("value !== null && typeof value !== 'object' ? String(value) : value"), _py_mapped("value if value is None or isinstance(value, (list, dict)) else as_text(value)"), "{0} with all values as text", ("text", "string", "strings", "all"), needs=("as_text",), demand=0.5),
    Operator("flatten", _obj(runtime.flatten), "obj", _O, 1.5, "flatten({0}, {p0})", "flatten({0}, {p0})", "{0} flattened with {p0} between names", ("flatten", "flat", "nested", "level", "dot", "unnest", "paths", "flattened"), needs=("flatten",)),
    Operator("unflatten", _obj(runtime.unflatten), "obj", _O, 1.8, "unflatten({0}, {p0})", "unflatten({0}, {p0})", "{0} nested at {p0} in names", ("nested", "nest", "unflatten", "object", "dots", "dot"), needs=("unflatten",)),
    Operator("inverted", _obj(lambda a: {text_of(v): n for n, v in a.items()}), "obj", _O, 2.0, "Object.fromEntries(Object.entries({0}).map(([name, value]) => [value, name]))", "{{as_text(value): name for name, value in {0:m}.items()}}", "{0} with names and values swapped", ("swap", "invert", "inverted", "reverse", "flip"), needs=("as_text",), demand=0.5),
    Operator("sorted_keys", _obj(lambda a: dict(sorted(a.items()))), "obj", _O, 5.0, "Object.fromEntries(Object.entries({0}).sort(([a], [b]) => (a < b ? -1 : 1)))", "dict(sorted({0:m}.items()))", "{0} with sorted names", ("sort",), demand=2.0),
    Operator("identity", lambda a: str(key_of(a)), "text", ("any",), 1.0, "identity({0})", "identity({0})", "the whole of {0}", ("exact", "whole", "identical", "completely", "same", "duplicates", "entire"), needs=("identity",)),
)
