"""Lists in pages: an opaque cursor names the last row that was given."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query

from services.auth.domain import After
from services.runtime.errors import Problem

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


def read_cursor(cursor: Cursor = None) -> After | None:
    """Where to go on. Raises `Problem` 400 for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        at, key = orjson.loads(base64.b64decode(cursor.encode(), b"-_", validate=True))
        return After(_instant(at), _plain(key))
    except (binascii.Error, ValueError, TypeError):
        raise _foreign() from None


def read_uuid_cursor(after: Annotated[After | None, Depends(read_cursor)]) -> After | None:
    """Where to go on in a list whose keys are UUIDs. Raises `Problem` 400."""
    try:
        if after is not None:
            UUID(after.key)
    except ValueError:
        raise _foreign() from None
    return after


def write_cursor(after: After) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([after.at.isoformat(), after.key])).decode()


def read_number(cursor: str | None) -> int | None:
    """Where to go on in a list that is numbered. Raises `Problem` 400 for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        number = orjson.loads(base64.b64decode(cursor.encode(), b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise _foreign() from None
    if type(number) is not int or not 0 <= number < 2**53:
        raise _foreign()
    return number


def write_number(number: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(number)).decode()


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], T | None]:
    """Of one row more than the page holds: the page, and its last row when there are more."""
    page = rows[:limit]
    return page, page[-1] if len(rows) > limit else None


def _foreign() -> Problem:
    return Problem(400, "bad_cursor", "This cursor is not one of ours.")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _plain(key: object) -> str:
    if not isinstance(key, str) or not key.isascii() or len(key) > 64:
        raise ValueError(key)
    return key


Place = Annotated[After | None, Depends(read_cursor)]
UuidPlace = Annotated[After | None, Depends(read_uuid_cursor)]
