"""A start-up snapshot of the runner: a third less CPU for each child. Without one everything works, only slower.

Node takes one file without packages for it, so the runner's modules and its packages are put into one.
"""

import contextlib
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

__all__ = ["snapshot"]

_ROOM = Path(__file__).resolve().parent
_PACKAGE_FILES = {"luxon": "build/node/luxon.js", "jmespath": "jmespath.js"}
_SURVEYED = '"./surveyed.cjs"'
"""A module that is there in a snapshot only: the names that `tame.cjs` surveys."""
_BUILD_S = 60
_LOADER = """
const outer = require;
const loaded = Object.create(null);
function inner(name) {
  if (!(name in modules)) return outer(name);
  if (!(name in loaded)) {
    const module = (loaded[name] = { exports: {} });
    modules[name](module, module.exports, inner, FILENAME);
  }
  return loaded[name].exports;
}
inner('./runner.cjs');
"""


def snapshot(node: Path, flags: tuple[str, ...]) -> Path | None:
    """The snapshot for this node, these flags and these sources, built when it is not there yet.

    Returns:
        its path, or None where it cannot be built or kept: the room is read-only, or Node refuses.
    """
    text = _one_file()
    about = node.stat()
    key = hashlib.sha256(f"{about.st_size} {about.st_mtime_ns} {flags} {text}".encode()).hexdigest()[:16]
    blob = _ROOM / "node_modules" / ".cache" / f"runner-{key}.blob"
    if blob.is_file():
        return blob
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        blob.parent.mkdir(exist_ok=True)
        blob.parent.chmod(0o755)  # a child reads it as nobody in particular
        _build(node, flags, text, blob)
    return blob if blob.is_file() else None


def _build(node: Path, flags: tuple[str, ...], text: str, blob: Path) -> None:
    """Build beside the goal and rename, so that nobody meets half a file; the environment stays out of it."""
    with tempfile.TemporaryDirectory(dir=blob.parent) as folder:
        entry, made = Path(folder) / "runner.cjs", Path(folder) / "blob"
        entry.write_text(f"const surveyed = {_survey(node, flags, folder)};\n{text}", encoding="utf-8")
        command = [str(node), *flags, "--snapshot-blob", str(made), "--build-snapshot", str(entry)]
        subprocess.run(command, env={"TZ": "UTC"}, cwd=folder, check=True, capture_output=True, timeout=_BUILD_S)
        made.chmod(0o644)
        made.replace(blob)


def _survey(node: Path, flags: tuple[str, ...], folder: str) -> str:
    """The names of a realm, as JSON: looking at all of them costs each child two milliseconds, and no snapshot can."""
    script = Path(folder) / "survey.cjs"  # a file: text on the command line would find more globals
    tame = json.dumps(str(_ROOM / "tame.cjs"))
    script.write_text(f"process.stdout.write(JSON.stringify(require({tame}).survey()));", encoding="utf-8")
    command = [str(node), *flags, str(script)]
    told = subprocess.run(command, env={"TZ": "UTC"}, check=True, capture_output=True, timeout=_BUILD_S, text=True)
    return told.stdout


def _one_file() -> str:
    """The modules of the room and their packages as functions of one script."""
    files = {f"./{file.name}": file for file in sorted(_ROOM.glob("*.cjs"))}
    files |= {name: _ROOM / "node_modules" / name / file for name, file in _PACKAGE_FILES.items()}
    functions = [
        f"{json.dumps(name)}: function (module, exports, require, __filename) {{{file.read_text(encoding='utf-8')}\n}}"
        for name, file in files.items()
    ]
    filename = json.dumps(str(_ROOM / "runner.cjs"))
    functions.append(f"{_SURVEYED}: function (module) {{module.exports = surveyed;}}")
    return "const modules = {\n" + ",\n".join(functions) + "\n};\n" + _LOADER.replace("FILENAME", filename)
