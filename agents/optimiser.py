"""Lets a model propose a faster text of proven code; a proposal is worth nothing before its outputs are compared."""

from dataclasses import replace

from agents.attempt import Sampling
from agents.code_generator import ask_for_code
from agents.prompts import prompt
from agents.rules_text import rules_text
from agents.task import Draft, Task
from agents.wording import fenced
from sandbox.types import NodeRules
from tools.llm.budget import Budget
from tools.llm.completion import Completer

__all__ = ["Optimiser"]


class Optimiser:
    """Proposes rewrites that the rules of `tools.optimise` do not know; `tools.compare` decides whether one is kept."""

    def __init__(self, llm: Completer) -> None:
        self._llm = llm

    async def propose(
        self,
        task: Task,
        draft: Draft,
        rules: NodeRules | None = None,
        sampling: Sampling | None = None,
        budget: Budget | None = None,
    ) -> Draft:
        """Ask once for code with the same outputs that runs faster or reads better.

        Raises:
            MalformedAnswer: the model answered without usable code; the text is kept.
            NoProviderAvailable: no model is there.
            ProviderError: every provider refused the request.
            BudgetExceeded: the request may not spend more.
        """
        sampling = sampling or Sampling()
        question = prompt(
            "optimiser",
            rules=rules_text(rules or NodeRules(mode=task.mode), task.language),
            code=fenced(draft.code, task.language),
        )
        messages = [{"role": "user", "content": question}]
        proposed = await ask_for_code(self._llm, task, messages, "code_generation", sampling, budget)
        return replace(proposed, mode=draft.mode)
