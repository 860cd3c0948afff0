"""Health that tells the truth: background checks, circuit breakers, and a snapshot that asks nobody."""

from tools.health.condition import Condition, Reading, Status
from tools.health.monitor import HealthMonitor, Probe, Service
from tools.health.shortcut import health_monitor
from tools.health.wiring import configured_services

__all__ = [
    "Condition",
    "HealthMonitor",
    "Probe",
    "Reading",
    "Service",
    "Status",
    "configured_services",
    "health_monitor",
]
