"""Opaque cursors: where a page of a list ended."""

import base64
import binascii
from typing import Any

import orjson

from services.runtime.errors import Problem


def encode(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """Read what `encode` wrote. Raises `Problem` 400 for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise unknown() from error
    if not isinstance(parts, list) or len(parts) != length:
        raise unknown()
    return parts


def unknown() -> Problem:
    return Problem(400, "bad_cursor", "This cursor is not one of this list.")
