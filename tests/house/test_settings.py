"""One page of settings, and `.env.example` says the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from tools import settings as room
from tools.errors import ConfigError
from tools.settings import load_settings


def _names(model: type[BaseSettings]) -> list[str]:
    prefix = model.model_config.get("env_prefix", "")
    return [f"{prefix}{name}".upper() for name in model.model_fields]


def _models() -> list[type[BaseSettings]]:
    found = [
        each
        for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, BaseSettings) and each is not BaseSettings
    ]
    return sorted(found, key=lambda model: model is not room.Settings)


def test_env_example_lists_every_setting_in_the_same_order() -> None:
    written = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", Path(".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert written == [name for model in _models() for name in _names(model)]


def test_every_setting_is_explained() -> None:
    source = Path("tools/settings.py").read_text(encoding="utf-8")
    for model in _models():
        for name in model.model_fields:
            assert re.search(rf"^    {name}: .*\n    \"\"\"", source, re.MULTILINE), name


def test_env_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in Path(".env.example").read_text(encoding="utf-8").splitlines():
        name, found, value = line.partition("=")
        if found and not line.startswith("#"):
            monkeypatch.setenv(name, value)
    assert load_settings().sandbox.max_execution_time == 30


@pytest.mark.parametrize(
    ("name", "value"),
    [("TERRY_MAX_EXECUTION_TIME", "-1"), ("CODE_GEN_DEFAULT_LANGUAGE", "ruby"), ("PORT", "many")],
)
def test_a_wrong_setting_stops_the_start_with_its_name_and_value(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=rf"{name}='{value}'"):
        load_settings()
