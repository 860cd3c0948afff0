"""What a job's requests may be, and who answers them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict, ValidationError

from graph.runner import Runner
from graph.state import GenerateInput
from server.answers import answer_execute, answer_optimize, answer_run_node, answer_validate
from server.comparing import CompareRequest, answer_compare
from server.schemas import ExecuteRequest, GenerateRequest, OptimizeRequest, RunNodeRequest, ValidateRequest
from tools.errors import RequestError
from tools.n8n.profile import profile_from
from tools.storage import is_abandoned

__all__ = ["KINDS", "JobItemRequest", "Kind", "checked_items", "queue_of"]

Queue = Literal["pipeline", "sandbox"]
Model = TypeVar("Model", bound=BaseModel)


class JobItemRequest(BaseModel):
    """One request of a job, as the endpoint of that name takes it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["generate", "execute", "run-node", "validate", "optimize", "compare"]
    request: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request."""

    model: type[BaseModel]
    queue: Queue
    answer: Callable[[Any, Runner, str], Awaitable[Any]]
    """Takes the request, the runner, and the name of this very item."""


async def _generate(body: GenerateRequest, runner: Runner, name: str) -> dict[str, Any]:
    """Run the pipeline, or finish the run that an earlier worker began."""
    runs = runner.services.storage.runs
    run = await runs.get(name)
    if run is None:
        profile_from(body.profile)
        given = GenerateInput(**body.model_dump(include=set(GenerateInput.__annotations__)))  # type: ignore[typeddict-item]
        return await runner.generate(given, runner.options(profile=body.profile, candidates=body.candidates), name)
    if run.status == "done":
        return dict(run.result)
    if run.status == "running" and is_abandoned(run.owner, run.lease_until):
        await runs.take_over(run)
    elif run.status != "running":
        await runs.reopen(name)
    return await runner.resume(run)


async def _execute(body: ExecuteRequest, runner: Runner, _name: str) -> dict[str, Any]:
    return await answer_execute(body, runner.services)


async def _run_node(body: RunNodeRequest, runner: Runner, _name: str) -> dict[str, Any]:
    return await answer_run_node(body, runner.services)


async def _optimize(body: OptimizeRequest, runner: Runner, _name: str) -> dict[str, Any]:
    return await answer_optimize(body, runner.services)


async def _validate(body: ValidateRequest, _runner: Runner, _name: str) -> dict[str, Any]:
    return answer_validate(body)


async def _compare(body: CompareRequest, runner: Runner, _name: str) -> dict[str, Any]:
    answer: dict[str, Any] = jsonable_encoder(await answer_compare(body, runner.services))
    return answer


KINDS: Mapping[str, Kind] = {
    "generate": Kind(GenerateRequest, "pipeline", _generate),
    "execute": Kind(ExecuteRequest, "sandbox", _execute),
    "run-node": Kind(RunNodeRequest, "sandbox", _run_node),
    "optimize": Kind(OptimizeRequest, "sandbox", _optimize),
    "validate": Kind(ValidateRequest, "sandbox", _validate),
    "compare": Kind(CompareRequest, "sandbox", _compare),
}


def checked_items(items: Sequence[JobItemRequest]) -> list[tuple[str, dict[str, Any]]]:
    """Check each request as its endpoint would.

    Raises:
        RequestError: one is wrong; the message names its place, the field and the value.
    """
    for number, item in enumerate(items):
        try:
            KINDS[item.kind].model(**item.request)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join([f"items[{number}].request", *map(str, first["loc"])])
            value = repr(first.get("input"))[:200]
            raise RequestError(f"{place}: {first['msg']} (got {value})", place) from error
    return [(item.kind, item.request) for item in items]


def queue_of(items: Sequence[tuple[str, Any]]) -> Queue:
    """Choose the workers: those of the pipeline when any of the requests needs it."""
    return "pipeline" if any(KINDS[kind].queue == "pipeline" for kind, _ in items) else "sandbox"
