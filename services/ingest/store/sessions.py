"""Reads sessions as a caller may see them, and writes what their owner changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.listing import SORTS, Listing, page
from services.ingest.tables import session_owners, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import among

MOST_OFFSPRING = 500


def visible(caller: Caller) -> ColumnElement[bool]:
    """The one condition of sight: the caller's team, not deleted, and shared or the caller's own."""
    return and_(
        sessions.c.team_id == caller.team_id,
        sessions.c.deleted_at.is_(None),
        or_(sessions.c.visibility != "private", sessions.c.user_id == caller.user_id),
    )


def named() -> Select[Any]:
    """Sessions, each with its owner's name."""
    joined = sessions.outerjoin(session_owners, session_owners.c.user_id == sessions.c.user_id)
    return select(sessions, session_owners.c.username).select_from(joined)


async def list_sessions(
    caller: Caller, connection: AsyncConnection, listing: Listing
) -> list[dict[str, Any]]:
    """Give one row more than `listing.limit` where there is a next page."""
    return await page(caller, connection, visible(caller), listing)


async def neighbours(
    caller: Caller, connection: AsyncConnection, row: Mapping[str, Any], listing: Listing
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Give the sessions before and after this one in a list, whether it is itself in it or not."""
    place = (row[SORTS[listing.sort].name], row["id"])
    after = replace(listing, after=place, limit=0)
    before = replace(after, descending=not listing.descending)
    found = [await page(caller, connection, visible(caller), one) for one in (before, after)]
    return found[0][0] if found[0] else None, found[1][0] if found[1] else None


async def find_session(
    caller: Caller, connection: AsyncConnection, session_id: UUID, *, lock: bool = False
) -> dict[str, Any] | None:
    """Give a session that the caller may see; with `lock` nobody else changes it in this transaction."""
    query = named().where(visible(caller), sessions.c.id == session_id)
    if lock:
        query = query.with_for_update(of=sessions)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def offspring(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[dict[str, Any]]:
    """Give the sessions that came from this one and that the caller may see, the first one first."""
    query = named().where(visible(caller), sessions.c.parent_id == session_id)
    query = query.order_by(sessions.c.sort_started_at, sessions.c.id).limit(MOST_OFFSPRING)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def change_session(
    caller: Caller, connection: AsyncConnection, session_id: UUID, values: Mapping[str, Any]
) -> None:
    """Write columns of a session that `find_session(lock=True)` gave; its version rises by one."""
    await connection.execute(
        update(sessions)
        .where(visible(caller), sessions.c.id == session_id)
        .values(**values, version=sessions.c.version + 1)
    )


async def named_sessions(
    actor: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Give the sessions that are not deleted, with their owners' names, in the order of their ids.

    Left to the database, the order in which shared ones are told would depend on the private ones beside.
    """
    query = named().where(
        among(connection, sessions.c.id, ids),
        among(connection, sessions.c.team_id, actor.teams),
        sessions.c.deleted_at.is_(None),
    )
    query = query.order_by(sessions.c.id)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def snapshot(
    actor: TeamsCaller,
    connection: AsyncConnection,
    *,
    owner_id: UUID | None,
    session_id: UUID | None,
    ended_since: datetime,
    limit: int,
) -> list[dict[str, Any]]:
    """Give an audience's sessions, newest first: the shared ones, or one person's private ones."""
    private = sessions.c.visibility == "private"
    mine = and_(private, sessions.c.user_id == owner_id)
    query = (
        named()
        .where(sessions.c.team_id.in_(actor.teams), sessions.c.deleted_at.is_(None))
        .where(~private if owner_id is None else mine)
        .where(_recent(ended_since) if session_id is None else sessions.c.id == session_id)
        .order_by(sessions.c.sort_at.desc(), sessions.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _recent(ended_since: datetime) -> ColumnElement[bool]:
    return or_(sessions.c.status != "ended", sessions.c.sort_at >= ended_since)
