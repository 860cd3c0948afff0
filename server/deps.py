"""What routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from graph.runner import Runner
from graph.services import Services
from server.jobs.dispatch import Dispatcher

__all__ = ["DispatcherDep", "RunnerDep", "ServicesDep"]


def _runner(request: Request) -> Runner:
    runner = request.app.state.runner
    assert isinstance(runner, Runner)
    return runner


RunnerDep = Annotated[Runner, Depends(_runner)]
"""Runs the pipeline; opened by the app's lifespan."""


def _services(runner: RunnerDep) -> Services:
    return runner.services


ServicesDep = Annotated[Services, Depends(_services)]
"""The bag of collaborators beneath the runner."""


def _dispatcher(request: Request) -> Dispatcher:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher


DispatcherDep = Annotated[Dispatcher, Depends(_dispatcher)]
"""Hands jobs to those who work them off."""
