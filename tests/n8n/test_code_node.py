"""The code node: what is built is what n8n exports, and what people paste is understood."""

import json
from typing import Any

import pytest

from tools.errors import CodeNodeError
from tools.n8n.code_node import build_code_node, node_name, parse_code_node, paste_envelope

NODE = build_code_node("return $input.all();", "javascript", name="Keep")
SET = {"name": "Set", "type": "n8n-nodes-base.set", "parameters": {}}


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("Multiply input value by 2 and return result", "Multiply Input Value"),
        ("please sort the orders by date", "Sort Orders"),
        ("Write a function that removes duplicate emails, keeping the first", "Removes Duplicate Emails"),
        ("I want to group all invoices per customer and sum the amounts", "Group Invoices per Customer"),
        ("Convert unixTime to an ISO date", "Convert unixTime to ISO Date"),
        ("add full_name", "Add full_name"),
        ("Filter", "Filter"),
        ("", "Code"),
        ("...", "Code"),
    ],
)
def test_the_name_is_the_opening_of_the_task(task: str, name: str) -> None:
    assert node_name(task) == name


@pytest.mark.parametrize(
    ("language", "n8n_language", "parameter"),
    [("javascript", "javaScript", "jsCode"), ("python", "pythonNative", "pythonCode")],
)
def test_a_built_node_has_the_shape_n8n_exports(language: Any, n8n_language: str, parameter: str) -> None:
    node = build_code_node("return 1", language, mode="runOnceForEachItem", name="One")

    assert node["type"] == "n8n-nodes-base.code"
    assert node["typeVersion"] == 2
    assert node["parameters"] == {"mode": "runOnceForEachItem", "language": n8n_language, parameter: "return 1"}
    assert node == build_code_node("return 1", language, mode="runOnceForEachItem", name="One")


@pytest.mark.parametrize(
    "pasted",
    [NODE, paste_envelope(NODE), json.dumps(paste_envelope(NODE)), [NODE], {"nodes": [SET, NODE], "connections": {}}],
    ids=["node", "envelope", "text", "list", "workflow"],
)
def test_whatever_is_pasted_gives_the_node(pasted: Any) -> None:
    node = parse_code_node(pasted)

    assert (node.name, node.language, node.mode, node.code) == (
        "Keep",
        "javascript",
        "runOnceForAllItems",
        "return $input.all();",
    )


def test_a_workflow_with_two_code_nodes_needs_the_name_of_one() -> None:
    workflow = {"nodes": [NODE, NODE | {"name": "Other"}]}

    assert parse_code_node(workflow, "Other").name == "Other"
    with pytest.raises(CodeNodeError, match=r"2 code nodes; name one of its nodes \('Keep', 'Other'\) in `node_name`"):
        parse_code_node(workflow)


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("{", "the text is not JSON"),
        (7, "expected a JSON object, got int '7'"),
        (SET, "node.type: 'n8n-nodes-base.set' is no code node"),
        ({"type": "n8n-nodes-base.code"}, "node.parameters: expected an object"),
        ({"parameters": {}, "typeVersion": "2"}, "node.typeVersion: expected 1 or 2"),
        ({"nodes": []}, "the workflow has 0 code nodes"),
    ],
)
def test_what_is_no_code_node_is_refused_with_the_field_and_the_remedy(pasted: Any, message: str) -> None:
    with pytest.raises(CodeNodeError, match=message):
        parse_code_node(pasted)


def test_version_1_is_javascript_whatever_its_language_says() -> None:
    assert parse_code_node({"typeVersion": 1, "parameters": {"language": "pythonNative", "jsCode": "x"}}).code == "x"
