"""What rules look at, and what they have ever found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.store.sessions import visible
from services.insight.tables import findings, sessions
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import Row, insert_of
from services.runtime.reach import find

PARTS = ("session", "tools", "memories", "subagents")


async def teams_with_history(_nobody: None, connection: AsyncConnection, since: datetime) -> Sequence[UUID]:
    """The teams with sessions that were active since then; they are then within reach."""
    await find(connection, "insight", "history", since.isoformat())
    query = select(sessions.c.team_id).where(
        sessions.c.deleted.is_(False), sessions.c.last_activity_at >= since
    )
    return list((await connection.execute(query.distinct().order_by(sessions.c.team_id))).scalars())


async def history(team: TeamsCaller, connection: AsyncConnection, since: datetime, most: int) -> list[Row]:
    """Parts of the states of the sessions since then that all of the team may see, of many the newest."""
    parts = [sessions.c.body[name].label(name) for name in PARTS]
    repeat = sessions.c.body["longest_repeat"].as_integer().label("longest_repeat")
    query = (
        select(*parts, repeat)
        .where(visible(team), sessions.c.last_activity_at >= since)
        .order_by(sessions.c.last_activity_at.desc(), sessions.c.session_id)
        .limit(most)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def known(team: TeamsCaller, connection: AsyncConnection) -> Mapping[str, UUID]:
    """The insights that were ever made of findings, whatever has become of them."""
    query = select(findings.c.fingerprint, findings.c.insight_id).where(findings.c.team_id.in_(team.teams))
    return {row[0]: row[1] for row in await connection.execute(query)}


async def note(
    team: TeamsCaller, connection: AsyncConnection, fingerprint: str, insight_id: UUID, at: datetime
) -> bool:
    """Note that an insight is made of this; `False` where somebody else has noted it."""
    (team_id,) = team.teams
    row = {"team_id": team_id, "fingerprint": fingerprint, "insight_id": insight_id, "found_at": at}
    statement = insert_of(connection, findings).values(**row).on_conflict_do_nothing()
    return bool((await connection.execute(statement)).rowcount)
