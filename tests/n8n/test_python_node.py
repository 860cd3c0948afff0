"""n8n's rules for Python, without a child: the check's texts, the wrapping, what is kept of a result and an error."""

import ast
from typing import Any

import pytest

from sandbox.n8n.python_check import BLOCKED_ATTRIBUTES, BLOCKED_NAMES, violations
from sandbox.n8n.python_node import NotJson, PythonNode, failure, user_line
from sandbox.n8n.values import through_javascript
from sandbox.types import NodeRules
from tools.n8n.profile import load_profile

RULES = load_profile().rules("runOnceForAllItems")
ITEMS = [{"json": {"value": 1.0}, "pairedItem": {"item": 0}}]


def run(code: str, rules: NodeRules = RULES) -> tuple[Any, str]:
    printed: list[str] = []
    return PythonNode(code, rules).run(ITEMS, printed.append), "".join(printed)


def fail(code: str) -> dict[str, Any]:
    with pytest.raises(BaseException) as caught:
        run(code)
    return failure(caught.value)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("import os, json", ["standard library module 'os'", "standard library module 'json'"]),
        ("import os\nimport os.path", ["standard library module 'os'"]),
        ("from . import x", ["Relative imports are disallowed."]),
        ("import numpy as np", ["external package 'numpy' is disallowed. Allowed external packages: none"]),
        ("import cgi", ["external package 'cgi'"]),  # gone from the library of n8n's Python 3.13
        ("x = __import__(name)", ["Dynamic __import__() calls"]),
        ("f = ''.format", ["Extracting 'format' as a bound method"]),
        ("'__cla' + 'ss__'", ["Access to attribute '__class__'"]),
        ("'{0.__class__}'.format(1)", ["String pattern accessing '__class__'"]),
        ("'{x:{y.__globals__}}'", ["String pattern accessing '__globals__'"]),
        ("match x:\n  case int(y): pass\n  case E(obj=z): pass", ["Positional match", "Match pattern extracting"]),
        ("def __name__(__spec__): pass", ["Function named '__name__'", "Parameter named '__spec__'"]),
        ("from json import dumps as __loader__", ["standard library module 'json'", "Access to name '__loader__'"]),
        ("a._b__c", ["name-mangled attributes"]),
        ("x['obj']", ["Access to attribute 'obj'"]),
        ("{'object': 1}; a._b; '{}'.format(1); 'class'", []),
    ],
)
def test_the_static_check_says_what_n8n_says(code: str, texts: list[str]) -> None:
    found = [violation.text for violation in violations(ast.parse(code), RULES)]
    assert len(found) == len(texts)
    assert all(wanted in text for wanted, text in zip(texts, found, strict=True))


@pytest.mark.parametrize("name", sorted(BLOCKED_ATTRIBUTES | BLOCKED_NAMES))
def test_every_blocked_name_is_refused_as_an_attribute_or_a_name_and_as_a_text(name: str) -> None:
    code = f"x = a.{name}" if name in BLOCKED_ATTRIBUTES else f"x = {name}"
    assert [violation.line for violation in violations(ast.parse(f"y = 1\n{code}"), RULES)] == [2]
    assert violations(ast.parse(f"x = {name!r}"), RULES)


@pytest.mark.parametrize("module", ["json", "json.decoder"])
def test_an_allowed_module_may_be_imported_with_its_parts(module: str) -> None:
    rules = load_profile(overrides={"python_stdlib_allow": ["json"]}).rules(RULES.mode)
    assert violations(ast.parse(f"import {module}"), rules) == []


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("return [{'v': _items[0]['json']['value']}]", [{"v": 1}]),
        ("return {'d': {1, 2}, 'b': b'x', 't': (1,)}", {"d": "{1, 2}", "b": "b'x'", "t": [1]}),
        ("return {'big': 10 ** 30, 'odd': 2 ** 53 + 1, 'f': 2.0}", {"big": 1e30, "odd": 2**53, "f": 2}),
        ("return {1: 'a', None: 'b', True: 'c'}", {"1": "c", "null": "b"}),
        ("s = '''a\nb'''\nreturn {'s': s}", {"s": "a\n    b"}),
        ("return '{:.1f}|{}'.format(1.25, 'x')", "1.2|x"),
        ("return None", None),
    ],
)
def test_a_result_arrives_as_after_javascript(code: str, result: object) -> None:
    assert run(code)[0] == result


