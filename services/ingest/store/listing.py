"""Filters, order and pages of the session list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from services.ingest.tables import sessions

SORTS: dict[str, ColumnElement[Any]] = {
    "last_activity_at": sessions.c.sort_at,
    "updated_at": sessions.c.updated_at,
    "started_at": func.coalesce(sessions.c.started_at, sessions.c.sort_at),
    "tokens": func.coalesce(sessions.c.total_tokens, -1),
    "cost": func.coalesce(sessions.c.cost_pico, -1),
    "health": func.coalesce(sessions.c.health_score, -1.0),
}
SEARCHED = ("own_title", "title", "project", "repository", "branch", "note")


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked of the list. Values of one filter are alternatives, filters hold together."""

    sort: str = "last_activity_at"
    descending: bool = True
    limit: int = 50
    after: tuple[Any, UUID] | None = None
    status: Sequence[str] = ()
    user_id: Sequence[UUID] = ()
    tag: Sequence[str] = ()
    tool: Sequence[str] = ()
    project: Sequence[str] = ()
    visibility: Sequence[str] = ()
    q: str | None = None
    active_since: datetime | None = None


def narrow(query: Select[Any], listing: Listing, dialect: str) -> Select[Any]:
    chosen = {
        "status": listing.status, "user_id": listing.user_id, "tool": listing.tool,
        "project": listing.project, "visibility": listing.visibility,
    }  # fmt: skip
    for name, values in chosen.items():
        if values:
            query = query.where(sessions.c[name].in_(values))
    if listing.tag:
        query = query.where(_has_tag(listing.tag, dialect))
    if listing.q:
        pattern = f"%{_escaped(listing.q)}%"
        query = query.where(or_(*(sessions.c[name].ilike(pattern, escape="\\") for name in SEARCHED)))
    if listing.active_since is not None:
        query = query.where(sessions.c.sort_at >= listing.active_since)
    return query


def order_and_page(query: Select[Any], listing: Listing) -> Select[Any]:
    """Order by the key and the id, so that a page begins exactly where the one before it ended."""
    key = SORTS[listing.sort]
    identity = sessions.c.id
    query = query.add_columns(key.label("sort_key"))
    if listing.after is not None:
        value, last = listing.after
        further = key < value if listing.descending else key > value
        past = identity < last if listing.descending else identity > last
        query = query.where(or_(further, and_(key == value, past)))
    ordered = (key.desc(), identity.desc()) if listing.descending else (key.asc(), identity.asc())
    return query.order_by(*ordered).limit(listing.limit + 1)


def _has_tag(tags: Sequence[str], dialect: str) -> ColumnElement[bool]:
    if dialect == "postgresql":
        return sessions.c.tags.cast(JSONB).op("?|")(literal(list(tags), ARRAY(Text)))
    each = func.json_each(sessions.c.tags).table_valued("value")
    return select(true()).select_from(each).where(each.c.value.in_(tags)).exists()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
