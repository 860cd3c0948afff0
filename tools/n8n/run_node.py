"""Runs a code node as n8n would: its parameters, its code in the sandbox, its outputs, and what n8n makes of errors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import ExecutionError, ExecutionRequest, ExecutionResult, Limits, Sandbox
from sandbox.n8n.returns import error_items_marked, pair_items
from sandbox.n8n.values import copied
from tools.n8n.code_node import PARAMETERS, CodeNode, parse_code_node
from tools.n8n.items import items_from
from tools.n8n.profile import RunnerProfile, load_profile

__all__ = ["NodeError", "NodeRun", "run_node"]

Items = list[dict[str, Any]]
_MODES = ("runOnceForAllItems", "runOnceForEachItem")
_GOES_ON = ("continueRegularOutput", "continueErrorOutput")
_FIRST_ITEM_ONLY = re.compile(r"\$json\b|\$itemIndex\b|\$binary\b|\$input\s*\.\s*item\b")
_UNRESPONSIVE = "Task execution aborted because runner became unresponsive"
_PYTHON_DISABLED = (
    "This instance disallows Python execution because it has the environment variable `N8N_PYTHON_ENABLED` set to "
    "`false`. To restore Python execution, remove this environment variable or set it to `true` and restart the "
    "instance."
)
_VENV_MISSING = (
    "Internal mode is intended only for debugging. For production, deploy in external mode: "
    "https://docs.n8n.io/hosting/configuration/task-runners/#setting-up-external-mode"
)


@dataclass(frozen=True, slots=True)
class NodeError:
    """Why the node failed: n8n's own words, and beside them what n8n leaves out."""

    message: str
    """Exactly what n8n shows."""
    description: str | None = None
    """n8n's second line."""
    type: str = "Error"
    line: int | None = None
    """1-based line of the node's code."""
    hint: str | None = None
    """What to do about it."""
    n8n_behaviour: str | None = None
    """What n8n would do beside failing: hang, drop its runner, go on with other data."""
    traceback: str | None = None
    """The frames of the node's own code."""


@dataclass(frozen=True, slots=True)
class NodeRun:
    """One run of a code node."""

    success: bool
    items: Items
    """Items on the regular output, with `pairedItem` where n8n sets it."""
    error_items: Items | None = None
    """Items on the error output, for `onError: continueErrorOutput`."""
    error: NodeError | None = None
    warnings: tuple[str, ...] = ()
    """What n8n does without a word: data that is lost, values that change, names bound to the first item."""
    stdout: str = ""
    stderr: str = ""
    execution_time_ms: float = 0.0
    profile: str = ""
    isolation: str = ""


async def run_node(
    sandbox: Sandbox,
    node_json: Any,
    items: Any,
    *,
    profile: RunnerProfile | None = None,
    timeout_s: float | None = None,
    upstream: Mapping[str, Sequence[Any]] | None = None,
    node_name: str | None = None,
    responses: Sequence[Mapping[str, Any]] | None = None,
    workflow: Mapping[str, Any] | None = None,
    memory_mb: int = 512,
) -> NodeRun:
    """Run the node over the items.

    Args:
        sandbox: where its code runs.
        node_json: a node, a pasted envelope, or a workflow with `node_name`; parsed or as text.
        items: `[{"json": {...}}]` or plain rows.
        profile: the n8n that is imitated; the default one if None.
        timeout_s: the task time-out; the profile's if None.
        upstream: outputs of other nodes by name, oldest first, for `$('Name')`; plain rows or items.
        node_name: which node of a workflow.
        responses: canned answers for `helpers.httpRequest`: `{"url", "method"?, "status"?, "headers"?, "body"}`.
        workflow: what is known of it: `id`, `name`, `active`, and `variables` (`$vars`), `static_data`
            (`{"global": {...}, "node": {...}}`).
        memory_mb: of the execution.

    Raises:
        CodeNodeError: there is no code node in `node_json`.
        SandboxError: the sandbox could not do its work.
    """
    node = parse_code_node(node_json, node_name)
    profile = profile or load_profile()
    given = _with_lineage(copied(items_from(items)))
    shortcut = _without_running(node, given, profile)
    if shortcut is not None:
        return shortcut
    if node.execute_once:
        given = given[:1]
    splits = node.on_error == "continueErrorOutput"
    rules = profile.rules(node.mode, continue_on_fail=node.on_error in _GOES_ON, error_output=splits)
    timeout_s = timeout_s or (profile.python_task_timeout_s if node.language == "python" else profile.task_timeout_s)
    context: dict[str, Any] = {"items": given}
    if node.language == "javascript":
        context |= _about(node, profile) | _surroundings(upstream or {}, responses or (), workflow or {})
    limits = Limits(timeout_s=timeout_s, memory_mb=memory_mb)
    request = ExecutionRequest(node.code, node.language, [context], "node", limits, rules)
    [result] = await sandbox.execute(request)
    return _finished(node, given, result, profile, [*(upstream or {"Items": ()})][-1])


