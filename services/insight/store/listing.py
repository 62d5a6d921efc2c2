"""Filters, orders and pages of insights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.store.search import spoken_of, tagged
from services.insight.store.sessions import visible
from services.insight.tables import insights, sessions
from services.runtime.auth import Caller
from services.runtime.bulk import Row

Sort = Literal["hot", "new", "top"]
SORTS: dict[Sort, ColumnElement[Any]] = {
    "hot": insights.c.hot,
    "new": insights.c.created_at,
    "top": insights.c.upvotes,
}
OPEN = ("proposed", "accepted")


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of the list. Values of one filter are alternatives, filters hold together.

    `words` are sought together, the last one perhaps as a beginning; none at all are found nowhere.
    """

    sort: Sort = "hot"
    limit: int = 50
    after: tuple[Any, datetime, UUID] | None = None
    type: Sequence[str] = ()
    tag: Sequence[str] = ()
    user_id: Sequence[UUID] = ()
    state: Sequence[str] = OPEN
    origin: str | None = None
    session_id: UUID | None = None
    words: Sequence[str] | None = None


async def page(caller: Caller, connection: AsyncConnection, listing: Listing) -> list[Row]:
    """Give the rows of a page, and one more where there is a next one, each with `sort_key`.

    What comes to the same is in the order of its time, the newest first.
    """
    key = SORTS[listing.sort]
    order = (key, insights.c.created_at, insights.c.id)
    query = _narrowed(caller, connection, listing)
    if listing.after is not None:
        pairs = zip(listing.after, order, strict=True)
        query = query.where(tuple_(*order) < tuple_(*(literal(value, one.type) for value, one in pairs)))
    query = query.add_columns(key.label("sort_key")).order_by(*(one.desc() for one in order))
    found = await connection.execute(query.limit(listing.limit + 1))
    return [dict(row) for row in found.mappings()]


def _narrowed(caller: Caller, connection: AsyncConnection, listing: Listing) -> Select[Any]:
    query = select(insights).where(insights.c.team_id == caller.team_id, insights.c.state.in_(listing.state))
    if listing.type:
        query = query.where(insights.c.type.in_(listing.type))
    if listing.user_id:
        query = query.where(insights.c.shared_by.in_(listing.user_id))
    if listing.origin is not None:
        query = query.where(insights.c.origin == listing.origin)
    if listing.session_id is not None:
        seen = exists().where(visible(caller), sessions.c.session_id == listing.session_id)
        query = query.where(insights.c.session_id == listing.session_id, seen)
    if listing.tag:
        query = query.where(insights.c.id.in_(tagged(caller, listing.tag)))
    if listing.words is not None:
        sought = listing.words
        query = query.where(insights.c.id.in_(spoken_of(caller, connection, sought)) if sought else false())
    return query
