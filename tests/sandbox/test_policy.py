"""The language layer, rule by rule; the rules are read from its own constants."""

import pytest

from sandbox import ExecutionRequest, ExecutionResult, Sandbox
from sandbox.python.modules import REMEDIES, names
from sandbox.python.policy import ATTRIBUTES, FORBIDDEN_BUILTINS, INSPECTION

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]


async def run(sandbox: Sandbox, code: str) -> ExecutionResult:
    [result] = await sandbox.execute(ExecutionRequest(code))
    return result


async def refused(sandbox: Sandbox, code: str) -> str:
    """The rule that refused it; the message says that it is not allowed."""
    result = await run(sandbox, code)
    assert result.error is not None, code
    assert result.error.type == "SecurityViolation", (code, result.error)
    assert "not allowed" in result.error.message
    assert result.error.line is not None
    return result.error.rule or ""


@pytest.mark.parametrize("name", sorted(FORBIDDEN_BUILTINS))
async def test_a_forbidden_builtin(sandbox: Sandbox, name: str) -> None:
    assert await refused(sandbox, f"x = {name}") == "builtin"


@pytest.mark.parametrize("name", sorted(INSPECTION))
async def test_an_attribute_that_inspects(sandbox: Sandbox, name: str) -> None:
    assert await refused(sandbox, f"x = 1\nx.{name}") == "inspection"


@pytest.mark.parametrize("name", sorted(REMEDIES))
async def test_a_module_that_has_a_remedy(sandbox: Sandbox, name: str) -> None:
    if name in names():
        pytest.skip("given in part")
    result = await run(sandbox, f"import {name}")
    assert result.error is not None
    assert (result.error.rule, result.error.hint) == ("import", REMEDIES[name])


async def test_every_allowed_module_can_be_imported(sandbox: Sandbox) -> None:
    lines = [f"import {name}" for name in names() if name != "__future__"]
    result = await run(sandbox, "\n".join([*lines, "result = [math.pi > 3, urllib.parse.quote('a b'), repr(json)]"]))
    assert result.result == [True, "a%20b", "<module 'json'>"]


