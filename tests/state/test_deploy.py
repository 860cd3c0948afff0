"""The deployment examples name only settings, commands and paths that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.app import create_app
from server.cli import app as command_line

ROOT = Path(__file__).parents[2]
SETTINGS = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
KUBERNETES = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
PODS = {
    document["metadata"]["name"]: document["spec"]["template"]["spec"]["containers"][0]
    for document in KUBERNETES
    if document["kind"] == "Deployment"
}
OURS = {name: service for name, service in COMPOSE["services"].items() if name != "postgres"}


@pytest.mark.parametrize("service", OURS)
def test_compose_sets_only_settings_that_exist(service: str) -> None:
    assert set(OURS[service]["environment"]) <= SETTINGS


def test_kubernetes_sets_only_settings_that_exist() -> None:
    (config,) = [document["data"] for document in KUBERNETES if document["kind"] == "ConfigMap"]

    assert set(config) <= SETTINGS


@pytest.mark.parametrize("part", [*OURS.values(), *PODS.values()], ids=[*OURS, *PODS])
def test_each_command_exists(part: dict[str, Any]) -> None:
    program, name, *_ = part["command"]
    names = [command.name or getattr(command.callback, "__name__", "") for command in command_line.registered_commands]

    assert program == "n8n-agent"
    assert name in names


def test_probes_ask_paths_that_answer_without_a_key() -> None:
    from server import guard

    container = PODS["n8n-agent-api"]
    paths = {container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")}

    assert paths <= set(guard._OPEN_PATHS)
    assert paths <= set(create_app().openapi()["paths"])
