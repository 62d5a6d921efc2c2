"""Pages of lists that are ordered by a time and an id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query

from services.runtime import cursors

Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]
IfMatch = Annotated[str | None, Header(max_length=100)]


def after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where the page begins. Raises `Problem` 400 for what is no cursor of such a list."""
    if cursor is None:
        return None
    at, last = cursors.decode(cursor, 2)
    return cursors.as_instant(at), cursors.as_uuid(last)


def following(rows: Sequence[Any], limit: int, column: str) -> str | None:
    """Where the next page begins, if there is one; of `rows` the page shows all but the one too many."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return cursors.encode(last[column].isoformat(), str(last["id"]))
