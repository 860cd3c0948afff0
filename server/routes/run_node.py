"""Run a code node exactly as n8n does, without an n8n."""

from fastapi import APIRouter

from server.answers import answer_run_node
from server.deps import ServicesDep
from server.responses import JSONResponse
from server.schemas import RunNodeRequest

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/code", tags=["code"])


@router.post("/run-node", summary="Run a code node exactly as n8n does")
async def run_code_node(request: RunNodeRequest, services: ServicesDep) -> JSONResponse:
    """Give the items n8n would give, or its own error text with what n8n leaves out: type, line, hint.

    `warnings` says what n8n does in silence: data that is lost, values that change, names bound to the first item.
    """
    return JSONResponse(await answer_run_node(request, services))
