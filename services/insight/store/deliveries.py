"""What is to be delivered to webhooks, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import webhook_deliveries, webhooks
from services.runtime import reach
from services.runtime.auth import Actor, TeamsCaller

Row = Mapping[str, Any]
own = webhook_deliveries.c


async def add(actor: Actor, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add deliveries, to be made when they are due."""
    assert {row["team_id"] for row in rows} <= actor.teams
    if rows:
        await connection.execute(insert(webhook_deliveries), [dict(row) for row in rows])


async def drop(actor: TeamsCaller, connection: AsyncConnection, insight_id: UUID) -> None:
    """Take back what has not been delivered about an insight."""
    waiting = and_(own.insight_id == insight_id, own.status == "waiting", own.team_id.in_(actor.teams))
    await connection.execute(delete(webhook_deliveries).where(waiting))


async def take(
    _nobody: None, connection: AsyncConnection, now: datetime, lease_until: datetime
) -> dict[str, Any] | None:
    """Lease the delivery of any team that has been due longest; of many takers each gets another."""
    await reach.find(connection, "insight_notices", "deliveries", now.isoformat())
    due = (
        select(own.id).where(own.status == "waiting", own.due_at <= now).order_by(own.due_at, own.id).limit(1)
    )
    mine = own.id == due.with_for_update(skip_locked=True).scalar_subquery()
    taken = update(webhook_deliveries).where(mine).values(due_at=lease_until, attempts=own.attempts + 1)
    row = (await connection.execute(taken.returning(*own))).mappings().first()
    return dict(row) if row else None


async def is_due(_nobody: None, connection: AsyncConnection, now: datetime) -> bool:
    await reach.find(connection, "insight_notices", "deliveries", now.isoformat())
    query = select(own.id).where(own.status == "waiting", own.due_at <= now).limit(1)
    return (await connection.execute(query)).first() is not None


async def settle(
    actor: Actor, connection: AsyncConnection, delivery: Row, values: Row
) -> dict[str, Any] | None:
    """Note what an attempt came to, unless the lease has ended and somebody else tries."""
    hook = and_(webhooks.c.id == delivery["webhook_id"], webhooks.c.team_id.in_(actor.teams))
    # First the webhook, as whoever deletes it with its deliveries: else the two wait for each other.
    await connection.execute(select(webhooks.c.id).where(hook).with_for_update())
    mine = and_(own.id == delivery["id"], own.team_id.in_(actor.teams), own.attempts == delivery["attempts"])
    changed = update(webhook_deliveries).where(mine, own.status == "waiting").values(**values)
    row = (await connection.execute(changed.returning(*own))).mappings().first()
    if row is None:
        return None
    await connection.execute(update(webhooks).where(hook).values(last_status=row["status"]))
    return dict(row)
