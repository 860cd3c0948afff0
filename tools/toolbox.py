"""The LangChain tools: what an agent, a graph or an MCP client may do with code."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.tools import BaseTool, tool

from sandbox.types import Dialect, ExecutionRequest, ExecutionResult, Language, Limits, NodeRules
from tools.executor import Executor

__all__ = ["execute_code_tool"]


def execute_code_tool(executor: Executor) -> BaseTool:
    """Build the tool `execute_code`; its artifact is the list of `ExecutionResult`, one a context."""

    @tool(response_format="content_and_artifact")
    async def execute_code(
        code: str,
        language: Language = "python",
        contexts: Sequence[Mapping[str, Any]] = ({},),
        dialect: Dialect = "auto",
        rules: dict[str, Any] | None = None,
        timeout_s: float = 10.0,
    ) -> tuple[str, list[ExecutionResult]]:
        """Run code in the locked sandbox, once for each context (a mapping of names to JSON values)."""
        results = await executor.execute(
            ExecutionRequest(
                code=code,
                language=language,
                contexts=tuple(contexts),
                dialect=dialect,
                limits=Limits(timeout_s=timeout_s),
                rules=NodeRules(**rules) if rules else None,
            )
        )
        return "\n".join(map(_line, results)), results

    return execute_code


def _line(result: ExecutionResult) -> str:
    if result.success:
        return f"ok: {result.result!r}"[:500]
    assert result.error is not None
    return f"{result.error.type}: {result.error.message}"[:500] + (
        f" (line {result.error.line})" if result.error.line else ""
    )
