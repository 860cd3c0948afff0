"""Resource limits: of a whole zygote for good, and of one execution just before it runs."""

import resource

__all__ = ["lock_execution", "lock_process"]

_MEBIBYTE = 1 << 20
_OPEN_FILES = 64
_NODE_OPEN_FILES = 256
_STACK = 16 * _MEBIBYTE


def lock_process(memory_mb: int | None, data_mb: int | None = None) -> None:
    """Bound everything this process and its children may use.

    Args:
        memory_mb: address space, mebibytes; `None` for V8, which reserves far more than it uses.
        data_mb: writable private memory, mebibytes, for V8.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES if memory_mb is not None else _NODE_OPEN_FILES)
    _lower(resource.RLIMIT_STACK, _STACK)
    if memory_mb is not None:
        _lower(resource.RLIMIT_AS, memory_mb * _MEBIBYTE)
    if data_mb is not None:
        _lower(resource.RLIMIT_DATA, data_mb * _MEBIBYTE)


def lock_execution(memory_mb: int, cpu_s: int) -> None:
    """Lower the bounds to those of one request; a bound can only shrink."""
    _lower(resource.RLIMIT_AS, memory_mb * _MEBIBYTE)
    _lower(resource.RLIMIT_CPU, cpu_s)


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
