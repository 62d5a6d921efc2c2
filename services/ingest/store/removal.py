"""Sets the tombstones of whole teams."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import session_owners, sessions
from services.runtime.auth import TeamsCaller


async def living(actor: TeamsCaller, connection: AsyncConnection, limit: int) -> list[dict[str, Any]]:
    """Find and lock up to `limit` sessions that are not deleted, with their owners' names."""
    joined = sessions.outerjoin(session_owners, session_owners.c.user_id == sessions.c.user_id)
    query = (
        select(sessions, session_owners.c.username)
        .select_from(joined)
        .where(sessions.c.team_id.in_(actor.teams), sessions.c.deleted_at.is_(None))
        .order_by(sessions.c.id)
        .limit(limit)
        .with_for_update(of=sessions)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def bury(
    actor: TeamsCaller, connection: AsyncConnection, rows: list[dict[str, Any]], at: datetime
) -> None:
    """Mark the sessions deleted; their versions rise by one."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.id.in_([row["id"] for row in rows]), sessions.c.team_id.in_(actor.teams))
        .values(deleted_at=at, updated_at=at, version=sessions.c.version + 1)
    )
