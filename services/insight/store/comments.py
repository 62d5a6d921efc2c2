"""Comments as rows."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import comments
from services.runtime.auth import Actor, Caller
from services.runtime.bulk import Row

__all__ = ["Row"]


async def add(caller: Caller, connection: AsyncConnection, row: Row) -> None:
    assert row["team_id"] in caller.teams
    await connection.execute(insert(comments).values(**row))


async def get(caller: Caller, connection: AsyncConnection, insight_id: UUID, comment_id: UUID) -> Row | None:
    """Give a comment of an insight, deleted as it may be."""
    query = select(comments).where(
        comments.c.id == comment_id,
        comments.c.insight_id == insight_id,
        comments.c.team_id == caller.team_id,
    )
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def page(
    caller: Caller,
    connection: AsyncConnection,
    insight_id: UUID,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """Give an insight's comments, the oldest first, from behind a place."""
    order = comments.c.created_at, comments.c.id
    query = select(comments).where(comments.c.team_id == caller.team_id, comments.c.insight_id == insight_id)
    if after is not None:
        place = tuple_(literal(after[0], order[0].type), literal(after[1], order[1].type))
        query = query.where(tuple_(*order) > place)
    found = await connection.execute(query.order_by(*order).limit(limit))
    return [dict(row) for row in found.mappings()]


async def write(actor: Actor, connection: AsyncConnection, row: Row, values: Mapping[str, Any]) -> Row:
    """Write columns of a comment, its version one higher; its insight is locked."""
    after = {**row, **values, "version": row["version"] + 1}
    mine = update(comments).where(comments.c.id == row["id"], comments.c.team_id.in_(actor.teams))
    await connection.execute(mine.values(**values, version=after["version"]))
    return after


async def remove(actor: Actor, connection: AsyncConnection, comment_id: UUID) -> None:
    mine = delete(comments).where(comments.c.id == comment_id, comments.c.team_id.in_(actor.teams))
    await connection.execute(mine)


async def answers(actor: Actor, connection: AsyncConnection, comment_id: UUID) -> int:
    """How many answers a comment has."""
    query = select(func.count()).where(
        comments.c.parent_id == comment_id, comments.c.team_id.in_(actor.teams)
    )
    return int((await connection.execute(query)).scalar_one())


async def count(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> int:
    """How many comments an insight has that are not deleted."""
    query = select(func.count()).where(
        comments.c.insight_id == insight_id,
        comments.c.team_id.in_(actor.teams),
        comments.c.deleted.is_(False),
    )
    return int((await connection.execute(query)).scalar_one())


async def who_spoke(actor: Actor, connection: AsyncConnection, insight_id: UUID) -> Collection[UUID]:
    """Who has commented on an insight."""
    query = select(comments.c.user_id).where(
        comments.c.insight_id == insight_id,
        comments.c.team_id.in_(actor.teams),
        comments.c.user_id.is_not(None),
        comments.c.deleted.is_(False),
    )
    return set((await connection.execute(query.distinct())).scalars())
