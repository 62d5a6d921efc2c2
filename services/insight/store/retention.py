"""How long teams keep what they were told, and the letting go of what is older."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import alerts, heard, notifications, teams, webhook_deliveries
from services.runtime import reach
from services.runtime.auth import TeamsCaller

Kind = Literal["notifications", "alerts", "deliveries"]
TABLES: Mapping[Kind, Table] = {
    "notifications": notifications, "alerts": alerts, "deliveries": webhook_deliveries
}  # fmt: skip


async def days_kept(_nobody: None, connection: AsyncConnection) -> dict[UUID, Mapping[str, Any]]:
    """The teams that say how long they keep anything, each with its `retention`."""
    await reach.find(connection, "insight_retention", "limited")
    query = select(teams.c.team_id, teams.c.settings)
    found = ((row[0], row[1].get("retention") or {}) for row in await connection.execute(query))
    return {team_id: kept for team_id, kept in found if any(days is not None for days in kept.values())}


async def teams_with(
    _nobody: None, connection: AsyncConnection, kind: Kind, before: datetime
) -> Sequence[UUID]:
    """The teams that have something of the kind which is older than this moment."""
    await reach.find(connection, "insight_notices", "old", before.isoformat())
    table = TABLES[kind]
    query = select(table.c.team_id).where(_older(kind, before)).distinct()
    return list((await connection.execute(query)).scalars())


async def forget(
    actor: TeamsCaller, connection: AsyncConnection, kind: Kind, before: datetime, limit: int
) -> int:
    """Delete what is older of these teams'; answers how many rows went."""
    table = TABLES[kind]
    own = table.c.team_id.in_(actor.teams)
    old = select(table.c.id).where(own, _older(kind, before)).limit(limit).with_for_update(skip_locked=True)
    return (await connection.execute(delete(table).where(table.c.id.in_(old), own))).rowcount


async def forget_heard(_nobody: None, connection: AsyncConnection, before: datetime) -> None:
    """Let go of the ids of messages that will not come again."""
    await connection.execute(delete(heard).where(heard.c.at < before))


def _older(kind: Kind, before: datetime) -> ColumnElement[bool]:
    """What still goes on, or is still to be delivered, is never old."""
    if kind == "alerts":
        over = func.coalesce(alerts.c.calm_at, alerts.c.updated_at)
        return and_(alerts.c.opened_at < before, over < before, alerts.c.firing.is_(False))
    if kind == "deliveries":
        own = webhook_deliveries.c
        return and_(own.created_at < before, own.status != "waiting")
    return notifications.c.created_at < before
