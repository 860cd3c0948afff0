"""Submits a job to a server, shows a progress bar on standard error, and prints the results as JSON lines."""

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tools.errors import CodegenError, RequestError

if TYPE_CHECKING:
    import httpx

__all__ = ["run_job"]


def run_job(lines: str, url: str, key: str | None, api_key: str | None, console: Console) -> int:
    """Have a job done and give the number of its items that failed.

    Raises:
        RequestError: the server refuses the job; its own sentence.
        CodegenError: the server cannot be reached.
    """
    import httpx

    headers = {"Content-Type": "application/x-ndjson"}
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= {"X-API-Key": api_key} if api_key else {}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=httpx.Timeout(60, read=None)) as client:
            answer = client.post("/api/v1/jobs", content=lines.encode())
            if answer.status_code >= 400:
                raise RequestError(_sentence(answer))
            job = answer.json()["job"]
            return _follow(client, job["job_id"], job["total"], console)
    except httpx.TransportError as error:
        raise CodegenError(f"{url} cannot be reached: {error}; start it with `n8n-agent serve`") from error


def _follow(client: "httpx.Client", job_id: str, total: int, console: Console) -> int:
    failed = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    is_shared = sys.stdout.isatty()  # lines that go to a file must not be caught by the bar on the terminal
    with (
        Progress(*columns, console=console, redirect_stdout=is_shared) as bar,
        client.stream("GET", f"/api/v1/jobs/{job_id}/results", params={"follow": True}) as results,
    ):
        shown = bar.add_task(f"job {job_id}", total=total)
        for line in results.iter_lines():
            sys.stdout.write(line + "\n")
            failed += json.loads(line)["status"] != "done"
            bar.advance(shown)
    return failed


def _sentence(answer: "httpx.Response") -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the server answers {answer.status_code}"
