"""The specification's own requests give its documented fields and values."""

import httpx
import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.jail]


async def test_execute(client: httpx.AsyncClient) -> None:
    request = {"code": "result = x * y", "context": {"x": 5, "y": 3}, "timeout": 30}
    body = (await client.post("/api/v1/code/execute", json=request)).json()
    assert body["success"] is True
    assert body["result"] == 15
    assert body["stdout"] == body["stderr"] == ""
    assert body["execution_time_ms"] >= 0
    assert body["cached"] is False


async def test_validate_in_the_query(client: httpx.AsyncClient) -> None:
    query = {"code": "def foo():\n    return 42", "language": "python"}
    body = (await client.post("/api/v1/code/validate", params=query)).json()
    assert body["valid"] is True
    assert body["language"] == "python"


async def test_validate_in_a_body(client: httpx.AsyncClient) -> None:
    body = (await client.post("/api/v1/code/validate", json={"code": "return [", "language": "javascript"})).json()
    assert body["valid"] is False
    assert body["findings"][0]["line"] == 1
