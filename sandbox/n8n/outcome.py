"""From what a child says of a code node to what n8n would show: items, or its own error."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.n8n.javascript_check import check_each_item_code
from sandbox.n8n.returns import NOTHING, OutputRefused, error_items_marked, items_returned, pair_items
from sandbox.n8n.values import copied
from sandbox.types import ExecutionError, ExecutionRequest, ExecutionResult, NodeRules

__all__ = ["node_outcome", "refused_before"]

_TOOK_LONG = "The task runner was taking too long on this task, so {consequence}. You can try the following:<br/><br/>"
_ADVICE = (
    "Optimize your script to prevent long-running tasks, e.g. by processing data in smaller batches.",
    "Ensure that all paths in your script are able to terminate, i.e. no infinite loops.",
)
_LONGER = (
    "If your task can reasonably take more than {limit}, increase the timeout using the N8N_RUNNERS_TASK_TIMEOUT "
    "environment variable."
)
_DISCONNECTED = (
    "This can happen for various reasons. Please try executing the node again. If the problem persists, you can try "
    "the following:<br/><br/>"
)
_TOO_MANY = "This usually happens when there are too many items to process. You can try the following:<br/><br/>"
_FEWER = "Reduce the number of items processed at a time, by batching them using a loop node"
_MORE_MEMORY = (
    "Increase the memory available to the task runner with 'N8N_RUNNERS_MAX_OLD_SPACE_SIZE' environment variable"
)
_BIGGER_PLAN = "Upgrade your cloud plan to increase the available memory"
_LOST_KEYS = "keys called constructor, prototype or __proto__ disappear: n8n does not copy them"
_KILLED = "Process was forcefully killed (SIGKILL)"
_ENDLESS = frozenset({"Timeout", "NeverSettles", "NotJson"})


def refused_before(request: ExecutionRequest) -> ExecutionError | None:
    """What n8n says of a node without running it, or None."""
    assert request.rules is not None
    if request.language != "javascript" or request.rules.mode != "runOnceForEachItem":
        return None
    try:
        check_each_item_code(request.code)
    except OutputRefused as refusal:
        return _refusal(refusal, "use $input.item or $json for the item at hand, or the mode for all items")
    return None


def node_outcome(request: ExecutionRequest, context: Mapping[str, Any], raw: ExecutionResult) -> ExecutionResult:
    """Check and complete what the code of a code node returned.

    Args:
        request: of the dialect `node`.
        context: the one that `raw` belongs to; its `items` were the input.
        raw: the child's answer, `{"returned": ...}`, or `{}` where JavaScript returned undefined.
    """
    assert request.rules is not None
    if raw.error is not None:
        return replace(raw, error=_in_n8n_words(raw.error, request, raw))
    returned = raw.result.get("returned", NOTHING) if isinstance(raw.result, dict) else NOTHING
    try:
        checked = items_returned(returned, request.rules.mode, request.language)
    except OutputRefused as refusal:
        return replace(raw, success=False, result=None, error=_refusal(refusal, _remedy(returned, request)))
    items = copied(checked)
    if items is not checked:
        raw = replace(raw, warnings=(*raw.warnings, _LOST_KEYS))
    if request.rules.error_output:
        return replace(raw, result=items)
    return replace(raw, result=error_items_marked(pair_items(items, len(context.get("items", ())))))


def _refusal(refusal: OutputRefused, hint: str) -> ExecutionError:
    return ExecutionError("OutputRefused", str(refusal), line=refusal.line, description=refusal.description, hint=hint)


def _in_n8n_words(error: ExecutionError, request: ExecutionRequest, raw: ExecutionResult) -> ExecutionError:
    """What n8n says where its runner is killed, hangs or dies; the cause stays in the hint."""
    if request.language == "python" and error.type not in _ENDLESS:
        return _in_python_words(error, request, raw)
    assert request.rules is not None
    if error.type in _ENDLESS:
        seconds = f"{request.limits.timeout_s:g} {'second' if request.limits.timeout_s == 1 else 'seconds'}"
        cause = error.hint if error.type == "Timeout" else f"{error.message}; {error.hint}"
        description = _time_out_advice(request.rules, seconds)
        return replace(error, message=f"Task execution timed out after {seconds}", description=description, hint=cause)
    if (error.rule or "").startswith("stray/") or error.type == "OutOfMemory":
        cause = f"{error.message}: {error.hint}" if error.hint else error.message
        knows_why = request.rules.runs_runners_itself and error.type == "OutOfMemory"
        advice = _numbered(_FEWER, _MORE_MEMORY if request.rules.self_hosted else _BIGGER_PLAN)
        message, description = (
            ("Node ran out of memory", _TOO_MANY) if knows_why else ("Node execution failed", _DISCONNECTED)
        )
        return replace(error, message=message, description=description + advice, hint=cause)
    return error


def _time_out_advice(rules: NodeRules, limit: str) -> str:
    restarted = "it was suspected of being unresponsive and restarted, and " if rules.runs_runners_itself else ""
    longer = (_LONGER.format(limit=limit),) if rules.self_hosted else ()
    return _TOOK_LONG.format(consequence=f"{restarted}the task was aborted") + _numbered(*_ADVICE, *longer)


def _numbered(*advice: str) -> str:
    return "<br/>".join(f"{number}. {text}" for number, text in enumerate(advice, 1))


def _in_python_words(error: ExecutionError, request: ExecutionRequest, raw: ExecutionResult) -> ExecutionError:
    """Its Python runner ends only the process of the one task, and shows what that wrote to standard error."""
    if error.type == "OutOfMemory" and _was_filled(request, raw):
        return replace(error, message=_KILLED, hint=error.hint or error.message)
    return replace(error, description=error.description or raw.stderr or None)


def _was_filled(request: ExecutionRequest, raw: ExecutionResult) -> bool:
    """Whether memory was used up, as on a whole machine, and not just asked for in one piece that is too large."""
    return raw.peak_memory_mb is None or raw.peak_memory_mb > request.limits.memory_mb / 2


def _remedy(returned: Any, request: ExecutionRequest) -> str:
    """What to write instead."""
    row = '{"json": {...}}' if request.language == "python" else "{ json: {...} }"
    assert request.rules is not None
    if request.rules.mode == "runOnceForEachItem":
        return f"in each-item mode return one object, `return {row}`, or nothing to drop the item"
    if returned is NOTHING or returned is None:
        return f"the code returned nothing: end it with `return [{row}]`"
    return f"return a list of items, `return [{row}, ...]`, with the data of each under `json` and nothing beside it"
