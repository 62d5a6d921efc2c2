"""The webhooks of teams."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import webhook_deliveries, webhooks
from services.runtime.auth import Actor, Caller

Row = Mapping[str, Any]


async def page(
    caller: Caller, connection: AsyncConnection, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Give the team's webhooks, oldest first."""
    query = select(webhooks).where(webhooks.c.team_id == caller.team)
    if after is not None:
        at, last = after
        same = and_(webhooks.c.created_at == at, webhooks.c.id > last)
        query = query.where(or_(webhooks.c.created_at > at, same))
    query = query.order_by(webhooks.c.created_at, webhooks.c.id).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def enabled(actor: Actor, connection: AsyncConnection) -> list[dict[str, Any]]:
    """Give the webhooks of the actor's teams that are switched on."""
    query = select(webhooks).where(webhooks.c.team_id.in_(actor.teams), webhooks.c.enabled)
    return [dict(row) for row in (await connection.execute(query.order_by(webhooks.c.id))).mappings()]


async def count(caller: Caller, connection: AsyncConnection) -> int:
    query = select(func.count()).select_from(webhooks).where(webhooks.c.team_id == caller.team)
    return (await connection.execute(query)).scalar_one()


async def find(
    actor: Actor, connection: AsyncConnection, webhook_id: UUID, *, lock: bool = False
) -> dict[str, Any] | None:
    query = select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.team_id.in_(actor.teams))
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def add(caller: Caller, connection: AsyncConnection, row: Row) -> None:
    assert row["team_id"] == caller.team_id
    await connection.execute(insert(webhooks).values(**row))


async def change(actor: Actor, connection: AsyncConnection, webhook_id: UUID, values: Row) -> None:
    mine = and_(webhooks.c.id == webhook_id, webhooks.c.team_id.in_(actor.teams))
    await connection.execute(update(webhooks).where(mine).values(**values))


async def remove(caller: Caller, connection: AsyncConnection, webhook_id: UUID) -> None:
    """Delete a webhook and what is known of its deliveries."""
    for table, column in ((webhook_deliveries, webhook_deliveries.c.webhook_id), (webhooks, webhooks.c.id)):
        mine = and_(column == webhook_id, table.c.team_id == caller.team)
        await connection.execute(delete(table).where(mine))


async def deliveries(
    caller: Caller,
    connection: AsyncConnection,
    webhook_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[dict[str, Any]]:
    """Give the deliveries to a webhook of the team, newest first."""
    own = webhook_deliveries.c
    query = select(webhook_deliveries).where(own.team_id == caller.team, own.webhook_id == webhook_id)
    if before is not None:
        at, last = before
        query = query.where(or_(own.created_at < at, and_(own.created_at == at, own.id < last)))
    query = query.order_by(own.created_at.desc(), own.id.desc()).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
