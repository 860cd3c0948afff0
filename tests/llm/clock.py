"""A clock that moves only when told."""


class Clock:
    """Seconds since an arbitrary start."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep without waiting: the time passes at once."""
        self.now += seconds
