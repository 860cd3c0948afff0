"""`__all__` is the truth: every public definition is in it, and everything in it exists."""

import ast
from pathlib import Path

import pytest

ROOMS = ["sandbox", "tools", "agents", "graph", "server"]
MODULES = sorted(path for room in ROOMS for path in Path(room).rglob("*.py") if "node_modules" not in path.parts)


def _names(tree: ast.Module) -> tuple[set[str], set[str] | None]:
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    }
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return defined, set(ast.literal_eval(node.value))
    return defined, None


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_all_names_what_is_public(path: Path) -> None:
    """A module that defines something public says so in `__all__`; a script's `main` and commands are exempt."""
    defined, declared = _names(ast.parse(path.read_text(encoding="utf-8")))
    if declared is None:
        assert not defined, f"{path} defines {sorted(defined)} and has no __all__"
        return
    decorated = {"server/cli.py", "server/routes"}
    if not any(str(path).startswith(prefix) for prefix in decorated):
        assert defined <= declared, f"{path}: {sorted(defined - declared)} missing in __all__"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_file_stays_readable(path: Path) -> None:
    """Files stay under about 300 lines; a larger one is missing a noun."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
