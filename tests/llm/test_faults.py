"""LiteLLM's exceptions, one by one, and what they become."""

import inspect
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tools.errors import ProviderError
from tools.llm.faults import FAULTS, OURS, REFUSED, THEIRS, provider_error
from tools.llm.providers import _load


def litellm_exceptions() -> dict[str, type[Exception]]:
    """LiteLLM's own list, every other exception of its module, and those it exports."""
    litellm: Any = _load()
    listed = list(litellm.exceptions.LITELLM_EXCEPTION_TYPES)
    found = inspect.getmembers(litellm.exceptions, inspect.isclass)
    listed += [kind for _, kind in found if issubclass(kind, Exception)]
    return {kind.__name__: kind for kind in listed}


def made(kind: type[Exception], **extra: Any) -> Exception:
    """An instance with the arguments that its constructor insists on."""
    request = httpx.Request("POST", "http://stub/v1")
    known: dict[str, Any] = {
        "message": "stub", "model": "m", "llm_provider": "p", "status_code": 500,
        "response": httpx.Response(400, request=request),
        "request_data": {}, "raw_response": "x", "schema": "{}", "entity_type": "email", "current_cost": 1.0,
        "max_budget": 1.0,
        "route_to_model": "m", "session_id": "s", "failures": [], "guardrail_name": "g",
    }  # fmt: skip
    parameters = inspect.signature(kind.__init__).parameters
    wanted = {
        name: known[name]
        for name, parameter in parameters.items()
        if name in known and (parameter.default is inspect.Parameter.empty or name in {"response", "message"})
    }
    return kind(**{**wanted, **extra})


def test_every_litellm_exception_has_a_line_of_its_own_in_the_table() -> None:
    assert sorted(set(litellm_exceptions()) - set(FAULTS)) == []


def test_the_table_names_no_exception_that_litellm_does_not_have() -> None:
    assert sorted(set(FAULTS) - set(litellm_exceptions())) == []


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_becomes_ours_with_its_fault(name: str) -> None:
    error = provider_error("stub", made(litellm_exceptions()[name]))
    assert isinstance(error, ProviderError)
    assert error.retryable == (FAULTS[name][0] == THEIRS)
    assert error.retry_after_s == (60 if FAULTS[name][0] == REFUSED else None)
    assert str(error).startswith("stub: ")


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (404, False), (413, False), (422, False), (408, True), (429, True), (500, True), (503, True)],
)
def test_an_api_error_is_judged_by_its_status(status: int, retryable: bool) -> None:
    error = provider_error("stub", made(litellm_exceptions()["APIError"], status_code=status))
    assert error.retryable == retryable


@pytest.mark.parametrize("exc", [KeyError("choices"), ValueError("x"), OSError("broken pipe")], ids=repr)
def test_anything_else_is_a_failure_of_the_provider(exc: Exception) -> None:
    assert provider_error("stub", exc).retryable


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        (format_datetime(datetime.now(UTC) + timedelta(hours=10), usegmt=True), 36000.0),
        ("soon", None),
    ],
    ids=["seconds", "fraction", "past", "date", "words"],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    response = httpx.Response(429, headers={"retry-after": value}, request=httpx.Request("POST", "http://stub/v1"))
    error = provider_error("stub", made(litellm_exceptions()["RateLimitError"], response=response))
    assert error.retry_after_s == (
        None if seconds is None else pytest.approx(seconds, abs=3600)
    )  # the date was made at collection


@pytest.mark.parametrize(
    "words", ["Incorrect API key provided: sk-abcdef123456", "key my-own-key is wrong", "AIzaSyD-123456"]
)
def test_no_key_reaches_the_message(words: str) -> None:
    error = provider_error("stub", ValueError(words), SecretStr("my-own-key"))
    assert "abcdef" not in str(error)
    assert "my-own-key" not in str(error)
    assert "SyD" not in str(error)


def test_the_groups_are_three() -> None:
    assert {fault for fault, _ in FAULTS.values()} == {OURS, REFUSED, THEIRS}
