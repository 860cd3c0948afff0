"""A server to be killed: its model writes down each call, and does not answer a fix before it is allowed to.

Usage: python -m tests.state.crash_server PORT FOLDER
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn

from graph.runner import open_runner
from server.app import create_app
from tools.llm.completion import Chunk, CompletionRequest
from tools.llm.scripted import ScriptedProvider
from tools.settings import load_settings

WRONG = "```python\nreturn [{'json': {'result': item['json']['value']}} for item in _items]\n```"
RIGHT = "```python\nknown = {5: 17, 6: 3, 9: 44}\nreturn [{'json': {'result': known[_items[0]['json']['value']]}}]\n```"


class CountingProvider(ScriptedProvider):
    """Drafts wrongly, mends rightly, and keeps the count in a file that outlives the process."""

    def __init__(self, folder: Path) -> None:
        super().__init__([])
        self._folder = folder

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        with (self._folder / "calls").open("a") as calls:
            calls.write(request.task_type + "\n")
        if request.task_type == "error_debugging" and not (self._folder / "may-fix").exists():
            await asyncio.Event().wait()
        yield Chunk(WRONG if request.task_type == "code_generation" else RIGHT)
        yield Chunk(finish_reason="stop")


async def main(port: int, folder: Path) -> None:
    settings = load_settings()
    async with open_runner(settings, [CountingProvider(folder)]) as runner:
        app = create_app(runner, settings)
        await uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning")).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
