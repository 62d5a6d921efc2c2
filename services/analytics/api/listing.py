"""How a list of sessions is asked for, and where its pages end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from services.analytics.answers.asked import Asked
from services.analytics.store.sessions import Listing, Row
from services.runtime import cursors

SortKey = Literal[
    "tokens", "-tokens", "cost", "-cost", "duration", "-duration", "health", "-health", "started_at",
    "-started_at", "last_activity_at", "-last_activity_at",
]  # fmt: skip
KEYS: Mapping[str, Callable[[Any], Any]] = {
    "tokens": cursors.as_integer,
    "cost": cursors.as_integer,
    "duration": cursors.as_integer,
    "health": cursors.as_number,
    "started_at": cursors.as_instant,
    "last_activity_at": cursors.as_instant,
}


def listing(asked: Asked, sort: SortKey, limit: int = 0, cursor: str | None = None) -> Listing:
    """What a list is asked for. Raises `Problem` 400 for a cursor that is not of this list."""
    name, after = sort.removeprefix("-"), None
    if cursor is not None:
        made_for, value, last = cursors.decode(cursor, 3)
        if made_for != sort:
            raise cursors.unknown()
        after = KEYS[name](value), cursors.as_uuid(last)
    grid = asked.period.grid("all")
    return Listing(grid, asked.narrowing, name, sort.startswith("-"), limit, after)


def next_cursor(of: Listing, rows: Sequence[Row]) -> str | None:
    """Where the next page begins, if there is one; of `rows` the page shows all but the one too many."""
    if len(rows) <= of.limit:
        return None
    last = rows[of.limit - 1]
    value = last["sort_key"]
    plain = value.isoformat() if isinstance(value, datetime) else value
    return cursors.encode(f"-{of.sort}" if of.descending else of.sort, plain, str(last["session_id"]))
