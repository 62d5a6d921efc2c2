"""Finds files that the sessions of several people change at the same time."""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.listing import NAME
from services.ingest.store.sessions import visible
from services.ingest.tables import session_files, sessions
from services.runtime.auth import Caller
from services.runtime.bulk import Row


async def collisions(caller: Caller, connection: AsyncConnection, since: datetime, limit: int) -> list[Row]:
    """Give each live session's last change of a file that another person's changes too, latest file first.

    Only what the caller may see is looked at, changes since then alone, and `limit` files at most.
    """
    s, f = sessions.c, session_files.c
    changes = (
        select(s.repository, f.repository_path, s.id, s.user_id, f.last_at, NAME)
        .select_from(session_files.join(sessions, s.id == f.session_id))
        .where(f.team_id == caller.team_id, f.last_at >= since, f.repository_path.is_not(None))
        .where(visible(caller), s.status != "ended", s.repository.is_not(None))
        .cte("changes")
    )
    c = changes.c
    latest = func.max(c.last_at).label("latest")
    files = (
        select(c.repository, c.repository_path, latest)
        .group_by(c.repository, c.repository_path)
        .having(func.count(c.user_id.distinct()) > 1)
        .order_by(latest.desc(), c.repository, c.repository_path)
        .limit(limit)
        .cte("files")
    )
    of_file = and_(c.repository == files.c.repository, c.repository_path == files.c.repository_path)
    query = (
        select(changes)
        .select_from(changes.join(files, of_file))
        .order_by(files.c.latest.desc(), c.repository, c.repository_path, c.last_at.desc(), c.id)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]
