"""How CPython 3.13, which runs n8n's Python nodes, words errors and warnings: older ones are put in its words."""

import ast
import opcode
import re
import warnings

__all__ = ["warning_words", "words"]

_WORDS_OF_3_13 = {
    "float modulo": "float modulo by zero",
    "max() arg is an empty sequence": "max() iterable argument is empty",
    "min() arg is an empty sequence": "min() iterable argument is empty",
}
"""Messages that CPython 3.13, which n8n runs, words differently from older ones."""
_NO_ATTRIBUTE = re.compile(r"'\w+' object has no attribute '\w+'")
_WRONG_KEYWORD = re.compile(r"'(\w+)' is an invalid keyword argument for (\w+)\(\)")
_SYNTAX_WORDS_OF_3_13 = {"f-string: empty expression not allowed": "f-string: valid expression required before '}'"}
_IMPORT_OF_NOTHING = re.compile(r"\s*(?:import|from\s+[\w.]+\s+import)\s*(?:#.*)?")
_ESCAPE_WARNING = re.compile(r"invalid (?:octal )?escape sequence")


def words(error: BaseException) -> str:
    """What n8n keeps of an exception."""
    if isinstance(error, SystemExit):
        return f"Process exited with code {error.code}"
    text = str(error)
    if isinstance(error, SyntaxError):
        return text.replace(error.msg, _syntax_words(error), 1)
    if isinstance(error, AttributeError) and _NO_ATTRIBUTE.fullmatch(text):
        return f"{text} and no __dict__ for setting new attributes" if _sets_attribute(error) else text
    if isinstance(error, TypeError) and (match := _WRONG_KEYWORD.fullmatch(text)):
        return f"{match[2]}() got an unexpected keyword argument {match[1]!r}"
    return _WORDS_OF_3_13.get(text, text)


def _sets_attribute(error: AttributeError) -> bool:
    """Whether it came of setting or deleting; there are no classes of one's own here, whose objects would take it."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None:
        return False
    return opcode.opname[step.tb_frame.f_code.co_code[step.tb_lasti]] in {"STORE_ATTR", "DELETE_ATTR"}


def _syntax_words(error: SyntaxError) -> str:
    """The compiler's message as CPython 3.13 words it."""
    if error.msg == "invalid syntax" and _IMPORT_OF_NOTHING.fullmatch((error.text or "").rstrip("\n")):
        return "Expected one or more names after 'import'"
    return _SYNTAX_WORDS_OF_3_13.get(error.msg, error.msg)


def warning_words(warning: warnings.WarningMessage, tree: ast.AST) -> str | None:
    """What 3.13 says where the compiler warns of this, or None where it says nothing."""
    text = str(warning.message)
    if not issubclass(warning.category, SyntaxWarning) and not _ESCAPE_WARNING.match(text):
        return None
    return text.replace("a literal", f"'{_literal_kind(tree, warning.lineno)}' literal")


def _literal_kind(tree: ast.AST, line: int) -> str:
    """The type of the literal that is compared by identity on this line, which CPython 3.13 names."""
    compared = (node for node in ast.walk(tree) if isinstance(node, ast.Compare) and node.lineno == line)
    kinds = (
        type(side.value).__name__
        for node in compared
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value not in {None, True, False, ...}
    )
    return next(kinds, "int")
