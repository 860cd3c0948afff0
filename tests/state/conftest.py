"""The models of these tests are scripts that are counted: what comes after a proven draft is tested in `graph`."""

import pytest


@pytest.fixture(autouse=True)
def _no_second_opinions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE_GEN_SECOND_OPINIONS", "0")
    monkeypatch.setenv("CODE_GEN_MODEL_TESTS", "false")
    monkeypatch.setenv("CODE_GEN_MODEL_EXPLANATION", "false")
