"""Is it alive, is it ready?"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from server.deps import ServicesDep

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/health", tags=["health"])


@router.get("/live", summary="The process answers")
async def live() -> JSONResponse:
    """Answer; nothing is asked of anything."""
    return JSONResponse({"status": "alive"})


@router.get("/ready", summary="Code can be run")
async def ready(services: ServicesDep) -> JSONResponse:
    """Answer once the sandbox has passed its self-test; says the rung of isolation."""
    return JSONResponse({"status": "ready", "isolation": services.sandbox.isolation})
