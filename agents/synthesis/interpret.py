"""Run the found program by the interpreter, without printing it: for measuring."""

from typing import Any

from agents.synthesis.engine import leading_program
from agents.synthesis.readings import output_of
from agents.synthesis.types import SynthesisRequest

__all__ = ["run_rows"]


def run_rows(request: SynthesisRequest, rows: list[dict[str, Any]], *, claimed: bool = True) -> list[Any] | None:
    """Return what the claimed program makes of rows; None when nothing is claimed or it means nothing there.

    `claimed=False`: what the leading program makes, claimed or not.
    """
    program = leading_program(request, claimed=claimed)
    return None if program is None else output_of(program, rows)
