"""Is it alive, is it ready, and how is everything it leans on?"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from server.deps import ServicesDep
from server.responses import JSONResponse

__all__ = ["probes", "router"]

router = APIRouter(prefix="/api/v1/health", tags=["health"])
probes = APIRouter(prefix="/health", tags=["health"], include_in_schema=False)
"""The same two answers at the paths that orchestrators are used to."""
_FIRST_LOOK_S = 2.0


@router.get("/detailed", summary="How every service and provider is")
async def detailed(services: ServicesDep) -> JSONResponse:
    """Say what the background checks found last; nothing is asked now, so a sick service slows nobody."""
    await services.health.wait_until_checked(_FIRST_LOOK_S)
    system = services.health.get_health_snapshot()
    return JSONResponse({"success": True, "system_health": system, "llm_providers": _providers(services)})


@probes.get("/live")
@router.get("/live", summary="The process answers")
async def live() -> JSONResponse:
    """Answer; nothing is asked of anything."""
    return JSONResponse({"status": "alive"})


@probes.get("/ready")
@router.get("/ready", summary="Code can be run")
async def ready(services: ServicesDep) -> JSONResponse:
    """Answer 200 while the sandbox passes its self-test, else 503: another machine should be asked."""
    is_ready = services.health.status("sandbox") != "offline"
    body = {"status": "ready" if is_ready else "offline", "isolation": services.sandbox.isolation}
    return JSONResponse(body, 200 if is_ready else 503)


def _providers(services: ServicesDep) -> dict[str, Any]:
    if services.llm.configured:
        return services.llm.snapshot()
    return {"timestamp": datetime.now(UTC).isoformat(timespec="seconds"), "providers": {}}
