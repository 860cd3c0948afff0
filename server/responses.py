"""How an answer becomes bytes."""

import json
from typing import Any

from fastapi.responses import JSONResponse as _JSONResponse

__all__ = ["JSONResponse"]


class JSONResponse(_JSONResponse):
    """JSON in ASCII: text that UTF-8 cannot carry, such as half of a pair of surrogates, goes through as an escape."""

    def render(self, content: Any) -> bytes:
        """Serialise; NaN and infinity are refused, for they are no JSON."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
