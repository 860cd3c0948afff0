"""Ordinary Python runs unchanged: every program gives what plain CPython gives, printed text included."""

import asyncio
import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox import ExecutionRequest, Limits, Sandbox

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

TEXT = (Path(__file__).parents[1] / "data" / "programs" / "programs.txt").read_text()
PROGRAMS = {part.partition("\n")[0]: part.partition("\n")[2] for part in re.split(r"(?m)^# --- ", TEXT) if part}


def plainly(code: str) -> tuple[Any, str]:
    """What CPython itself makes of it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<code>", "exec", dont_inherit=True), names)
    return names["result"], printed.getvalue()


def as_lists(value: Any) -> Any:
    """Tuples become lists on the way, and keys text."""
    if isinstance(value, list | tuple):
        return [as_lists(inner) for inner in value]
    if isinstance(value, dict):
        return {str(key): as_lists(inner) for key, inner in value.items()}
    return value


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_gives_what_cpython_gives(sandbox: Sandbox, name: str) -> None:
    code = PROGRAMS[name]
    [result] = await sandbox.execute(ExecutionRequest(code, limits=Limits(timeout_s=20)))
    assert result.error is None
    expected, printed = await asyncio.to_thread(plainly, code)
    assert (result.result, result.stdout) == (as_lists(expected), printed)
