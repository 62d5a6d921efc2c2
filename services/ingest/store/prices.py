"""Which teams' sessions are to be priced anew, and those sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import ingest_teams, sessions
from services.runtime.auth import TeamsCaller
from services.runtime.reach import find

PRICING = func.hashtextextended("ingest prices", 0)


async def hold_prices(connection: AsyncConnection) -> None:
    """Prices that are read from now on are waited for by `outlast` until the transaction ends.

    SQLite has but one writer.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock_shared(PRICING)))


async def outlast(connection: AsyncConnection) -> None:
    """Wait until every transaction has ended that may have read older prices than those of now."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(PRICING)))


async def stale_teams(_nobody: None, connection: AsyncConnection) -> Sequence[UUID]:
    """The teams whose sessions were priced otherwise than they would be now."""
    await find(connection, "ingest_prices", "stale")
    query = select(ingest_teams.c.team_id).where(ingest_teams.c.stale).order_by(ingest_teams.c.team_id)
    return list((await connection.execute(query)).scalars())


async def mark_all(_nobody: None, connection: AsyncConnection) -> int:
    """Have the sessions of every team priced anew; answers how many teams there are."""
    await find(connection, "ingest_prices", "every")
    return (await connection.execute(update(ingest_teams).values(stale=True))).rowcount


async def known_at(team: TeamsCaller, connection: AsyncConnection) -> datetime | None:
    """Of when the settings of the actor's one team are."""
    query = select(ingest_teams.c.known_at).where(ingest_teams.c.team_id.in_(team.teams))
    return (await connection.execute(query)).scalar_one_or_none()


async def put_fresh(team: TeamsCaller, connection: AsyncConnection, as_of: datetime | None) -> None:
    """Note that the actor's one team is priced by its settings of then, if these are its newest."""
    mine = ingest_teams.c.team_id.in_(team.teams) & (ingest_teams.c.known_at == as_of)
    await connection.execute(update(ingest_teams).where(mine).values(stale=False))


async def sessions_after(
    team: TeamsCaller, connection: AsyncConnection, last: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Lock the next sessions that are not deleted, in the order of their ids, and give their rows."""
    query = select(sessions).where(sessions.c.team_id.in_(team.teams), sessions.c.deleted_at.is_(None))
    if last is not None:
        query = query.where(sessions.c.id > last)
    query = query.order_by(sessions.c.id).limit(limit).with_for_update()
    return [dict(row) for row in (await connection.execute(query)).mappings()]
