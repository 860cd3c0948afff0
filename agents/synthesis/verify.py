"""Both printings against the interpreter, in the sandbox, on inputs that the example did not show."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agents.synthesis.types import Synthesis
from agents.task import Items
from sandbox.types import ExecutionRequest, ExecutionResult, Language
from tools.n8n.items import rows_from, same_value

__all__ = ["Execute", "Verification", "verify"]

Execute = Callable[[ExecutionRequest], Awaitable[list[ExecutionResult]]]
_LANGUAGES: tuple[Language, ...] = ("javascript", "python")


@dataclass(frozen=True, slots=True)
class Verification:
    """What running both printings showed."""

    compared: int
    """Runs compared with the interpreter, over both languages."""
    differences: tuple[str, ...] = ()
    """One sentence for each run that gave something else: language, input, what came out."""

    @property
    def ok(self) -> bool:
        """Whether every printing gave what the interpreter gives."""
        return not self.differences


async def verify(synthesis: Synthesis, execute: Execute, languages: tuple[Language, ...] = _LANGUAGES) -> Verification:
    """Run the printed code on `synthesis.inputs`, both languages at once, and compare with `synthesis.outputs`.

    Raises:
        SandboxError: the sandbox could not do its work.
    """
    printed = [language for language in languages if synthesis.inputs and language in synthesis.code]
    contexts = [{"items": items} for items in synthesis.inputs]
    ran = await asyncio.gather(
        *(execute(ExecutionRequest(synthesis.code[language], language, contexts, "body")) for language in printed)
    )
    differences = [
        _told(language, given, result)
        for language, results in zip(printed, ran, strict=True)
        for given, wanted, result in zip(synthesis.inputs, synthesis.outputs, results, strict=True)
        if not _agrees(result, wanted)
    ]
    return Verification(len(printed) * len(contexts), tuple(differences))


def _agrees(result: ExecutionResult, wanted: Items) -> bool:
    return result.success and same_value(rows_from(result.result), rows_from(wanted))


def _told(language: Language, given: Items, result: ExecutionResult) -> str:
    outcome = result.result if result.success else result.error and f"{result.error.type}: {result.error.message}"
    return f"{language} on {str(given)[:200]} gave {str(outcome)[:200]}"
