"""Reads the states that facts are made from."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.tables import sessions
from services.runtime.auth import TeamsCaller
from services.runtime.reach import find

Row = dict[str, Any]


async def teams(_actor: TeamsCaller, connection: AsyncConnection, *, unread: bool) -> list[UUID]:
    """The teams that have sessions; `unread`: such whose facts were never made."""
    await find(connection, "analytics", "unread" if unread else "all")
    query = select(sessions.c.team_id).distinct()
    if unread:
        query = query.where(sessions.c.hour.is_(None), sessions.c.deleted.is_(False))
    return sorted((await connection.execute(query)).scalars())


async def states(
    actor: TeamsCaller, connection: AsyncConnection, after: UUID | None, limit: int, *, unread: bool
) -> Sequence[Row]:
    """Rows of sessions that are not deleted, by id from `after` on, locked until the transaction's end."""
    query = (
        select(sessions)
        .where(sessions.c.team_id.in_(actor.teams), sessions.c.deleted.is_(False))
        .order_by(sessions.c.session_id)
        .limit(limit)
        .with_for_update()
    )
    if unread:
        query = query.where(sessions.c.hour.is_(None))
    if after is not None:
        query = query.where(sessions.c.session_id > after)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
