"""Sessions as insight knows them, as far as somebody may see them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import sessions
from services.runtime.auth import Actor, Caller

TITLE = sessions.c.body[("session", "title")].as_string()


def visible(actor: Actor) -> ColumnElement[bool]:
    """The one condition of sight: the actor's team, not deleted, and shared or the actor's own."""
    shared = sessions.c.visibility != "private"
    seen = or_(shared, sessions.c.user_id == actor.user_id) if isinstance(actor, Caller) else shared
    return and_(sessions.c.team_id.in_(actor.teams), sessions.c.deleted.is_(False), seen)


async def titles(actor: Actor, connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The titles of those of these sessions that the actor sees; a team sees what is shared."""
    if not ids:
        return {}
    query = select(sessions.c.session_id, TITLE).where(visible(actor), sessions.c.session_id.in_(sorted(ids)))
    return {row[0]: row[1] for row in await connection.execute(query)}
