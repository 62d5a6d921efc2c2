"""Who sees a session, for how long, and who sees it afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.contracts.sessions import Visibility
from services.runtime.errors import unprocessable

Row = Mapping[str, Any]


def until_of(
    visibility: Visibility, expires_at: datetime | None, now: datetime, *, days: int, most_days: int
) -> datetime | None:
    """When sharing ends by itself: a public page always does, for the team only where an end is given.

    Raises `Problem` 422 for an end in the past, of what is not shared, or of a public page too far away.
    """
    if expires_at is None:
        return now + timedelta(days=days) if visibility == "public" else None
    if visibility == "private":
        raise unprocessable("expires_at", "what is private has no end")
    if expires_at <= now:
        raise unprocessable("expires_at", "lies in the past")
    if visibility == "public" and expires_at > now + timedelta(days=most_days):
        raise unprocessable("expires_at", f"a public page ends within {most_days} days")
    return expires_at


def shared(row: Row, visibility: Visibility, until: datetime | None, now: datetime) -> dict[str, Any]:
    """The columns of a session shown to so many. When it ends, it is what it was before."""
    after = None
    if until is not None:
        after = _before(row) if visibility == "public" else "private"
    same = row["visibility"] == visibility
    return {
        "visibility": visibility,
        "shared_at": None if visibility == "private" else row["shared_at"] if same else now,
        "shared_until": until,
        "visibility_after": after,
    }


def ended(row: Row) -> dict[str, Any]:
    """The columns of a session whose sharing has come to its end."""
    visibility = row["visibility_after"] or "private"
    return {
        "visibility": visibility,
        "shared_at": row["shared_at"] if visibility != "private" else None,
        "shared_until": None,
        "visibility_after": None,
    }


def _before(row: Row) -> Visibility:
    """To whom a session was shown for good: what the team sees for a while ends with the public page."""
    if row["visibility"] == "public":
        return "team" if row["visibility_after"] == "team" else "private"
    return "team" if row["visibility"] == "team" and row["shared_until"] is None else "private"
