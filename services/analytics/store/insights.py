"""Insights that people have shared, to be counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.tables import insights
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import upsert


async def put(
    actor: TeamsCaller,
    connection: AsyncConnection,
    insight_id: UUID,
    user_id: UUID | None,
    at: datetime,
    *,
    deleted: bool,
) -> None:
    """Remember an insight of the actor's one team; one that is gone stays gone."""
    (team_id,) = actor.teams
    row = {
        "insight_id": insight_id, "team_id": team_id, "user_id": user_id, "shared_at": at, "deleted": deleted,
    }  # fmt: skip
    await upsert(connection, insights, [row], "NOT analytics_insights.deleted")


async def shared(
    caller: Caller, connection: AsyncConnection, user_id: UUID, first: datetime, last: datetime
) -> int:
    """How many a person of the caller's team shared in [first, last) that are still there."""
    query = select(func.count()).where(
        insights.c.team_id == caller.team, insights.c.user_id == user_id, insights.c.deleted.is_(False),
        insights.c.shared_at >= first, insights.c.shared_at < last,
    )  # fmt: skip
    return int((await connection.execute(query)).scalar_one())
