"""When enough of an answer has come: its code block is closed, or it goes in circles."""

import re

from tools.llm.completion import FinishReason

__all__ = ["going_in_circles", "one_block"]

_BLOCK = re.compile(r"^[ \t]*```[\w+#.-]*[ \t]*\n.*?\n[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
_LONGEST_PIECE = 160
_FEWEST_ROUNDS = 6
_FEWEST_CHARACTERS = 240
"""A table of zeros, or a line of dashes, is no circle."""


def one_block(text: str) -> FinishReason | None:
    r"""Stop behind the first code block: what small models add is an example, or the same again.

    >>> one_block("```python\nx = 1\n```")
    'stop'
    """
    return "stop" if _BLOCK.search(text) else going_in_circles(text)


def going_in_circles(text: str) -> FinishReason | None:
    """Stop an answer that ends in the same piece over and over; it would go on to its bound.

    >>> going_in_circles("x = [" + "'the same', " * 20)
    'length'
    """
    if len(text) < _FEWEST_CHARACTERS:
        return None
    for size in range(1, _LONGEST_PIECE + 1):
        rounds = max(_FEWEST_ROUNDS, -(-_FEWEST_CHARACTERS // size))
        if text.endswith(text[-size:] * rounds):
            return "length"
    return None
