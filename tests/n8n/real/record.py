"""`make record-golden`: runs all cases in a real n8n and writes down what it answers, for one n8n version.

A new n8n release is then a change of data: `N8N_VERSION=2.42.0 make record-golden`, and the diff says what changed.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.n8n.agreement import is_python
from tests.n8n.real.lab import VERSION, install
from tests.n8n.real.run import run_in_n8n
from tests.n8n.real.server import PYTHON_RUNNER, RealN8n

__all__ = ["CASES", "RECORDED"]

_DATA = Path(__file__).parent.parent.parent / "data" / "n8n"
CASES = _DATA / "cases.jsonl"
"""`{"id", "node", "items"}` a line, and `python`, the version that can read the code, where not all can."""
RECORDED = _DATA / "recorded.jsonl"
"""The same with `n8n` (the version) and its `answer`, as `run_in_n8n` returns it."""


def main() -> None:
    """Record every case; those in Python keep their answers where there is no Python runner."""
    kept = {json.loads(text)["id"]: text for text in RECORDED.read_text(encoding="utf-8").splitlines()}
    lines = []
    with RealN8n(install()) as n8n:
        for text in CASES.read_text(encoding="utf-8").splitlines():
            case: dict[str, Any] = json.loads(text)
            if is_python(case) and not PYTHON_RUNNER:
                lines.append(kept[case["id"]])
                continue
            answer = run_in_n8n(n8n, case["node"], case["items"])
            lines.append(json.dumps({**case, "n8n": VERSION, "answer": answer}))
            sys.stderr.write(f"\r{len(lines)} recorded")
    RECORDED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stderr.write("\n")


if __name__ == "__main__":
    main()
