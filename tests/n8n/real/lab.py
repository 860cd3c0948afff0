"""Installs n8n into a cache folder outside the checkout; its licence allows testing with it, not shipping it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.javascript.spawn import node_binary

__all__ = ["VERSION", "Lab", "install"]

VERSION = os.environ.get("N8N_VERSION", "2.41.1")
_OVERRIDES = {"cssomnom": "npm:cssom@0.5.0"}
"""A dependency of n8n's HTML nodes that the registry does not have in the version asked for."""
_INSTALL_S = 1800


@dataclass(frozen=True, slots=True)
class Lab:
    """An installed n8n."""

    folder: Path
    version: str

    @property
    def node(self) -> Path:
        """The Node it runs on: the project's own."""
        return node_binary()

    @property
    def modules(self) -> Path:
        """`node_modules`."""
        return self.folder / "node_modules"

    @property
    def is_ready(self) -> bool:
        """Whether it is installed with its database driver built."""
        return (self.modules / "n8n" / "bin" / "n8n").is_file() and any(
            self.modules.glob("sqlite3/build/Release/*.node")
        )


def install(version: str = VERSION) -> Lab:
    """Install n8n where it is not yet (about 3 GB and some minutes); N8N_LAB names another folder for it.

    Raises:
        subprocess.CalledProcessError: npm or the compiler failed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    lab = Lab(Path(os.environ.get("N8N_LAB") or cache / "n8n-code-agent" / f"n8n-{version}"), version)
    if lab.is_ready:
        return lab
    lab.folder.mkdir(parents=True, exist_ok=True)
    manifest = {"private": True, "dependencies": {"n8n": version}, "overrides": _OVERRIDES}
    (lab.folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    npm = lab.node.parent.parent / "lib" / "node_modules" / "npm"
    _node(lab, lab.folder, npm / "bin" / "npm-cli.js", "install", "--ignore-scripts", "--no-audit", "--no-fund")
    gyp = npm / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
    _node(lab, lab.modules / "sqlite3", gyp, "rebuild", f"--nodedir={lab.node.parent.parent}")
    return lab


def _node(lab: Lab, cwd: Path, *arguments: object) -> None:
    path = f"{lab.node.parent}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    command = ["nice", str(lab.node), *map(str, arguments)]
    subprocess.run(command, cwd=cwd, env={**os.environ, "PATH": path}, check=True, timeout=_INSTALL_S)
