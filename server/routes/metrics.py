"""What Prometheus scrapes: the process, and the models behind their circuits."""

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from server.deps import ServicesDep
from tools.llm import ModelMetrics

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(services: ServicesDep) -> Response:
    """Give the text format; everything is read off at this moment."""
    registry = CollectorRegistry()
    registry.register(ModelMetrics(services.llm))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
