"""What an operator asks of its operands."""

from typing import Any

from agents.synthesis.values import Undefined

__all__ = ["of_text"]


def of_text(run: Any) -> Any:
    """Refuse a first operand that is no text."""

    def checked(text: Any, *rest: Any) -> Any:
        if not isinstance(text, str):
            raise Undefined
        return run(text, *rest)

    return checked
