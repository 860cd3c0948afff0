"""Sets of names written as prose."""

__all__ = ["words"]


def words(text: str) -> frozenset[str]:
    """The blank-separated words of a text."""
    return frozenset(text.split())
