"""The specification's own requests give its documented fields and values."""

import httpx
import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.jail]


@pytest.mark.parametrize("language", ["python", "javascript"])
async def test_generate(client: httpx.AsyncClient, language: str) -> None:
    answer = await client.post(
        "/api/v1/code/generate",
        json={
            "task_description": "Multiply input value by 2 and return result",
            "language": language,
            "input_example": {"value": 5},
            "expected_output": {"result": 10},
            "persona": "terry",
        },
    )
    body = answer.json()
    assert answer.status_code == 200
    assert body["success"] is True
    assert body["node"]["name"] == "Multiply Input Value"
    assert body["node"]["type"] == "n8n-nodes-base.code"
    assert body["node"]["typeVersion"] == 2
    assert body["code"] in body["node"]["parameters"].values()
    assert body["test_results"]["all_passed"] is True
    assert body["test_results"]["total_tests"] == body["test_results"]["passed"] >= 1
    assert body["complexity"]["complexity_rating"] == "low"
    assert body["complexity"]["lines_of_code"] >= 1
    assert body["validation"] == {"syntax_valid": True, "security_valid": True, "tests_passed": True}
    assert body["engine"] == "synthesis"


async def test_optimize(client: httpx.AsyncClient) -> None:
    code = "result = ''\nfor i in range(10):\n    result += str(i)"
    body = (await client.post("/api/v1/code/optimize", json={"code": code, "language": "python"})).json()
    results = body["optimization_results"]
    assert body["success"] is True
    assert [(suggestion["type"], suggestion["line"]) for suggestion in results["suggestions"]] == [
        ("string_building", 2)
    ]
    assert results["optimized_code"] == "result = ''.join(str(i) for i in range(10))"
    assert results["original_complexity"]["complexity_rating"] in {"low", "medium", "high"}
    assert results["improvement"]["complexity_score_reduction"] > 0
    after = await client.post("/api/v1/code/execute", json={"code": results["optimized_code"]})
    assert after.json()["result"] == "0123456789"


async def test_execute(client: httpx.AsyncClient) -> None:
    request = {"code": "result = x * y", "context": {"x": 5, "y": 3}, "timeout": 30}
    body = (await client.post("/api/v1/code/execute", json=request)).json()
    assert body["success"] is True
    assert body["result"] == 15
    assert body["stdout"] == body["stderr"] == ""
    assert body["execution_time_ms"] >= 0
    assert body["cached"] is False
    assert (await client.post("/api/v1/code/execute", json=request)).json()["cached"] is True


async def test_validate_in_the_query(client: httpx.AsyncClient) -> None:
    query = {"code": "def foo():\n    return 42", "language": "python"}
    body = (await client.post("/api/v1/code/validate", params=query)).json()
    assert body["valid"] is True
    assert body["language"] == "python"


async def test_validate_in_a_body(client: httpx.AsyncClient) -> None:
    body = (await client.post("/api/v1/code/validate", json={"code": "return [", "language": "javascript"})).json()
    assert body["valid"] is False
    assert body["findings"][0]["line"] == 1


async def test_cache_statistics_and_clearing(client: httpx.AsyncClient) -> None:
    stats = (await client.get("/api/v1/code/cache/stats")).json()
    assert stats["success"] is True
    assert {"total_cached_executions", "total_cache_hits", "average_execution_time_ms", "cache_hit_rate"} <= set(
        stats["cache_stats"]
    )
    recent = await client.delete("/api/v1/code/cache", params={"older_than_hours": 24})
    assert recent.json() == {"success": True, "entries_deleted": 0}
    cleared = (await client.delete("/api/v1/code/cache")).json()
    assert cleared["entries_deleted"] == stats["cache_stats"]["total_cached_executions"]
