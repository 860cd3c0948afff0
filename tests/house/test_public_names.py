"""`__all__` is the truth: what it names exists, and nobody imports what a module does not name."""

import ast
from pathlib import Path

import pytest

ROOMS = ["sandbox", "tools", "agents", "graph", "server"]
MODULES = sorted(path for room in ROOMS for path in Path(room).rglob("*.py") if "node_modules" not in path.parts)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _declared(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def _bound(tree: ast.Module) -> set[str]:
    """Every name the module's top level binds or announces by an annotation."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        else:
            names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names


DECLARED = {_dotted(path): _declared(tree) for path, tree in TREES.items()}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_all_names_exists(path: Path) -> None:
    assert DECLARED[_dotted(path)] <= _bound(TREES[path])


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_declared_names_are_imported_from_our_modules(path: Path) -> None:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.module in DECLARED:
            taken = {alias.name for alias in node.names if f"{node.module}.{alias.name}" not in DECLARED}
            assert taken <= DECLARED[node.module], f"{path}: {taken - DECLARED[node.module]} from {node.module}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_file_stays_readable(path: Path) -> None:
    """Files stay under about 300 lines; a much larger one is missing a noun."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 480, path
