"""What insight's own copy of sessions held before something new came."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import sessions
from services.runtime.auth import TeamsCaller

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    version: int
    deleted: bool
    status: str

    @property
    def place(self) -> tuple[int, bool]:
        """Where it comes in the order of what is told of a session."""
        return self.version, self.deleted


async def known(actor: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What is known of these sessions of the actor's teams; nobody changes it in this transaction."""
    columns = sessions.c.session_id, sessions.c.version, sessions.c.deleted, sessions.c.status
    found: dict[UUID, Known] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = sessions.c.session_id.in_(ids[start : start + AT_ONCE])
        query = select(*columns).where(some, sessions.c.team_id.in_(actor.teams)).order_by(columns[0])
        for row in await connection.execute(query.with_for_update()):
            found[row[0]] = Known(row[1], row[2], row[3])
    return found


async def bodies(actor: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, object]:
    """The newest state of those of these sessions that are not deleted."""
    query = select(sessions.c.session_id, sessions.c.body).where(
        sessions.c.session_id.in_(list(ids)),
        sessions.c.team_id.in_(actor.teams),
        sessions.c.deleted.is_(False),
    )
    return {row[0]: row[1]["session"] for row in await connection.execute(query)}
