"""The OpenAPI document of the whole product, frames of the WebSocket included."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


@cache
def openapi_document() -> dict[str, Any]:
    """Return the document that lies beside the code; `python -m services openapi` makes it."""
    document: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return document
