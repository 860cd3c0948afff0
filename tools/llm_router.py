"""`llm_router.call(...)`: the models for scripts, threads and notebooks, without async or set-up."""

import atexit
from collections.abc import Sequence
from typing import Any

from tools.background import BackgroundLoop
from tools.lazy import Lazy
from tools.llm import Completion, Message, Router, TaskType, make_providers
from tools.settings import load_settings

__all__ = ["LlmRouter", "llm_router"]


class LlmRouter:
    """The router of the settings, on an event loop of its own."""

    def __init__(self) -> None:
        settings = load_settings().models
        self._loop = BackgroundLoop("llm-router")
        self._router = self._loop.open(Router(make_providers(settings.providers), settings.router))
        atexit.register(self.close)

    def call(
        self,
        messages: Sequence[Message],
        task_type: TaskType = "code_generation",
        fallback: bool = True,
        **options: Any,
    ) -> Completion:
        """Ask the models in the order of the task type.

        Args:
            messages: `[{"role": "user", "content": "..."}]`.
            task_type: `code_generation`, `workflow_planning`, `pattern_analysis` or `error_debugging`.
            fallback: ask the next provider when the first fails.
            options: `temperature`, `seed`, `max_tokens`, ..., as for `Router.complete`.

        Returns:
            the answer, whose `content` is its text.

        Raises:
            NoProviderAvailable: none is configured, or none answered.
            ProviderError: every provider refused this very request.

        Example:
            llm_router.call([{"role": "user", "content": "Say hello"}], task_type="workflow_planning").content
        """
        return self._loop.run(self._router.complete(messages, task_type, fallback=fallback, **options))

    def snapshot(self) -> dict[str, Any]:
        """Say how every provider is."""
        return self._router.snapshot()

    def close(self) -> None:
        """End the health checks and the thread; the next use of the shortcut fails."""
        self._loop.close()


llm_router = Lazy(LlmRouter)
"""The shortcut; nothing is read or opened before its first use."""
