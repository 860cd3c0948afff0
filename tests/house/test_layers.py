"""The building itself: what may import what, and that nothing else claims our names."""

import importlib.metadata
from pathlib import Path

import pytest

ROOMS = ["sandbox", "tools", "agents", "graph", "server"]


@pytest.mark.parametrize("room", ROOMS)
def test_no_installed_distribution_shares_a_name(room: str) -> None:
    """`openai-agents`, for one, owns the import name `agents`."""
    owners = importlib.metadata.packages_distributions().get(room, [])
    assert set(owners) <= {"n8n-code-agent"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_its_room_is_for(room: str) -> None:
    for path in Path(room).rglob("*.py"):
        assert path.read_text(encoding="utf-8").lstrip().startswith('"""'), path
