"""Addresses of feeds, by the digests of their secrets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import feeds, insights
from services.runtime.auth import Anonymous, Caller, TeamsCaller
from services.runtime.bulk import Row, upsert
from services.runtime.reach import find


async def put(caller: Caller, connection: AsyncConnection, digest: str, at: datetime) -> None:
    """Keep the caller's one address; an earlier one ends."""
    row = {"team_id": caller.team, "user_id": caller.user_id, "secret_hash": digest, "made_at": at}
    await upsert(connection, feeds, [row])


async def made_at(caller: Caller, connection: AsyncConnection) -> datetime | None:
    """When the caller's address was made, if there is one."""
    query = select(feeds.c.made_at).where(
        feeds.c.team_id == caller.team_id, feeds.c.user_id == caller.user_id
    )
    return (await connection.execute(query)).scalar_one_or_none()


async def end(caller: Caller, connection: AsyncConnection) -> None:
    own = delete(feeds).where(feeds.c.team_id == caller.team_id, feeds.c.user_id == caller.user_id)
    await connection.execute(own)


async def team_behind(_nobody: Anonymous, connection: AsyncConnection, digest: str) -> UUID | None:
    """The team whose insights somebody has the address of; it is then within reach."""
    await find(connection, "insight", "feed", digest)
    query = select(feeds.c.team_id).where(feeds.c.secret_hash == digest)
    return (await connection.execute(query)).scalar_one_or_none()


async def newest(actor: TeamsCaller, connection: AsyncConnection, limit: int) -> list[Row]:
    """Give the newest insights of a team that are in force."""
    query = (
        select(insights)
        .where(insights.c.team_id.in_(actor.teams), insights.c.state != "retired")
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]
