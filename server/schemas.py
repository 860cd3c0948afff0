"""The wire models: what requests look like, with the examples that `/docs` shows."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.types import Dialect, Mode

__all__ = [
    "Code",
    "ExamplePair",
    "ExecuteRequest",
    "ExecutionLanguage",
    "GenerateRequest",
    "OptimizeRequest",
    "RunNodeRequest",
    "ValidateRequest",
]

MAX_CODE = 1_000_000
Code = Annotated[str, Field(max_length=MAX_CODE)]
ExecutionLanguage = Literal["python", "javascript"]
DeliveredLanguage = Literal["python", "javascript", "auto"]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExamplePair(_Wire):
    """An input and what it must become, in the shapes of `input_example` and `expected_output`."""

    input: Any
    output: Any


class GenerateRequest(_Wire):
    """A sentence and an example."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "task_description": "Multiply input value by 2 and return result",
                    "language": "python",
                    "input_example": {"value": 5},
                    "expected_output": {"result": 10},
                    "persona": "terry",
                }
            ]
        },
    )

    task_description: Annotated[str, Field(min_length=1, max_length=20_000, description="The sentence.")]
    language: Annotated[DeliveredLanguage | None, Field(description="`auto` is JavaScript, which every n8n runs.")] = (
        None
    )
    input_example: Annotated[Any, Field(description="One object for one item, a list for many.")] = None
    expected_output: Annotated[Any, Field(description="What the example must become, in the same shapes.")] = None
    examples: Annotated[list[ExamplePair], Field(max_length=100, description="More pairs.")] = []
    persona: Annotated[str, Field(max_length=50, description="Tone of the explanation.")] = "terry"
    mode: Annotated[Mode, Field(description="How n8n calls the node.")] = "runOnceForAllItems"
    profile: Annotated[
        str | dict[str, Any], Field(description="Name of a runner profile, or fields that replace the default's.")
    ] = "n8n-2-default"
    candidates: Annotated[int, Field(ge=1, le=16, description="Drafts asked of a model at once.")] = 1
    stream: Annotated[bool, Field(description="Answer as server-sent events, one a stage.")] = False


class ExecuteRequest(_Wire):
    """A snippet with names from `context`, or a code node's body over `context.items`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"code": "result = x * y", "context": {"x": 5, "y": 3}, "timeout": 30}]},
    )

    code: Code
    context: Annotated[dict[str, Any], Field(description="Names the code sees; JSON values.")] = {}
    timeout: Annotated[float | None, Field(gt=0, le=3600, description="Seconds; bounded by the server.")] = None
    language: ExecutionLanguage = "python"
    dialect: Annotated[
        Dialect, Field(description="`auto`: a Python text with a top-level `return` is a body, else a snippet.")
    ] = "auto"


class ValidateRequest(_Wire):
    """Code to look at; it is never executed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"code": "def foo():\n    return 42", "language": "python"}]},
    )

    code: Code
    language: ExecutionLanguage = "python"
    mode: Mode | None = None
    profile: str | dict[str, Any] = "n8n-2-default"


class OptimizeRequest(_Wire):
    """Code to measure and, if it can be proven, to make faster."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "result = ''\nfor i in range(10):\n    result += str(i)", "language": "python"}]
        },
    )

    code: Code
    language: ExecutionLanguage = "python"
    input_example: Annotated[Any, Field(description="Items the code runs on; larger ones are made like it.")] = None
    mode: Mode = "runOnceForAllItems"


class RunNodeRequest(_Wire):
    """A code node and the items it gets."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "node": {
                        "type": "n8n-nodes-base.code",
                        "typeVersion": 2,
                        "parameters": {"jsCode": "return $input.all().map(i => ({json: {result: i.json.value * 2}}));"},
                    },
                    "items": [{"value": 5}],
                }
            ]
        },
    )

    node: Annotated[
        dict[str, Any] | list[Any] | str,
        Field(description="The node, a pasted envelope, or a workflow with `node_name`; as JSON or as its text."),
    ]
    items: Annotated[Any, Field(description='`[{"json": {...}}]` or plain rows.')] = []
    node_name: Annotated[str | None, Field(description="Which node of a workflow.")] = None
    profile: Annotated[
        str | dict[str, Any] | None, Field(description="Name of a runner profile, or fields that replace its own.")
    ] = None
    timeout: Annotated[float | None, Field(gt=0, le=3600, description="Seconds of the task; bounded.")] = None
    upstream: Annotated[dict[str, list[Any]], Field(description="Outputs of other nodes, for `$('Name')`.")] = {}
    responses: Annotated[
        list[dict[str, Any]], Field(description="Canned answers for helpers.httpRequest: `{url, body, status}`.")
    ] = []
    workflow: Annotated[dict[str, Any], Field(description="What is known of it: id, name, variables, ...")] = {}
