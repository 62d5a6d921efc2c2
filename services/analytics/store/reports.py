"""Which teams want their weeks reported, and which weeks have been."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.tables import reports, teams
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import insert_of
from services.runtime.reach import find


async def wanting(_actor: TeamsCaller, connection: AsyncConnection) -> list[UUID]:
    """The teams whose settings ask for reports."""
    await find(connection, "analytics", "weekly")
    wants = teams.c.settings["weekly_report"].as_boolean().is_(True)
    return sorted((await connection.execute(select(teams.c.team_id).where(wants))).scalars())


async def is_reported(actor: TeamsCaller, connection: AsyncConnection, week: str) -> bool:
    query = select(reports.c.week).where(reports.c.team_id.in_(actor.teams), reports.c.week == week)
    return (await connection.execute(query)).first() is not None


async def note(actor: TeamsCaller, connection: AsyncConnection, week: str, at: datetime) -> bool:
    """Note that a week of the actor's one team is reported; answers whether nobody else had."""
    (team_id,) = actor.teams
    statement = insert_of(connection, reports).values(team_id=team_id, week=week, at=at)
    done = await connection.execute(statement.on_conflict_do_nothing().returning(reports.c.week))
    return done.first() is not None
