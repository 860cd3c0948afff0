"""The command line `n8n-agent`: the same answers as HTTP, without a server.

Exit codes: 0 success, 1 the code (or the run) failed, 2 wrong use.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from tools.errors import CodegenError, ConfigError, RequestError
from tools.settings import Settings, load_settings

__all__ = ["main"]

_MOST_HEAD_BYTES = 4_000_000
"""Of a request line and its headers: `/validate?code=` takes a megabyte of code, which is up to three in a URL."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

EXAMPLE_TASK = "Multiply input value by 2 and return result"
EXAMPLE_INPUT = '{"value": 5}'
EXAMPLE_EXPECTED = '{"result": 10}'

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Language = Annotated[str, typer.Option("--language", "-l", help="python, javascript or auto.")]
CodeFile = Annotated[str, typer.Argument(help="A file with code, or - for standard input.")]
Mode = Annotated[str, typer.Option(help="runOnceForAllItems or runOnceForEachItem.")]
Profile = Annotated[str, typer.Option(help="A runner profile's name, or JSON with fields that replace the default's.")]
JSON_HELP = "JSON, a file with JSON, or - for standard input."


@app.callback()
def _root() -> None:
    """A sentence and an example in, an n8n Code node out that is proven to run."""


@app.command()
def generate(
    task: Annotated[str, typer.Argument(help="The sentence.")],
    input: Annotated[str | None, typer.Option(help=f"The example's input: {JSON_HELP}")] = None,  # noqa: A002 - the option's name
    expect: Annotated[str | None, typer.Option(help=f"The example's output: {JSON_HELP}")] = None,
    language: Language = "",
    mode: Mode = "runOnceForAllItems",
    profile: Profile = "n8n-2-default",
    as_json: AsJson = False,
) -> None:
    """Turn a sentence and an example into a proven code node."""
    given = _request(task, input, expect, language, mode)
    answer = _run(lambda settings: _generate(settings, given, _profile(profile)))
    _show(answer, "generate", as_json=as_json)


@app.command()
def demo(
    task: str = "",
    input: str = "",  # noqa: A002 - the option's name
    expect: str = "",
    language: str = "",
) -> None:
    """Run the main job: the specification's example in both languages, or a task of yours (`make run`)."""
    source = (task, input, expect) if task else (EXAMPLE_TASK, EXAMPLE_INPUT, EXAMPLE_EXPECTED)
    languages = [language] if language else ["python", "javascript"]
    requests = [_request(source[0], source[1] or None, source[2] or None, each) for each in languages]
    answers = _run(lambda settings: _generate_all(settings, requests))
    from server.render import show_generate

    for answer in answers:
        show_generate(out, answer)
    raise typer.Exit(0 if all(answer["success"] for answer in answers) else 1)


