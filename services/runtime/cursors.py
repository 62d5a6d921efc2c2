"""Opaque cursors: where a page of a list ended."""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.runtime.errors import Problem

ZERO = timedelta(0)
KEY_CHARACTERS = 200


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


def as_instant(value: Any) -> datetime:
    """Raises `Problem` 400 for what is no text of an instant in UTC."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise unknown() from error
    if at.utcoffset() != ZERO:
        raise unknown()
    return at


def as_integer(value: Any) -> int:
    """Raises `Problem` 400 for what no column of integers holds."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise unknown()
    return value


def as_number(value: Any) -> float:
    """Raises `Problem` 400 for what is no number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise unknown()
    return float(value)


def as_uuid(value: Any) -> UUID:
    """Raises `Problem` 400 for what is no id."""
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError) as error:
        raise unknown() from error


def as_key(value: Any) -> str:
    """Raises `Problem` 400 for what no column of short texts holds."""
    if not isinstance(value, str) or len(value) > KEY_CHARACTERS or "\0" in value:
        raise unknown()
    return value


def unknown() -> Problem:
    return Problem(400, "bad_cursor", "This cursor is not one of this list.")
