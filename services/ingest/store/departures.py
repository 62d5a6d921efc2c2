"""Teams and persons that are gone, and the taking away of what was theirs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store import tokens
from services.ingest.tables import CHILDREN, agents, departed, ingest_teams, session_owners, sessions
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import among as one_of
from services.runtime.bulk import upsert
from services.runtime.reach import find


async def note(actor: TeamsCaller, connection: AsyncConnection, gone: UUID, at: datetime) -> None:
    """Remember that a team or a person is gone, and forget settings, name and machines."""
    await find(connection, "ingest", "person", str(gone))
    await upsert(connection, departed, [{"id": gone, "at": at}])
    await connection.execute(delete(session_owners).where(session_owners.c.user_id == gone))
    mine = agents.c.team_id == gone if gone in actor.teams else agents.c.user_id == gone
    await connection.execute(delete(agents).where(mine))
    await tokens.forget(actor, connection, gone)
    await connection.execute(delete(ingest_teams).where(ingest_teams.c.team_id == gone))


async def among(_actor: TeamsCaller, connection: AsyncConnection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these teams and persons are gone."""
    query = select(departed.c.id).where(one_of(connection, departed.c.id, ids))
    return frozenset((await connection.execute(query)).scalars())


async def teams_of(_nobody: None, connection: AsyncConnection, user_id: UUID) -> Sequence[UUID]:
    """The teams in which a person has sessions, those they left long ago included."""
    await find(connection, "ingest", "person", str(user_id))
    query = select(sessions.c.team_id).where(sessions.c.user_id == user_id, sessions.c.deleted_at.is_(None))
    return list((await connection.execute(query.distinct())).scalars())


async def living(
    actor: TeamsCaller,
    connection: AsyncConnection,
    user_id: UUID | None,
    limit: int,
    private_until: datetime | None = None,
) -> list[dict[str, Any]]:
    """Find and lock sessions of these teams that are not deleted, all of them or one person's.

    `private_until`: only private ones of which nothing has been heard since then.
    """
    joined = sessions.outerjoin(session_owners, session_owners.c.user_id == sessions.c.user_id)
    query = (
        select(sessions, session_owners.c.username)
        .select_from(joined)
        .where(sessions.c.team_id.in_(actor.teams), sessions.c.deleted_at.is_(None))
        .order_by(sessions.c.id)
        .limit(limit)
        .with_for_update(of=sessions)
    )
    if user_id is not None:
        query = query.where(sessions.c.user_id == user_id)
    if private_until is not None:
        query = query.where(sessions.c.visibility == "private", sessions.c.reported_at <= private_until)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def bury(
    actor: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID], values: Mapping[str, Any]
) -> None:
    """Empty these sessions with `values`, and take all that hangs on them; their versions rise by one."""
    mine = update(sessions).where(sessions.c.id.in_(ids), sessions.c.team_id.in_(actor.teams))
    await connection.execute(mine.values(**values, version=sessions.c.version + 1))
    for table in CHILDREN:
        own = delete(table).where(table.c.session_id.in_(ids), table.c.team_id.in_(actor.teams))
        await connection.execute(own)
