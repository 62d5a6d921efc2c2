"""Letters whose time has come, and messages that were heard."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import heard, letters, sessions
from services.runtime import reach
from services.runtime.bulk import insert_of

Row = Mapping[str, Any]


async def first_time(_nobody: None, connection: AsyncConnection, event_id: UUID, at: datetime) -> bool:
    """Remember a message; `False` for one that was taken in before."""
    statement = insert_of(connection, heard).values(id=event_id, at=at).on_conflict_do_nothing()
    return bool((await connection.execute(statement)).rowcount)


async def due(_nobody: None, connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row]:
    """Take out letters of all teams that are due; of a session that may not be seen any more, none."""
    await reach.find(connection, "insight_notices", "letters", now.isoformat())
    chosen = select(letters.c.id).where(letters.c.due_at <= now).order_by(letters.c.due_at, letters.c.id)
    ids = (await connection.execute(chosen.limit(limit).with_for_update(skip_locked=True))).scalars().all()
    visible = or_(
        letters.c.session_id.is_(None),
        letters.c.insight_id.is_not(None),
        sessions.c.visibility != "private",
        sessions.c.user_id == letters.c.user_id,
    )
    same = and_(sessions.c.session_id == letters.c.session_id, sessions.c.deleted.is_(False))
    query = (
        select(letters).select_from(letters.outerjoin(sessions, same)).where(letters.c.id.in_(ids), visible)
    )
    rows = (await connection.execute(query.order_by(letters.c.added_at, letters.c.id))).mappings().all()
    await connection.execute(delete(letters).where(letters.c.id.in_(ids)))
    return [dict(row) for row in rows]
