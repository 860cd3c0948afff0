"""Our own failures; each has one HTTP status (`server.errors`).

CodegenError
├── ConfigError                   at start only
├── ModelError
│   ├── ProviderError             retryable: bool          502
│   ├── NoProviderAvailable       retry_after_s            503
│   ├── BudgetExceeded                                     429
│   └── MalformedAnswer           the text we could not read 502
├── RequestError                  a field of a request      422
│   └── CodeNodeError             JSON that is no code node 422
└── StorageError                                           503
"""

__all__ = [
    "BudgetExceeded",
    "CodeNodeError",
    "CodegenError",
    "ConfigError",
    "MalformedAnswer",
    "ModelError",
    "NoProviderAvailable",
    "ProviderError",
    "RequestError",
    "RunCancelled",
    "StorageError",
]


class CodegenError(Exception):
    """We could not do our work."""


class ConfigError(CodegenError):
    """A setting is wrong; the start stops with one sentence."""


class ModelError(CodegenError):
    """No usable answer from a model."""


class ProviderError(ModelError):
    """One provider failed; `retryable` says whether another call may succeed."""

    def __init__(self, message: str, *, retryable: bool = True, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class NoProviderAvailable(ModelError):
    """No model is configured, or all providers are down until `retry_after_s` (`None`: nothing to wait for)."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BudgetExceeded(ModelError):
    """The request's own bound on cost or tokens is used up."""


class MalformedAnswer(ModelError):
    """A model answered with `text`, in which we found no code; what the answer cost is kept for the record."""

    def __init__(
        self, message: str, text: str, *, provider: str | None = None, tokens: int = 0, cost_usd: float = 0.0
    ) -> None:
        super().__init__(message)
        self.text = text
        self.provider = provider
        self.tokens = tokens
        self.cost_usd = cost_usd


class RequestError(CodegenError):
    """A request cannot be taken; the message names the field, its value and the remedy."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class CodeNodeError(RequestError):
    """The JSON is not an n8n code node; the message names the field and the remedy."""


class RunCancelled(CodegenError):
    """Somebody cancelled the run while it went on."""


class StorageError(CodegenError):
    """The database could not be reached or refused."""
