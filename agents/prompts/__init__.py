"""The words we put to models: text files beside this one, each naming its variables on the first line."""

import re
from functools import cache
from importlib.resources import files

__all__ = ["names", "prompt", "variables"]

_PLACE = re.compile(r"\{\{(\w+)\}\}")


def prompt(name: str, /, **values: str) -> str:
    """Fill a prompt; every variable of its first line must be given, and no other. Empty paragraphs close up.

    >>> prompt("persona_terry")[:8]
    'Comments'
    """
    wanted, text = _load(name)
    if set(values) != set(wanted):
        raise ValueError(f"prompt {name!r} takes {sorted(wanted)}, not {sorted(values)}")
    filled = _PLACE.sub(lambda place: values[place.group(1)].strip("\n"), text)
    return re.sub(r"\n{3,}", "\n\n", filled).strip()


def variables(name: str) -> tuple[str, ...]:
    """Return the variables that the first line names."""
    return _load(name)[0]


def names() -> list[str]:
    """Return the names of all prompts."""
    return sorted(path.name.removesuffix(".md") for path in files(__name__).iterdir() if path.name.endswith(".md"))


@cache
def _load(name: str) -> tuple[tuple[str, ...], str]:
    first, _, text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").partition("\n")
    return tuple(first.removeprefix("variables:").split()), text