def test_print_takes_no_keyword_and_is_captured() -> None:
    assert run("print('a', {'b': 1})\nreturn []") == ([], "a {'b': 1}\n")
    assert fail("print(1, sep='')")["message"] == "_SafePrint.__call__() got an unexpected keyword argument 'sep'"


@pytest.mark.parametrize(
    ("code", "message", "kind", "line"),
    [
        ("x = 1\nreturn [", "'[' was never closed (<unknown>, line 2)", "SyntaxError", 2),
        ("x = 1\nreturn {'a': 1}['b']", "'b'", "KeyError", 2),
        ("def f():\n  return 1 / 0\nreturn f()", "division by zero", "ZeroDivisionError", 2),
        ("class A: pass", "__build_class__ not found", "NameError", 1),
        ("\nopen('x')", "name 'open' is not defined", "NameError", 2),
        ("exit(3)", "Process exited with code 3", "SystemExit", None),
        ("return max([])", "max() iterable argument is empty", "ValueError", 1),
        ("return {(1, 2): 3}", "keys must be str, int, float, bool or None, not tuple", "TypeError", None),
        ("t = '{0.' + '_' * 2 + 'class' + '_' * 2 + '}'\nreturn t.format(1)", "Security violation detected",
         "SecurityViolation", None),
    ],
)  # fmt: skip
def test_an_error_keeps_n8ns_text_and_gains_type_and_line(code: str, message: str, kind: str, line: int | None) -> None:
    told = fail(code)
    assert told["message"] == message
    assert told["type"] == kind
    assert line is None or told["line"] == line


def test_each_item_code_drops_none_and_keeps_only_json_and_binary() -> None:
    rules = load_profile().rules("runOnceForEachItem")
    node = PythonNode("if _item['json']['n'] == 1: return None\nreturn {'json': {'n': 2}, 'x': 1, 'binary': {}}", rules)
    items = [{"json": {"n": number}, "pairedItem": {"item": number}} for number in range(2)]
    assert node.run(items, str) == [{"json": {"n": 2}, "pairedItem": {"item": 0}, "binary": {}}]
    assert node.warnings == ["item 0: x beside json is lost"]


def test_an_error_of_a_node_that_goes_on_becomes_one_item_for_the_whole_batch() -> None:
    rules = load_profile().rules("runOnceForEachItem", continue_on_fail=True)
    assert PythonNode("1 / 0", rules).run(ITEMS * 3, str) == [{"json": {"error": "division by zero"}}]


def test_nan_is_found_with_its_place() -> None:
    with pytest.raises(NotJson, match=r"result\['a'\]\[1\] is NaN"):
        run("return {'a': [1, float('nan')]}")


def test_a_text_over_several_lines_is_warned_of() -> None:
    assert PythonNode("s = '''a\nb'''\nt = ('a'\n 'b')\n'''doc\nstring'''", RULES).warnings == [
        "line 1: n8n indents the code, so each further line of this text gains 4 spaces"
    ]


@pytest.mark.parametrize(
    ("value", "after"),
    [(1.0, 1), (1.5, 1.5), (10**30, 1e30), (2**53 + 1, 2**53), (1e21, 1e21), (True, True), ([{"a": 2.0}], [{"a": 2}])],
)
def test_numbers_on_their_way_through_javascript(value: object, after: object) -> None:
    changed = through_javascript(value)
    assert (changed, type(changed)) == (after, type(after))


def test_the_line_of_a_syntax_error_is_that_of_the_users_source() -> None:
    error = SyntaxError("x", ("<all_items_task_execution>", 4, 1, "", 4, 1))
    assert user_line(error) == 3
