"""What is there on this machine, and what is missing."""

import platform
import sys
from typing import Any

from sandbox import Sandbox
from sandbox.errors import SandboxError
from sandbox.types import ExecutionRequest, Language
from tools.settings import Settings

__all__ = ["examine"]


async def examine(settings: Settings) -> dict[str, Any]:
    """Look at each part; `success` says whether code can be run in both languages."""
    from graph.services import sandbox_config

    parts = [{"name": "Python", "ok": True, "detail": f"{platform.python_version()} ({sys.executable})"}]
    try:
        async with Sandbox(sandbox_config(settings)) as box:
            parts.append({"name": "isolation", "ok": True, "detail": f"rung {box.isolation}"})
            parts += [await _language(box, "python"), await _language(box, "javascript")]
    except SandboxError as error:
        parts.append({"name": "isolation", "ok": False, "detail": str(error)})
    success = all(part["ok"] for part in parts) and len(parts) > 2
    return {"success": success, "parts": [*parts, _models(settings), _database(settings)]}


async def _language(box: Sandbox, language: Language) -> dict[str, Any]:
    code = {"python": "result = 6 * 7", "javascript": "return 6 * 7"}[language]
    [result] = await box.execute(ExecutionRequest(code, language))
    good = result.success and result.result == 42
    detail = f"ran in {result.execution_time_ms:.1f} ms" if good else str(result.error)
    return {"name": f"{language} sandbox", "ok": good, "detail": detail}


def _models(settings: Settings) -> dict[str, Any]:
    names = [provider.name for provider in settings.models.providers]
    detail = ", ".join(names) or "none configured: examples decide (set LLM_MODEL, LLM_BASE_URL)"
    return {"name": "models", "ok": bool(names), "detail": detail}


def _database(settings: Settings) -> dict[str, Any]:
    detail = "Postgres (DATABASE_URL)" if settings.storage.database_url else f"SQLite in {settings.sandbox.workspace}"
    return {"name": "database", "ok": True, "detail": detail}