def _with_lineage(items: Items, *, keep: bool = False) -> Items:
    """Number the items as n8n numbers the input of every node; `keep` what outputs of other nodes say already."""
    return [
        item if keep and "pairedItem" in item else {**item, "pairedItem": {"item": index}}
        for index, item in enumerate(items)
    ]


def _about(node: CodeNode, profile: RunnerProfile) -> dict[str, Any]:
    """What JavaScript sees of the node itself."""
    about = {"name": node.name, "typeVersion": node.type_version, "parameters": node.resolved_parameters}
    about |= {key: node.raw[key] for key in ("id", "webhookId") if isinstance(node.raw.get(key), str)}
    return {"node": about, "timezone": profile.timezone}


def _surroundings(
    upstream: Mapping[str, Sequence[Any]], responses: Sequence[Mapping[str, Any]], workflow: Mapping[str, Any]
) -> dict[str, Any]:
    """What JavaScript sees of the workflow around it."""
    given = {
        "upstream": {name: _with_lineage(copied(items_from(list(rows))), keep=True) for name, rows in upstream.items()},
        "responses": [dict(response) for response in responses],
        "workflow": {key: workflow[key] for key in ("id", "name", "active") if key in workflow},
        "variables": workflow.get("variables"),
        "static_data": workflow.get("static_data"),
    }
    return {name: value for name, value in given.items() if value}


def _without_running(node: CodeNode, items: Items, profile: RunnerProfile) -> NodeRun | None:
    """What n8n decides before any code runs."""
    if node.disabled:
        return NodeRun(True, items, warnings=("the node is disabled: n8n hands its input on",), profile=profile.name)
    if not items:
        silence = "there are no input items: n8n does not run the node at all, nor any node after it"
        return NodeRun(True, [], warnings=(silence,), profile=profile.name)
    error = _wrong_parameters(node, profile)
    return None if error is None else _failed(node, items, error, profile)


def _wrong_parameters(node: CodeNode, profile: RunnerProfile) -> NodeError | None:
    parameter = PARAMETERS[node.language]
    if node.language == "javascript" and node.n8n_language != "javaScript":
        return NodeError(
            f"Unsupported language: {node.n8n_language}",
            type="UnexpectedError",
            hint='n8n checks nothing before the run; language is "javaScript" or "pythonNative", in just this case',
        )
    if node.language == "python" and not profile.python_enabled:
        return NodeError(_PYTHON_DISABLED, type="PythonDisabledError", hint="write the node in JavaScript")
    if node.language == "python" and profile.runner_mode == "internal":
        return NodeError(
            "Python runner unavailable: Virtual environment is missing from this system",
            _VENV_MISSING,
            type="PythonRunnerUnavailable",
            hint="a stock n8n runs no Python: start its external Python runner, or write the node in JavaScript",
        )
    if node.type_version not in {1, 2} or node.mode not in _MODES:
        wrong = f"mode is {node.mode!r}" if node.mode not in _MODES else f"typeVersion is {node.type_version:g}"
        return NodeError(
            f'Could not get parameter "{parameter}"',
            type="UserError",
            hint=f"{wrong}; n8n knows typeVersion 1 and 2, and the modes {' and '.join(_MODES)}",
        )
    code = node.parameters.get(parameter)
    if node.language == "javascript" and node.mode == "runOnceForEachItem" and not isinstance(code, str | None):
        return NodeError("code.match is not a function", type="TypeError", hint=f"{parameter} is no text")
    return None


def _finished(node: CodeNode, given: Items, result: ExecutionResult, profile: RunnerProfile, previous: str) -> NodeRun:
    if result.error is not None:
        return _failed(node, given, _node_error(node, result.error, profile), profile, result)
    items: Items = result.result
    broken = _broken_link(items, given, previous) if node.on_error == "continueErrorOutput" else None
    if broken is not None:
        error = NodeError(broken, type="ExpressionError", hint="link an error item to the input item that it is of")
        return _failed(node, given, error, profile, result)
    regular, errors = _split_errors(items, given) if node.on_error == "continueErrorOutput" else (items, None)
    if node.always_output_data and not regular:
        regular = [{"json": {}, "pairedItem": [{"item": index, "input": 0} for index in range(len(given))]}]
    return NodeRun(
        True,
        regular,
        errors,
        warnings=(*result.warnings, *_silent_changes(node, given, items)),
        stdout=result.stdout,
        stderr=result.stderr,
        execution_time_ms=result.execution_time_ms,
        profile=profile.name,
        isolation=result.isolation,
    )


