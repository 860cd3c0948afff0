"""Says in plain words what a code node does, in the persona's tone."""

from agents.personas import persona_words
from agents.prompts import prompt
from agents.task import Draft, Task
from agents.wording import fenced
from tools.errors import ModelError
from tools.llm.budget import Budget
from tools.llm.completion import Completer

__all__ = ["Explainer"]

_MAX_TOKENS = 300


class Explainer:
    """Explains a draft; the words never change the code."""

    def __init__(self, llm: Completer) -> None:
        self._llm = llm

    async def explain(self, task: Task, draft: Draft, budget: Budget | None = None) -> str:
        """Return a few sentences; without a model, those that the draft came with."""
        question = prompt(
            "explainer",
            description=task.description,
            code=fenced(draft.code, task.language),
            persona=persona_words(task.persona),
        )
        try:
            completion = await self._llm.complete(
                [{"role": "user", "content": question}], "workflow_planning", max_tokens=_MAX_TOKENS, budget=budget
            )
        except ModelError:
            return draft.explanation
        return completion.text.strip()
