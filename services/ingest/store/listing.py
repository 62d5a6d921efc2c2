"""Filters, order and pages of the session list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.search import found
from services.ingest.tables import session_owners, sessions
from services.runtime.auth import Caller

SORTS: dict[str, ColumnElement[Any]] = {
    "last_activity_at": sessions.c.sort_at,
    "updated_at": sessions.c.updated_at,
    "started_at": sessions.c.sort_started_at,
    "tokens": sessions.c.sort_tokens,
    "cost": sessions.c.sort_cost,
    "health": sessions.c.sort_health,
}
# Long, and of no use in a list.
LEFT_OUT = frozenset({"tools", "error_categories", "pull_requests", "subagents"})
# Looked up for the page alone, where a join would be made for all that is sorted.
NAME = (
    select(session_owners.c.username)
    .where(session_owners.c.user_id == sessions.c.user_id)
    .scalar_subquery()
    .label("username")
)
LISTED = [column for column in sessions.columns if column.name not in LEFT_OUT]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of the list. Values of one filter are alternatives, filters hold together.

    `words` are sought together, the last one perhaps as a beginning; none at all are found nowhere.
    """

    sort: str = "last_activity_at"
    descending: bool = True
    limit: int = 50
    after: tuple[Any, UUID] | None = None
    status: Sequence[str] = ()
    user_id: Sequence[UUID] = ()
    tag: Sequence[str] = ()
    tool: Sequence[str] = ()
    project: Sequence[str] = ()
    repository: Sequence[str] = ()
    branch: Sequence[str] = ()
    visibility: Sequence[str] = ()
    words: Sequence[str] | None = None
    active_since: datetime | None = None


async def page(
    caller: Caller, connection: AsyncConnection, seen: ColumnElement[bool], listing: Listing
) -> list[dict[str, Any]]:
    """Give the rows of a page and one more where there is a next one, each with `sort_key` and `username`."""
    query = _narrowed(caller, select(*LISTED, NAME).where(seen), listing)
    if listing.tag or listing.words is not None:
        condition = await found(caller, connection, listing.words, listing.tag)
        if condition is None:
            return []
        query = query.where(condition)
    return [dict(row) for row in (await connection.execute(_ordered(query, listing))).mappings()]


def _narrowed(caller: Caller, query: Select[Any], listing: Listing) -> Select[Any]:
    for name in ("status", "user_id", "tool", "project", "repository", "branch", "visibility"):
        if values := getattr(listing, name):
            query = query.where(sessions.c[name].in_(values))
    if set(listing.visibility) == {"private"}:
        # It follows from what the caller may see; said like this, an index knows it.
        query = query.where(sessions.c.user_id == caller.user_id)
    if listing.active_since is not None:
        query = query.where(sessions.c.sort_at >= listing.active_since)
    return query


def _ordered(query: Select[Any], listing: Listing) -> Select[Any]:
    """Order by the key and the id, so that a page begins exactly where the one before it ended."""
    key, identity = SORTS[listing.sort], sessions.c.id
    if listing.after is not None:
        place = tuple_(key, identity)
        last = tuple_(literal(listing.after[0], key.type), literal(listing.after[1], identity.type))
        query = query.where(place < last if listing.descending else place > last)
    ordered = (key.desc(), identity.desc()) if listing.descending else (key.asc(), identity.asc())
    return query.add_columns(key.label("sort_key")).order_by(*ordered).limit(listing.limit + 1)