def _failed(
    node: CodeNode, given: Items, error: NodeError, profile: RunnerProfile, result: ExecutionResult | None = None
) -> NodeRun:
    if node.on_error in _GOES_ON:
        goes_on = "n8n marks the node as failed and, as onError says, goes on with its input items"
        behaviour = f"{error.n8n_behaviour}; {goes_on}" if error.n8n_behaviour else goes_on
        error = NodeError(
            error.message, error.description, error.type, error.line, error.hint, behaviour, error.traceback
        )
    passed_on = given if node.on_error in _GOES_ON else []
    return NodeRun(
        False,
        passed_on,
        error=error,
        warnings=result.warnings if result else (),
        stdout=result.stdout if result else "",
        stderr=result.stderr if result else "",
        execution_time_ms=result.execution_time_ms if result else 0.0,
        profile=profile.name,
        isolation=result.isolation if result else "",
    )


def _node_error(node: CodeNode, error: ExecutionError, profile: RunnerProfile) -> NodeError:
    return NodeError(
        error.message,
        error.description,
        error.type,
        error.line,
        _hint(node, error),
        _behaviour(node, error, profile),
        error.traceback,
    )


def _hint(node: CodeNode, error: ExecutionError) -> str | None:
    if error.message == "Unknown error" and not node.code.strip():
        kept = [name for name in ("code", "jsCode", "pythonCode", "functionCode") if node.parameters.get(name)]
        found = f"; this node keeps code under {kept[0]!r}, which n8n ignores" if kept else ""
        return f"the parameter {PARAMETERS[node.language]!r} is empty{found}"
    if error.message == "Referenced node doesn't exist":
        return "give the output of that node in `upstream`, under its name"
    return error.hint


def _behaviour(node: CodeNode, error: ExecutionError, profile: RunnerProfile) -> str | None:
    """What n8n would do beside answering with the message."""
    limit_s = profile.python_task_timeout_s if node.language == "python" else profile.task_timeout_s
    if error.type in {"NotJson", "NeverSettles"}:
        return f"n8n hangs until its task time-out ({limit_s:g} s in this profile); it is reported here at once"
    if error.type == "Timeout" and node.language == "javascript":
        beat = profile.heartbeat_interval_s
        return (
            f"n8n kills the task after {limit_s:g} s in this profile; a loop that never yields blocks its runner for "
            f"all workflows and is ended after {beat:g} to {2 * beat:g} s already, with: {_UNRESPONSIVE}"
        )
    if (error.rule or "").startswith("stray/"):
        return (
            "n8n's JavaScript runner dies of it, and every other task on it with it; a new one starts in about a second"
        )
    return None


def _split_errors(items: Items, given: Items) -> tuple[Items, Items]:
    """Divide items between the two outputs of `continueErrorOutput`; a linked error item gets its input's data too."""
    regular: Items = []
    errors: Items = []
    for item in items:
        if not _is_error_item(item):
            regular.append(item)
            continue
        link = _first_link(item)
        linked = {} if link is None else given[link["item"]]["json"]
        errors.append({**item, "json": {**linked, **item["json"]}})
    if len(given) == 1:
        regular, errors = (pair_items(part, 1) for part in (regular, errors))
    return error_items_marked(regular), error_items_marked(errors)


def _first_link(item: Mapping[str, Any]) -> dict[str, Any] | None:
    link = item.get("pairedItem")
    link = link[0] if isinstance(link, list) and link else link
    return link if isinstance(link, dict) else None


def _broken_link(items: Items, given: Items, previous: str) -> str | None:
    """What n8n fails with where it follows the link of an error item for the error output, or None."""
    for link in (_first_link(item) for item in items if _is_error_item(item)):
        index = -1 if link is None else link.get("item", -1)
        if link is None or (0 <= index < len(given) and not link.get("input")):
            continue
        if link.get("input"):
            return "Cannot read properties of undefined (reading 'previousNode')"
        if index < 0:
            return "Cannot read properties of undefined (reading 'json')"
        return (
            f"Paired item data for $getPairedItem from node '{previous}' is unavailable. "
            f"Ensure '{previous}' is providing the required output."
        )
    return None


def _is_error_item(item: Mapping[str, Any]) -> bool:
    json = item["json"]
    return bool(item.get("error")) or (bool(json.get("error")) and set(json) <= {"error", "message", "details"})


def _silent_changes(node: CodeNode, given: Items, items: Items) -> list[str]:
    found = []
    if node.mode == "runOnceForEachItem" and len(items) < len(given):
        found.append(
            f"{len(given) - len(items)} of {len(given)} items were dropped: the code returned nothing for them"
        )
    if node.mode == "runOnceForAllItems":
        if node.language == "javascript" and len(given) > 1 and (match := _FIRST_ITEM_ONLY.search(node.code)):
            found.append(f"{match[0]} is bound to the first item in this mode; loop over $input.all() for the others")
        if any("pairedItem" not in item for item in items):
            found.append("items have no pairedItem: nodes after this one cannot trace them back ($('Node').item fails)")
    return found
