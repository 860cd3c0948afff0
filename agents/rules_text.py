"""Says in words, for a model, how this n8n treats the code: the runner profile's rules, not folklore."""

from agents.prompts import prompt
from sandbox.types import Language, NodeRules

__all__ = ["code_start", "import_rule", "rules_text"]

_DENIED_PYTHON = (
    *("eval", "exec", "compile", "open", "input", "getattr", "setattr", "hasattr", "delattr"),
    *("type", "object", "vars", "dir", "globals", "locals", "memoryview"),
)
"""What a stock runner denies; used when a profile says nothing."""
_INPUT = {
    ("python", "runOnceForAllItems"): "The input is the list `_items`; there is no `items`, `$input` or `_input`.",
    ("python", "runOnceForEachItem"): "The code runs once for each item; the input is `_item`; there is no `_items`.",
    ("javascript", "runOnceForAllItems"): "The input is `$input.all()`, an array of items; data is in `item.json`.",
    ("javascript", "runOnceForEachItem"): "The code runs once for each item; the input is `$input.item`, its data "
    "`$input.item.json`; never `$input.all()`, `.first()`, `.last()` or `items`.",
}
_RETURN = {
    "runOnceForAllItems": "End with a top-level `return` of a list of items, each `{{'json': {{...}}}}`; also for a "
    "single result. Top-level code, no `main` function.",
    "runOnceForEachItem": "End with a top-level `return` of one item, `{{'json': {{...}}}}`{drop}. Top-level code, no "
    "`main` function.",
}


def rules_text(rules: NodeRules, language: Language) -> str:
    """Return the rules as list lines.

    >>> "_items" in rules_text(NodeRules(), "python")
    True
    """
    drop = ", or `None` to drop it" if language == "python" else ", or `null` to drop it"
    return_rule = _RETURN[rules.mode].format(drop=drop)
    if language == "javascript":
        return prompt(
            "rules_javascript",
            input_rule=_INPUT[language, rules.mode],
            import_rule=import_rule(rules, language),
            return_rule=return_rule.replace("'json'", "json"),
        )
    return prompt(
        "rules_python",
        input_rule=_INPUT[language, rules.mode],
        import_rule=import_rule(rules, language),
        denied=", ".join(rules.python_builtins_deny or _DENIED_PYTHON),
        return_rule=return_rule.replace("'json'", '"json"'),
    )


def code_start(rules: NodeRules, language: Language) -> str:
    """Return how code of this language and mode begins, as a nudge at the end of a prompt."""
    starts = {
        ("python", "runOnceForAllItems"): 'It reads `_items` and ends in `return [{"json": ...}]`.',
        ("python", "runOnceForEachItem"): 'It reads `_item` and ends in `return {"json": ...}`.',
        ("javascript", "runOnceForAllItems"): "It reads `$input.all()` and ends in `return [{ json: ... }]`.",
        ("javascript", "runOnceForEachItem"): "It reads `$input.item` and ends in `return { json: ... }`.",
    }
    return starts[language, rules.mode]


def import_rule(rules: NodeRules, language: Language) -> str:
    """Say which modules the code may use.

    >>> import_rule(NodeRules(), "javascript")
    'No `import`, no `require` of any module.'
    """
    return _import_rule(rules) if language == "python" else _require_rule(rules)


def _import_rule(rules: NodeRules) -> str:
    allowed = (*rules.python_stdlib_allow, *rules.python_external_allow)
    if not allowed:
        return "No import of any kind works, not even `re`, `json`, `math` or `datetime`: use plain Python."
    if "*" in rules.python_stdlib_allow:
        return "The standard library may be imported."
    return f"Only these modules may be imported: {', '.join(allowed)}."


def _require_rule(rules: NodeRules) -> str:
    allowed = (*rules.javascript_builtin_allow, *rules.javascript_external_allow)
    if not allowed:
        return "No `import`, no `require` of any module."
    if "*" in rules.javascript_builtin_allow:
        return "No `import`; `require` of Node's own modules works."
    return f"No `import`; `require` works for {', '.join(allowed)} only."
