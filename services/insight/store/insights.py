"""Insights as rows: one at a time, and votes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import comments, insights, tags, votes, words
from services.runtime.auth import Actor, Caller
from services.runtime.bulk import Row, insert_of

__all__ = ["Row"]


async def add(actor: Actor, connection: AsyncConnection, row: Row) -> None:
    assert row["team_id"] in actor.teams
    await connection.execute(insert(insights).values(**row))


async def get(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> Row | None:
    """Give an insight of the actor's team."""
    query = select(insights).where(insights.c.id == insight_id, insights.c.team_id.in_(actor.teams))
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def locked(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> Row | None:
    """The same; nobody else changes it, or its votes and comments, in this transaction."""
    query = select(insights).where(insights.c.id == insight_id, insights.c.team_id.in_(actor.teams))
    row = (await connection.execute(query.with_for_update())).mappings().first()
    return dict(row) if row else None


async def write(actor: Actor, connection: AsyncConnection, row: Row, values: Mapping[str, Any]) -> Row:
    """Write columns of a row that `locked` gave, its revision one higher; answers it as it is then."""
    after = {**row, **values, "revision": row["revision"] + 1}
    mine = update(insights).where(insights.c.id == row["id"], insights.c.team_id.in_(actor.teams))
    await connection.execute(mine.values(**values, revision=after["revision"]))
    return after


async def remove(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> None:
    """Delete an insight that `locked` gave, with votes, comments, tags and words."""
    for table in (comments, votes, tags, words):
        theirs = table.c.team_id.in_(actor.teams)
        await connection.execute(delete(table).where(table.c.insight_id == insight_id, theirs))
    mine = delete(insights).where(insights.c.id == insight_id, insights.c.team_id.in_(actor.teams))
    await connection.execute(mine)


async def give_vote(caller: Caller, connection: AsyncConnection, insight_id: UUID, at: datetime) -> int:
    """Add the caller's vote, if it is not there; answers how many there are. The insight is `locked`."""
    row = {"insight_id": insight_id, "user_id": caller.user_id, "team_id": caller.team, "at": at}
    await connection.execute(insert_of(connection, votes).values(**row).on_conflict_do_nothing())
    return await _votes(caller, connection, insight_id)


async def take_vote(actor: Actor, connection: AsyncConnection, insight_id: UUID, user_id: UUID) -> int:
    """Take a person's vote away, if it is there; answers how many there are. The insight is `locked`."""
    own = votes.c.insight_id == insight_id, votes.c.user_id == user_id, votes.c.team_id.in_(actor.teams)
    await connection.execute(delete(votes).where(*own))
    return await _votes(actor, connection, insight_id)


async def voted(caller: Caller, connection: AsyncConnection, ids: Iterable[UUID]) -> Collection[UUID]:
    """Which of these insights the caller has voted for."""
    query = select(votes.c.insight_id).where(
        votes.c.insight_id.in_(list(ids)),
        votes.c.user_id == caller.user_id,
        votes.c.team_id == caller.team_id,
    )
    return set((await connection.execute(query)).scalars())


async def _votes(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> int:
    query = select(func.count()).where(votes.c.insight_id == insight_id, votes.c.team_id.in_(actor.teams))
    return int((await connection.execute(query)).scalar_one())