@app.command()
def execute(
    code: CodeFile,
    context: Annotated[str | None, typer.Option(help=f"Names the code sees: {JSON_HELP}")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Run code in the locked sandbox."""
    from server.schemas import ExecuteRequest

    body = _checked(
        ExecuteRequest,
        code=_text(code),
        language=_language(language, code),
        context=_json(context, "context") or {},
        timeout=timeout,
    )

    async def call(settings: Settings) -> dict[str, Any]:
        from graph.services import open_services
        from server.answers import answer_execute

        async with open_services(settings) as services:
            return await answer_execute(body, services)

    _show(_run(call), "execute", as_json=as_json)


@app.command()
def validate(
    code: CodeFile, language: Language = "", mode: str | None = None, profile: Profile = "n8n-2-default",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Look at code without running it."""
    from server.answers import answer_validate
    from server.schemas import ValidateRequest

    body = _checked(
        ValidateRequest,
        code=_text(code),
        language=_language(language, code),
        mode=mode,
        profile=_profile(profile),
    )
    answer = _guarded(lambda: answer_validate(body))
    _show(answer | {"success": answer["valid"] and answer["security_valid"]}, "validate", as_json=as_json)


@app.command()
def optimize(
    code: CodeFile,
    input: Annotated[str | None, typer.Option(help=f"Items the code runs on: {JSON_HELP}")] = None,  # noqa: A002 - the option's name
    language: Language = "",
    mode: Mode = "runOnceForAllItems",
    chart: Annotated[Path | None, typer.Option(help="Where to write time against size, as SVG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Suggest, rewrite, and prove the rewrite equal and faster."""
    from server.schemas import OptimizeRequest

    body = _checked(
        OptimizeRequest,
        code=_text(code),
        language=_language(language, code),
        input_example=_json(input, "input"),
        mode=mode,
    )

    async def call(settings: Settings) -> dict[str, Any]:
        from graph.services import open_services
        from server.answers import answer_optimize

        async with open_services(settings) as services:
            return await answer_optimize(body, services)

    answer = _run(call)
    if chart is not None and (drawn := answer["optimization_results"]["improvement"]["chart_svg"]):
        chart.write_text(drawn, encoding="utf-8")
    _show(answer, "optimize", as_json=as_json)


@app.command("run-node")
def run_node(
    node: Annotated[str, typer.Argument(help="A file with the node, an envelope or a workflow, or -.")],
    items: Annotated[str | None, typer.Option(help=f"The input items, or plain rows: {JSON_HELP}")] = None,
    node_name: Annotated[str | None, typer.Option(help="Which node of a workflow.")] = None,
    upstream: Annotated[str | None, typer.Option(help=f"Outputs of other nodes by name: {JSON_HELP}")] = None,
    profile: Profile = "n8n-2-default",
    timeout: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a code node exactly as n8n does."""
    from server.schemas import RunNodeRequest

    body = _checked(
        RunNodeRequest,
        node=_text(node),
        items=_json(items, "items") or [],
        node_name=node_name,
        upstream=_json(upstream, "upstream") or {},
        profile=_profile(profile),
        timeout=timeout,
    )

    async def call(settings: Settings) -> dict[str, Any]:
        from graph.services import open_services
        from server.answers import answer_run_node

        async with open_services(settings) as services:
            return await answer_run_node(body, services)

    _show(_run(call), "run_node", as_json=as_json)


@app.command()
def serve(host: str | None = None, port: int | None = None) -> None:
    """Serve the HTTP API (HOST and PORT, 127.0.0.1:8000 by default)."""
    import uvicorn

    from server.app import create_app
    from server.guard import check_binding

    settings = _guarded(load_settings)
    overrides = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    server = settings.server.model_copy(update=overrides)
    _guarded(lambda: check_binding(server))
    service = _guarded(lambda: create_app(settings=settings.with_server(server)))
    uvicorn.run(
        service, host=server.host, port=server.port, log_level="warning", access_log=False,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
    )  # fmt: skip


@app.command()
def worker(
    queues: Annotated[
        list[str] | None, typer.Option("--queue", "-q", help="pipeline, sandbox; both by default.")
    ] = None,
) -> None:
    """Work jobs off for the servers of the same DATABASE_URL (extra `cluster`)."""

    async def call(settings: Settings) -> None:
        from server.worker import run_worker

        await run_worker(settings, queues or ["pipeline", "sandbox"])

    _run(call)


@app.command()
def jobs(
    file: Annotated[str, typer.Argument(help='JSON lines `{"kind": ..., "request": {...}}`, or - for standard input.')],
    url: Annotated[str, typer.Option(help="The server that takes the job.")] = "http://127.0.0.1:8000",
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same job again only shows its results.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="API_KEY", help="Sent as X-API-Key.")] = None,
) -> None:
    """Submit many requests as one job, show its progress, print its results as JSON lines."""
    from server.jobs.client import run_job

    failed = _guarded(lambda: run_job(_text(file), url, key, api_key, err))
    raise typer.Exit(1 if failed else 0)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is there: Python, Node, isolation rung, providers, database."""
    from server.doctor import examine

    answer = _run(examine)
    _show(answer, "doctor", as_json=as_json)


def main() -> None:
    """Run the command line."""
    app()


async def _generate(settings: Settings, given: dict[str, Any], profile: Any) -> dict[str, Any]:
    from graph.runner import open_runner

    async with open_runner(settings) as runner:
        return await runner.generate(given, runner.options(profile=profile))  # type: ignore[arg-type]


async def _generate_all(settings: Settings, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from graph.runner import open_runner

    async with open_runner(settings) as runner:
        return [await runner.generate(given, runner.options()) for given in requests]  # type: ignore[arg-type]


def _request(
    task: str, source: str | None, target: str | None, language: str, mode: str = "runOnceForAllItems"
) -> dict[str, Any]:
    given = {"task_description": task, "mode": mode, "language": language}
    pair = {"input_example": _json(source, "input"), "expected_output": _json(target, "expect")}
    return given | {name: value for name, value in pair.items() if value is not None}


def _run(call: Callable[[Settings], Coroutine[Any, Any, Any]]) -> Any:
    return _guarded(lambda: asyncio.run(call(load_settings())))


def _guarded(call: Callable[[], Any]) -> Any:
    """The edge: a wrong request or setting is exit code 2, our own failure 1, both in one sentence."""
    from sandbox.errors import SandboxError

    try:
        return call()
    except (ConfigError, RequestError) as error:
        _fail(str(error), 2)
    except (CodegenError, SandboxError) as error:
        _fail(str(error), 1)


def _checked(model: Any, **fields: Any) -> Any:
    from pydantic import ValidationError

    try:
        return model(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        _fail(f"{'.'.join(map(str, first['loc']))}: {first['msg']} (got {str(first['input'])[:200]!r})", 2)


def _fail(message: str, code: int) -> NoReturn:
    err.print(message, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _text(source: str) -> str:
    if source == "-":
        return sys.stdin.read()
    path = Path(source)
    if not path.is_file():
        _fail(f"{source}: no such file; give a file with code, or - for standard input", 2)
    return path.read_text(encoding="utf-8")


def _json(source: str | None, name: str) -> Any:
    if source is None:
        return None
    text = _text(source) if source == "-" or _is_file(source) else source
    try:
        return json.loads(text)
    except ValueError as error:
        _fail(f"--{name}: neither a file nor JSON ({error}): {text[:200]!r}", 2)


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except (OSError, ValueError):
        return False  # too long for a name, or with a null byte: it is the text itself


def _profile(source: str) -> Any:
    return _json(source, "profile") if source.lstrip().startswith("{") else source


def _language(given: str, file: str) -> str:
    return given or ("javascript" if Path(file).suffix in {".js", ".mjs", ".cjs"} else "python")


def _show(answer: dict[str, Any], kind: str, *, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        from server import render

        getattr(render, f"show_{kind}")(out, answer)
    raise typer.Exit(0 if answer.get("success", True) else 1)
