"""`code_generator_agent.generate_code_node(...)`: the whole pipeline for scripts, threads and notebooks."""

import atexit
from typing import Any, cast

from graph.runner import open_runner
from graph.state import GenerateInput
from tools.background import BackgroundLoop
from tools.lazy import Lazy
from tools.settings import load_settings

__all__ = ["CodeGeneratorAgent", "code_generator_agent"]


class CodeGeneratorAgent:
    """The pipeline over the services of the settings, on an event loop of its own."""

    def __init__(self) -> None:
        self._loop = BackgroundLoop("code-generator-agent")
        try:
            self._runner = self._loop.open(open_runner(load_settings()))
        except BaseException:
            self._loop.close()
            raise
        atexit.register(self.close)

    def generate_code_node(
        self,
        task_description: str,
        language: str = "python",
        input_data_example: Any = None,
        expected_output: Any = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Turn a sentence and an example into a proven n8n code node.

        Args:
            task_description: what the node is to do, in words.
            language: `python`, `javascript` or `auto`.
            input_data_example: one object for one item, a list for many.
            expected_output: what it must become, in the same shapes.
            more: `examples`, `mode`, `persona` as in `POST /api/v1/code/generate`; and options of the run: `profile`,
                `candidates`, `max_fix_attempts`, ...

        Returns:
            the answer of `POST /api/v1/code/generate`: `success`, `node`, `code`, `test_results`, ...

        Raises:
            RequestError: a field cannot be taken; the message names it.
            SandboxUnavailable: this machine cannot hold foreign code.

        Example:
            code_generator_agent.generate_code_node("Double the value", "python", {"value": 5}, {"value": 10})["code"]
        """
        fields: dict[str, Any] = {name: more.pop(name) for name in ("examples", "mode", "persona") if name in more}
        fields |= {"task_description": task_description, "language": language}
        fields |= {"input_example": input_data_example, "expected_output": expected_output}
        request = cast("GenerateInput", fields)
        return self._loop.run(self._runner.generate(request, self._runner.options(**more)))

    def close(self) -> None:
        """Close the services and end the thread; the next use of the shortcut fails."""
        self._loop.close()


code_generator_agent = Lazy(CodeGeneratorAgent)
"""The shortcut; nothing is read or opened before its first use."""
