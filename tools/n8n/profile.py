"""Which n8n will run the node: version, time-outs and what its runner lets code import. Profiles are data files."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.types import Mode, NodeRules
from tools.errors import CodeNodeError

__all__ = ["DEFAULT_PROFILE", "RunnerProfile", "load_profile", "profile_from", "profile_names"]

DEFAULT_PROFILE = "n8n-2-default"
_BUILTINS_DENIED = (
    "eval exec compile open input breakpoint getattr object type vars setattr delattr hasattr dir memoryview "
    "__build_class__ globals locals license help credits copyright"
)
_ALLOW_SETTINGS = {
    "N8N_RUNNERS_STDLIB_ALLOW": "python_stdlib_allow",
    "N8N_RUNNERS_EXTERNAL_ALLOW": "python_external_allow",
    "NODE_FUNCTION_ALLOW_BUILTIN": "javascript_builtin_allow",
    "NODE_FUNCTION_ALLOW_EXTERNAL": "javascript_external_allow",
}


class RunnerProfile(BaseModel):
    """The settings of one n8n installation that decide what its code nodes may do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "custom"
    description: str = ""
    n8n_version: str = "2.41.1"
    """The version the rules were read off and run on."""
    runner_mode: Literal["internal", "external"] = "external"
    """`internal`: n8n starts the runners itself; a stock installation has no Python runner then."""
    python_enabled: bool = True
    """N8N_PYTHON_ENABLED."""
    self_hosted: bool = True
    """Off: advice about environment variables is left out of messages, as on n8n Cloud."""
    python_stdlib_allow: tuple[str, ...] = ()
    """N8N_RUNNERS_STDLIB_ALLOW; `["*"]` allows all."""
    python_external_allow: tuple[str, ...] = ()
    """N8N_RUNNERS_EXTERNAL_ALLOW; `["*"]` allows all."""
    python_builtins_deny: tuple[str, ...] = tuple(_BUILTINS_DENIED.split())
    """N8N_RUNNERS_BUILTINS_DENY."""
    javascript_builtin_allow: tuple[str, ...] = ()
    """NODE_FUNCTION_ALLOW_BUILTIN; matched literally, `["*"]` allows all."""
    javascript_external_allow: tuple[str, ...] = ()
    """NODE_FUNCTION_ALLOW_EXTERNAL; matched literally, `["*"]` allows all."""
    task_timeout_s: Annotated[float, Field(gt=0)] = 300
    """N8N_RUNNERS_TASK_TIMEOUT of n8n and its JavaScript runner, seconds."""
    python_task_timeout_s: Annotated[float, Field(gt=0)] = 60
    """The same of the Python runner, seconds."""
    heartbeat_interval_s: Annotated[float, Field(gt=0)] = 30
    """N8N_RUNNERS_HEARTBEAT_INTERVAL, seconds: a JavaScript runner blocked for one to two of these is dropped."""

    timezone: str = "UTC"
    """GENERIC_TIMEZONE of the instance: what `$now`, `$today` and `DateTime` use. Containers mostly set it."""

    def rules(self, mode: Mode, *, continue_on_fail: bool = False, error_output: bool = False) -> NodeRules:
        """What the sandbox must know of this profile to run a node in `mode`."""
        return NodeRules(
            mode=mode,
            python_stdlib_allow=self.python_stdlib_allow,
            python_external_allow=self.python_external_allow,
            python_builtins_deny=self.python_builtins_deny,
            javascript_builtin_allow=self.javascript_builtin_allow,
            javascript_external_allow=self.javascript_external_allow,
            runs_runners_itself=self.runner_mode == "internal",
            self_hosted=self.self_hosted,
            continue_on_fail=continue_on_fail,
            error_output=error_output,
        )

    def allowing(self, settings: Mapping[str, str]) -> "RunnerProfile":
        """The same runner with more modules allowed: `{"N8N_RUNNERS_STDLIB_ALLOW": "re,json"}`."""
        fields = {_ALLOW_SETTINGS[name]: value.split(",") for name, value in settings.items()}
        return self.model_copy(update={field: (*getattr(self, field), *more) for field, more in fields.items()})


def profile_names() -> tuple[str, ...]:
    """The profiles that ship, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json")))


def load_profile(name: str = DEFAULT_PROFILE, overrides: Mapping[str, Any] | None = None) -> RunnerProfile:
    """Load a shipped profile; `overrides` replaces any of its fields.

    >>> load_profile("n8n-2-default", {"python_stdlib_allow": ["re"]}).rules("runOnceForAllItems").python_stdlib_allow
    ('re',)

    Raises:
        CodeNodeError: no such profile, or an override that is no field or has a wrong value.
    """
    base = _shipped(name)
    if not overrides:
        return base
    try:
        return RunnerProfile.model_validate({**base.model_dump(), **overrides})
    except ValidationError as error:
        raise CodeNodeError("; ".join(_sentence(problem) for problem in error.errors())) from error


def profile_from(value: str | Mapping[str, Any] | None) -> RunnerProfile:
    """Read what a request may say: nothing, the name of a profile, or fields over the one called `name`.

    Raises:
        CodeNodeError: see `load_profile`.
    """
    if value is None or isinstance(value, str):
        return load_profile(value or DEFAULT_PROFILE)
    fields = dict(value)
    return load_profile(str(fields.pop("name", DEFAULT_PROFILE)), fields)


@cache
def _shipped(name: str) -> RunnerProfile:
    file = _folder() / f"{name}.json"
    if name not in profile_names():
        raise CodeNodeError(f"profile: {name!r} is not known; the shipped ones are {', '.join(profile_names())}")
    return RunnerProfile.model_validate({"name": name, **json.loads(file.read_text(encoding="utf-8"))})


def _folder() -> Any:
    return files("tools.n8n") / "profiles"


def _sentence(problem: Any) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"profile.{field}: no such field; there are {', '.join(RunnerProfile.model_fields)}"
    return f"profile.{field}={problem['input']!r}: {problem['msg']}"
