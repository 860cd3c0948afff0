"""Models: the router, its providers, and the scripted one for tests; LiteLLM stays behind `providers`."""

from tools.llm.breaker import Breaker
from tools.llm.budget import Budget
from tools.llm.completion import (
    TASK_TYPES,
    Chunk,
    Completer,
    Completion,
    CompletionRequest,
    Failure,
    Message,
    Provider,
    Sink,
)
from tools.llm.config import ProviderConfig, RouterConfig, TaskType
from tools.llm.metrics import ModelMetrics
from tools.llm.opening import make_providers
from tools.llm.router import CircuitChanged, Router
from tools.llm.scripted import ScriptedProvider

__all__ = [
    "TASK_TYPES",
    "Breaker",
    "Budget",
    "Chunk",
    "CircuitChanged",
    "Completer",
    "Completion",
    "CompletionRequest",
    "Failure",
    "Message",
    "ModelMetrics",
    "Provider",
    "ProviderConfig",
    "Router",
    "RouterConfig",
    "ScriptedProvider",
    "Sink",
    "TaskType",
    "make_providers",
]
