"""Turns whatever LiteLLM raises into our own error: whose fault it is, and when to come back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import SecretStr

from tools.errors import ProviderError

__all__ = ["FAULTS", "provider_error"]

_MISCONFIGURED_PAUSE_S = 60.0
"""How long a provider is left alone whose key, address or account is refused: asking again does not mend it."""
_LONGEST_WORDS = 200
_KEY_LIKE = re.compile(r"\b(sk|key|pk|gsk|xai|AIza|hf|Bearer)[-_ ]?[\w*.-]{6,}", re.IGNORECASE)

OURS, REFUSED, THEIRS = "ours", "refused", "theirs"
FAULTS: Mapping[str, tuple[str, str]] = {
    # The request is wrong: no failure of the provider, another one may still take it.
    "BadRequestError": (OURS, "the request is refused"),
    "InvalidRequestError": (OURS, "the request is refused"),
    "UnprocessableEntityError": (OURS, "the request is refused"),
    "UnsupportedParamsError": (OURS, "a parameter is not supported"),
    "ContextWindowExceededError": (OURS, "the prompt is longer than the model's context"),
    "ContentPolicyViolationError": (OURS, "the content policy refuses the request"),
    "RejectedRequestError": (OURS, "the request is rejected"),
    "ImageFetchError": (OURS, "an image could not be fetched"),
    "VectorStoreSearchError": (OURS, "a vector store could not be searched"),
    "BlockedPiiEntityError": (OURS, "a guardrail blocks personal data"),
    "GuardrailRaisedException": (OURS, "a guardrail refuses the request"),
    "ModifyResponseException": (OURS, "a guardrail refuses the request"),
    "SensitiveDataRouteException": (OURS, "a guardrail wants another model"),
    "BudgetExceededError": (OURS, "LiteLLM's own budget is used up"),
    # The account, the key or the address is wrong: no failure of the provider either, but no use to ask again soon.
    "AuthenticationError": (REFUSED, "the key is refused"),
    "PermissionDeniedError": (REFUSED, "the key may not use this model"),
    "PaymentRequiredError": (REFUSED, "the account has no credit"),
    "NotFoundError": (REFUSED, "the model or the address is not known"),
    "LiteLLMUnknownProvider": (REFUSED, "LiteLLM does not know this provider"),
    "ModelNotMappedError": (REFUSED, "LiteLLM does not know this model"),
    # The provider failed.
    "Timeout": (THEIRS, "no answer in time"),
    "RateLimitError": (THEIRS, "too many requests"),
    "InternalServerError": (THEIRS, "the server failed"),
    "ServiceUnavailableError": (THEIRS, "the service is unavailable"),
    "MidStreamFallbackError": (THEIRS, "the answer broke off"),
    "BadGatewayError": (THEIRS, "the gateway failed"),
    "APIConnectionError": (THEIRS, "no connection"),
    "APIResponseValidationError": (THEIRS, "the answer is not in the expected form"),
    "JSONSchemaValidationError": (THEIRS, "the answer is not in the expected form"),
    "APIError": (THEIRS, "the provider failed"),
    "MockException": (THEIRS, "the provider failed"),
    "OpenAIError": (THEIRS, "the provider failed"),
}
"""Every exception of LiteLLM: whose fault it is, and what it means in words."""


def provider_error(provider: str, exc: BaseException, api_key: SecretStr | None = None) -> ProviderError:
    """Return our error for LiteLLM's (or anything else a provider's client raises); the key is cut out of its words."""
    fault, words = next(
        (FAULTS[kind.__name__] for kind in type(exc).__mro__ if kind.__name__ in FAULTS), _by_status(exc)
    )
    if type(exc).__name__ in {"APIError", "MockException"}:
        fault, words = _by_status(exc)
    status = getattr(exc, "status_code", None)
    answered = getattr(exc, "litellm_response_headers", None) is not None  # else LiteLLM has made the status up
    pause_s = _MISCONFIGURED_PAUSE_S if fault == REFUSED else _retry_after_s(exc)
    message = f"{provider}: {f'HTTP {status}, ' if answered else ''}{words} ({_words(exc, api_key)})"
    return ProviderError(message, retryable=fault == THEIRS, retry_after_s=pause_s)


_TOLD = frozenset({408, 429, 500, 502, 503, 504, 529})


def _by_status(exc: BaseException) -> tuple[str, str]:
    """Judge what has only a status: 4xx are ours, but for those that say `later`."""
    status = getattr(exc, "status_code", None)
    if isinstance(status, int) and 400 <= status < 500 and status not in _TOLD:
        return OURS, "the request is refused"
    return THEIRS, "the provider failed"


def _words(exc: BaseException, api_key: SecretStr | None) -> str:
    """The provider's own words, short, in one line, without keys."""
    words = " ".join(str(exc).replace("litellm.", "").split())
    if api_key is not None and api_key.get_secret_value():
        words = words.replace(api_key.get_secret_value(), "***")
    return _KEY_LIKE.sub("***", words)[:_LONGEST_WORDS] or type(exc).__name__


def _retry_after_s(exc: BaseException) -> float | None:
    """Read `Retry-After`, in seconds or as a date, wherever LiteLLM put the headers."""
    holders: tuple[Any, ...] = (
        getattr(getattr(exc, "response", None), "headers", None),
        getattr(exc, "litellm_response_headers", None),
        getattr(exc, "headers", None),
    )
    for headers in holders:
        value = headers.get("retry-after") if headers else None
        seconds = _seconds(str(value)) if value else None
        if seconds is not None:
            return seconds
    return None


def _seconds(value: str) -> float | None:
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
