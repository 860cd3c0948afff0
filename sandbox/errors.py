"""What can go wrong with the jail itself; what user code does wrong is a value (`ExecutionError`)."""

__all__ = ["SandboxBusy", "SandboxError", "SandboxFault", "SandboxUnavailable"]


class SandboxError(Exception):
    """The sandbox could not do its work."""


class SandboxUnavailable(SandboxError):
    """No jail can be built on this machine, or its self-test found a hole; nothing runs."""


class SandboxBusy(SandboxError):
    """The admission queue is full; try again after `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SandboxFault(SandboxError):
    """The jail itself broke while it ran something."""
