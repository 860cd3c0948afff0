"""What routes ask for."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from graph.runner import Runner
from graph.services import Services
from server.jobs.dispatch import Dispatcher

__all__ = ["DispatcherDep", "Opened", "RunnerDep", "ServicesDep"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What the app holds open."""

    runner: Runner
    dispatcher: Dispatcher


async def _opened(request: Request) -> Opened:
    """Wait until the app has opened everything, or raise why it could not."""
    opened: Opened = await asyncio.shield(request.app.state.opened)
    return opened


OpenedDep = Annotated[Opened, Depends(_opened)]


async def _runner(opened: OpenedDep) -> Runner:
    return opened.runner


RunnerDep = Annotated[Runner, Depends(_runner)]
"""Runs the pipeline."""


async def _services(opened: OpenedDep) -> Services:
    return opened.runner.services


ServicesDep = Annotated[Services, Depends(_services)]
"""The bag of collaborators beneath the runner."""


async def _dispatcher(opened: OpenedDep) -> Dispatcher:
    return opened.dispatcher


DispatcherDep = Annotated[Dispatcher, Depends(_dispatcher)]
"""Hands jobs to those who work them off."""
