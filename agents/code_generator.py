"""Asks a model for the first draft of a code node."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.answer import read_answer
from agents.attempt import Sampling
from agents.listening import going_in_circles, one_block
from agents.node_forms import node_forms
from agents.personas import persona_words
from agents.plain_function import plain_messages
from agents.prompts import prompt
from agents.rules_text import code_start, rules_text
from agents.task import Draft, Task
from agents.wording import example_hints, examples_text, fenced
from sandbox.types import NodeRules
from tools.errors import MalformedAnswer
from tools.llm.budget import Budget
from tools.llm.completion import Completer, Completion, Message, Sink, Until
from tools.llm.config import TaskType

__all__ = ["CodeGenerator", "SolvedTask", "ask_for_code", "task_messages"]

_MAX_TOKENS = 2048
_MAX_PLAIN_TOKENS = 512
"""Of a function; a longer one of a small model is no better for it."""


@dataclass(frozen=True, slots=True)
class Listening:
    """How much of an answer is wanted."""

    max_tokens: int = _MAX_TOKENS
    until: Until = going_in_circles


@dataclass(frozen=True, slots=True)
class SolvedTask:
    """A task solved before, shown to the model as a pattern; the code is in the language of the new task."""

    description: str
    code: str


class CodeGenerator:
    r"""Turns a task into a draft.

    >>> import asyncio
    >>> from tools.llm import ScriptedProvider
    >>> generator = CodeGenerator(ScriptedProvider(["Doubles.\n```js\nreturn [];\n```"]))
    >>> asyncio.run(generator.draft(Task("Double the value"), NodeRules())).code
    'return [];'
    """

    def __init__(self, llm: Completer) -> None:
        self._llm = llm

    async def draft(
        self,
        task: Task,
        rules: NodeRules | None = None,
        *,
        hints: Sequence[str] = (),
        similar: Sequence[SolvedTask] = (),
        plain: bool = False,
        sampling: Sampling | None = None,
        budget: Budget | None = None,
        on_text: Sink | None = None,
    ) -> Draft:
        """Ask once.

        Args:
            rules: of the runner profile, for the task's mode; `None`: a stock n8n's.
            hints: what is known already, in words: partial results of the synthesis, readings to choose from.
            plain: ask for a function from rows to rows, in few words, and make the node of it here (small models);
                `hints` and `similar` are left out.

        Raises:
            MalformedAnswer: the model answered without usable code; the text is kept.
            NoProviderAvailable: no model is there.
            ProviderError: every provider refused the request.
            BudgetExceeded: the request may not spend more.
        """
        sampling = sampling or Sampling()
        if plain:
            messages = plain_messages(task, rules, plan_first=sampling.plan_first)
            listening = Listening(max_tokens=_MAX_PLAIN_TOKENS, until=one_block)
        else:
            messages = task_messages(task, rules, hints=hints, similar=similar, plan_first=sampling.plan_first)
            listening = Listening()
        draft = await ask_for_code(
            self._llm, task, messages, "code_generation", sampling, budget, on_text, listening=listening
        )
        return replace(draft, code=next(iter(node_forms(draft.code, task)), draft.code)) if plain else draft


def task_messages(
    task: Task,
    rules: NodeRules | None,
    *,
    hints: Sequence[str] = (),
    similar: Sequence[SolvedTask] = (),
    plan_first: bool = False,
) -> list[Message]:
    """Return the two messages that put a task to a model: the rules, then the task."""
    rules = rules or NodeRules(mode=task.mode)
    hints = [*hints, *example_hints(task)]
    system = prompt(
        "code_generator",
        language="Python" if task.language == "python" else "JavaScript",
        rules=rules_text(rules, task.language),
        worked=prompt(f"worked_{task.language}") if rules.mode == "runOnceForAllItems" else "",
        persona=persona_words(task.persona),
    )
    question = prompt(
        "task",
        description=task.description,
        examples=examples_text(list(task.examples)),
        hints="What is known already:\n" + "\n".join(f"- {hint}" for hint in hints) if hints else "",
        similar="\n\n".join(
            f"A similar task, solved: {one.description}\n{fenced(one.code, task.language)}" for one in similar
        ),
        plan=prompt("plan") if plan_first else "",
        code_start=code_start(rules, task.language),
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": question}]


async def ask_for_code(
    llm: Completer,
    task: Task,
    messages: Sequence[Message],
    task_type: TaskType,
    sampling: Sampling,
    budget: Budget | None = None,
    on_text: Sink | None = None,
    *,
    listening: Listening | None = None,
) -> Draft:
    """Ask once, and read the answer as a draft; raises what `CodeGenerator.draft` does."""
    listening = listening or Listening()
    completion = await llm.complete(
        messages,
        task_type,
        temperature=sampling.temperature,
        seed=sampling.seed,
        max_tokens=listening.max_tokens,
        until=listening.until,
        avoid=sampling.avoid,
        budget=budget,
        on_text=on_text,
    )
    return _draft_from(completion, task, task_type)


def _draft_from(completion: Completion, task: Task, task_type: TaskType) -> Draft:
    """Read a completion as a draft.

    Raises:
        MalformedAnswer: with the provider and the cost of the answer.
    """
    try:
        answer = read_answer(completion.text, task.language, truncated=completion.truncated)
    except MalformedAnswer as error:
        raise MalformedAnswer(
            str(error),
            completion.text,
            provider=completion.provider,
            tokens=completion.tokens,
            cost_usd=completion.cost_usd,
        ) from error
    return Draft(
        answer.code,
        "model",
        task.mode,
        explanation=answer.explanation,
        provider=completion.provider,
        tokens=completion.tokens,
        cost_usd=completion.cost_usd,
        duration_ms=completion.duration_ms,
        details={
            "model": completion.model,
            "task_type": task_type,
            "first_token_ms": round(completion.first_token_ms, 1),
            "style": completion.style,
            "failed_over": [{"provider": f.provider, "message": f.message} for f in completion.failures],
        },
    )