async def test_every_dunder_that_may_be_read_may_be_asked_for(sandbox: Sandbox) -> None:
    code = f"result = [hasattr(1, name) for name in {sorted(ATTRIBUTES)!r}].count(None)"
    assert (await run(sandbox, code)).result == 0


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("x = __file__", "dunder"),
        ("__builtins__ = 1", "dunder"),
        ("def __evil__(): pass", "dunder"),
        ("class A:\n    __evil__ = 1", "dunder"),
        ("class A:\n    def __reduce__(self): pass", "dunder"),
        ("def f(__evil__): pass", "dunder"),
        ("f = lambda __evil__: 1", "dunder"),
        ("try:\n    pass\nexcept Exception as __evil__:\n    pass", "dunder"),
        ("def f():\n    global __evil__", "dunder"),
        ("import math as _getattr_", "dunder"),
        ("from math import pi as __evil__", "dunder"),
        ("_getattr_(1, 'x')", "dunder"),
        ("match 1:\n    case __evil__:\n        pass", "dunder"),
        ("match {}:\n    case {**__evil__}:\n        pass", "dunder"),
        ("[].__class__", "dunder"),
        ("x = 1\nx.__class__ = int", "dunder"),
        ("x = 1\nx.__subclasses__", "dunder"),
        ("class A:\n    __match_args__ = ('__globals__',)", "dunder"),
        ("class A:\n    __match_args__ = ('gi_frame',)", "dunder"),
        ("class A:\n    __match_args__ = tuple('ab')", "dunder"),
        ("class A:\n    for __match_args__ in [('a',)]:\n        pass", "dunder"),
        ("match 1:\n    case int(gi_frame=f):\n        pass", "inspection"),
        ("class M(type):\n    pass\nmatch 1:\n    case M(x):\n        pass", "metaclass"),
        ("class A(metaclass=lambda *a: 1):\n    pass\nmatch 1:\n    case A(x):\n        pass", "metaclass"),
        ("from . import x", "import"),
        ("from math import _x", "import"),
        ("from statistics import sys", "import"),
        ("import os.path", "import"),
        ("from os import *", "import"),
        ("try:\n    pass\nexcept* ValueError:\n    pass", "syntax"),
        ("getattr(1, '__subclasses__')", "dunder"),
        ("getattr((x for x in []), 'gi_' + 'frame')", "inspection"),
        ("setattr(int, '__x__', 1)", "dunder"),
        ("import collections\ncollections.UserDict()._x", "attribute"),
        ("import re\nre._cache", "attribute"),
        ("import math\nvars(math)", "dunder"),
        ("vars(len)", "dunder"),
        ("dir()", "builtin"),
        ("type('X', (), {})", "builtin"),
        ("[eval][0]('1') if (eval := None) else [type][0](1, 2, 3)", "builtin"),
        ("type.__new__(type, 'X', (), {})", "dunder"),
        ("class A:\n    pass\nA().__setattr__('__class__', int)", "dunder"),
        ("class A:\n    pass\nobject.__getattribute__(A(), '__globals__')", "dunder"),
        ("'{0.__class__}'.format(1)", "format"),
        ("'{0.gi_frame}'.format(1)", "format"),
        ("'{:{0._x}}'.format(1)", "format"),
        ("str.format('{0.__class__}', 1)", "format"),
        ("'{x.__class__}'.format_map({'x': 1})", "format"),
        ("class S(str):\n    pass\nS('{0._x}').format(1)", "format"),
        ("try:\n    (1).nothing\nexcept AttributeError as e:\n    e.obj", "inspection"),
        ("from operator import attrgetter\nattrgetter('__subclasses__')(int)", "dunder"),
        ("from operator import methodcaller\nmethodcaller('__subclasses__')(int)", "dunder"),
        ("import logging\nlogging.basicConfig(filename='/x')", "attribute"),
    ],
)
async def test_a_way_round_is_refused_by_its_rule(sandbox: Sandbox, code: str, rule: str) -> None:
    assert await refused(sandbox, code) == rule


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import json\njson.codecs", "json.codecs is not allowed here"),
        ("import math\nmath.nothing", "module 'math' has no attribute 'nothing'"),
        ("import math\nmath.pi = 3", "read-only"),
        ("import math\ndel math.pi", "read-only"),
        ("getattr(1, 2)", "attribute name must be string"),
        ("print(1, file=object())", "write"),
        ("raise ValueError('x' * 3)", "xxx"),
        ("class E(Exception):\n    def __str__(self):\n        raise KeyError\nraise E", "E"),
    ],
)
async def test_an_ordinary_error_says_what_is_wrong(sandbox: Sandbox, code: str, said: str) -> None:
    result = await run(sandbox, code)
    assert result.error is not None
    assert said in result.error.message


async def test_all_violations_are_told_at_once_in_the_order_of_their_lines(sandbox: Sandbox) -> None:
    result = await run(sandbox, "eval('1')\nimport os\nx = ().__class__.__base__")
    assert result.error is not None
    assert result.error.line == 1
    assert "more" in result.error.message
    assert "import of os" in result.error.message


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("isinstance(1, type(1)) and isinstance(int, type) and issubclass(type(int), type)", True),
        (
            "[type(1) == int, type(int) == type, repr(type), type[int] == type[int]]",
            [True, True, "<class 'type'>", True],
        ),
        ("[isinstance(3, int | str), isinstance(int, type | None), isinstance(None, None | type)]", [True, True, True]),
        ("getattr('a', 'format')() + 'x{}'.format(1) + '{:>{w}}'.format(1, w=3)", "ax1  1"),
        ("dir([])[:2]", ["append", "clear"]),
        ("str.format('{}{a[0]}', 1, a=[2])", "12"),
        ("[hasattr(1, '__subclasses__'), hasattr(1, 'real'), getattr(1, 'nope', 5)]", [False, True, 5]),
    ],
)
async def test_what_looks_odd_and_is_fine(sandbox: Sandbox, code: str, value: object) -> None:
    assert (await run(sandbox, f"result = {code}")).result == value
