"""Where foreign code runs: locked children of the operating system, one execution each."""

from sandbox.errors import SandboxBusy, SandboxError, SandboxFault, SandboxUnavailable
from sandbox.executor import Sandbox, SandboxConfig
from sandbox.pool import PoolSize
from sandbox.types import ExecutionError, ExecutionRequest, ExecutionResult, Limits, NodeRules

__all__ = [
    "ExecutionError",
    "ExecutionRequest",
    "ExecutionResult",
    "Limits",
    "NodeRules",
    "PoolSize",
    "Sandbox",
    "SandboxBusy",
    "SandboxConfig",
    "SandboxError",
    "SandboxFault",
    "SandboxUnavailable",
]
