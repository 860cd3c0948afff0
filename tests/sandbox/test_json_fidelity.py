"""What goes in comes out: contexts and results as JSON, frames that nobody honest sent."""

import asyncio
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox
from sandbox.frames import MAX_DEPTH, HostileFrame, encode, frame_cap, read_answer

TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)  # lone surrogates too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXT, inner, max_size=6),
    max_leaves=30,
)  # fmt: skip
LIMITS = Limits()


class Asked:
    """A sandbox on a loop of its own, for tests that are not async."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.sandbox = self.loop.run_until_complete(Sandbox().__aenter__())

    def __call__(self, code: str, *contexts: Any) -> list[ExecutionResult]:
        request = ExecutionRequest(code, contexts=contexts or ({},), limits=Limits(timeout_s=10))
        return self.loop.run_until_complete(self.sandbox.execute(request))

    def close(self) -> None:
        self.loop.run_until_complete(self.sandbox.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture(scope="module")
def ask() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    asked.close()


def same(left: Any, right: Any) -> bool:
    """Equal and of the same types: 1 is not 1.0, nor True."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return bool(left == right)


@pytest.mark.jail
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(JSON, min_size=1, max_size=20))
def test_any_json_value_comes_back_as_it_went_in(ask: Asked, values: list[Any]) -> None:
    results = ask("result = x", *({"x": value} for value in values))
    for value, result in zip(values, results, strict=True):
        assert result.success, result.error
        assert same(result.result, value)


@pytest.mark.jail
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")))
def test_no_text_however_odd_kills_the_service(ask: Asked, code: str) -> None:
    [result] = ask(code)
    assert result.success or result.error is not None


@pytest.mark.jail
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("result = (1, (2, 3))", [1, [2, 3]]),
        ("result = {1: 'a', None: 'b', True: 'c', 2.5: 'd'}", {"1": "c", "null": "b", "2.5": "d"}),
        ("import datetime\nresult = [datetime.date(2024, 2, 29), datetime.time(1, 2)]", ["2024-02-29", "01:02:00"]),
        ("import datetime\nresult = datetime.datetime(2024, 1, 2, 3, 4, 5)", "2024-01-02T03:04:05"),
        ("from decimal import Decimal\nresult = [Decimal('1.50'), Decimal('3')]", [1.5, 3]),
        ("import uuid\nresult = uuid.UUID(int=1)", "00000000-0000-0000-0000-000000000001"),
        ("import enum\nclass C(enum.Enum):\n    RED = 'red'\nresult = C.RED", "red"),
        ("import collections\nresult = collections.Counter('aab')", {"a": 2, "b": 1}),
        ("import collections\nresult = collections.namedtuple('P', 'x y')(1, 2)", [1, 2]),
        ("x = 1", None),
    ],
    ids=["tuples", "keys", "dates", "datetime", "decimals", "uuid", "enum", "counter", "namedtuple", "no result"],
)
def test_a_documented_conversion(ask: Asked, code: str, value: Any) -> None:
    [result] = ask(code)
    assert (result.result, result.error) == (value, None)


@pytest.mark.jail
@pytest.mark.parametrize(
    ("code", "said", "remedy"),
    [
        ("result = {1, 2}", "holds a set", "sorted(...)"),
        ("result = b'x'", "holds a bytes", "decode"),
        ("result = (n for n in [1])", "holds a generator", "list(...)"),
        ("result = {}.keys()", "holds a dict_keys", "list(...)"),
        ("result = object()", "holds a object", "dict of plain values"),
        ("result = len", "holds a builtin", "dict of plain values"),
        ("result = 1j", "holds a complex", "real and imaginary"),
        ("result = float('nan')", "NaN", "None"),
        ("result = [1e999]", "infinite", "None"),
        ("result = {(1, 2): 3}", "key that is no text", "text as keys"),
        ("result = 10 ** 5000", "4300 digits", "text"),
        ("result = []\nresult.append(result)", "holds itself", "cycle"),
        ("result = []\nfor _ in range(250):\n    result = [result]", "deeper than 200", "flatter"),
        ("result = []\nfor _ in range(9000):\n    result = [result]", "deeper than 200", "flatter"),
        ("import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\nresult = P(1)", "holds a P", "asdict"),
    ],
)
def test_what_json_cannot_carry_is_refused_with_the_remedy(ask: Asked, code: str, said: str, remedy: str) -> None:
    [result] = ask(code)
    assert result.error is not None
    assert result.error.type == "ResultError"
    assert said in result.error.message
    assert remedy in (result.error.hint or "")


@pytest.mark.jail
@pytest.mark.parametrize("value", [object(), {1, 2}, 10**5000, b"x"], ids=["object", "set", "huge integer", "bytes"])
def test_a_context_that_is_no_json_is_told_so(ask: Asked, value: Any) -> None:
    [result] = ask("result = 1", {"x": value})
    assert result.error is not None
    assert result.error.type == "InvalidContext"


def test_a_context_that_holds_itself_is_told_so(ask: Asked) -> None:
    loop: list[Any] = []
    loop.append(loop)
    [result] = ask("result = 1", {"x": loop})
    assert result.error is not None
    assert result.error.type == "InvalidContext"


# frames --------------------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    return b'{"ok":true,"result":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"[]", b"1", b"{}", b'{"ok":1}', b'{"ok":"true"}', b'{"ok":true,"cached":true}',
        b'{"ok":true,"FORGED":1}', b'{"ok":false}', b'{"ok":false,"error":[]}', b'{"ok":false,"error":{"type":1}}',
        b'{"ok":true,"result":NaN}', b'{"ok":true,"result":Infinity}', b'{"ok":true,"stdout":[]}',
        b'{"ok":true,"result":' + b"9" * 5000 + b"}", nested(MAX_DEPTH + 50), nested(100_000),
    ],
)  # fmt: skip
def test_a_hostile_frame_is_refused(body: bytes) -> None:
    with pytest.raises(HostileFrame):
        read_answer(body, LIMITS)


@given(raw=st.binary(max_size=60))
def test_no_bytes_break_the_parser_in_another_way(raw: bytes) -> None:
    try:
        read_answer(raw, LIMITS)
    except HostileFrame:
        pass
    else:
        assert raw.startswith(b"{")


@pytest.mark.parametrize("field", ["cpu_ms", "peak_mb"])
@pytest.mark.parametrize("value", ["-1", "1e300", '"x"', "true", "null", "[]"])
def test_a_measure_that_cannot_be_is_dropped(field: str, value: str) -> None:
    answer = read_answer(b'{"ok":true,"%s":%s}' % (field.encode(), value.encode()), LIMITS)
    assert (answer.cpu_time_ms, answer.peak_memory_mb) == (None, None)


def test_a_child_cannot_claim_the_kinds_of_death_that_the_controller_judges() -> None:
    body = b'{"ok":false,"killed_by":"timeout","error":{"type":"Timeout","message":"m","line":-3,"hint":5}}'
    answer = read_answer(body, LIMITS)
    assert answer.error is not None
    assert (answer.error.killed_by, answer.error.line, answer.error.hint) == (None, None, None)


def test_output_is_cut_at_its_limit() -> None:
    limits = Limits(output_bytes=10)
    assert read_answer(json.dumps({"ok": True, "stdout": "x" * 50}).encode(), limits).stdout == "x" * 10
    assert frame_cap(limits) > limits.result_bytes


def test_a_frame_is_its_length_and_json() -> None:
    assert encode({"a": "é"}) == b"\x00\x00\x00\x0e" + b'{"a":"\\u00e9"}'
