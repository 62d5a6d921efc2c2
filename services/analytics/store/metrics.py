"""Snapshots of a team, one of each figure an hour.

`value` is of what the whole team sees; `private` in the metadata is the same of private sessions, of all
people together, where it can be added to that.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.store.sources import NOBODY, Hours, Narrowing, from_sessions, from_usage
from services.analytics.store.sums import exact_sum
from services.analytics.tables import sessions, team_metrics
from services.contracts.prices import PICO
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import upsert
from services.runtime.reach import find

ACTIVE = "active_sessions"
HEALTH = "average_health"
# What an hour's facts add up to, by the name of the figure.
OF_HOUR = {"sessions": "sessions", "tokens": "total", "cost": "cost_pico"}


async def busy(_actor: TeamsCaller, connection: AsyncConnection, since: datetime) -> list[UUID]:
    """The teams with sessions that have not ended, or were active since then."""
    await find(connection, "analytics", "lately", since.isoformat())
    lately = or_(sessions.c.status != "ended", sessions.c.last_activity_at >= since)
    return sorted((await connection.execute(select(sessions.c.team_id).where(lately).distinct())).scalars())


async def note(actor: TeamsCaller, connection: AsyncConnection, at: datetime, hour: int) -> None:
    """Write the snapshots of a moment, unless they are there: of what is, and of the hour that is over."""
    rows = []
    for team_id in sorted(actor.teams):
        figures = await _standing(TeamsCaller.of({team_id}), connection)
        figures |= await _of_hour(TeamsCaller.of({team_id}), connection, hour)
        rows += [
            {"team_id": team_id, "metric_type": name, "timestamp": at, "value": value, "metadata": details}
            for name, (value, details) in figures.items()
        ]
    await upsert(connection, team_metrics, rows, "1 = 0")


async def active(
    caller: Caller, connection: AsyncConnection, first: datetime, last: datetime, *, hidden: bool
) -> int | None:
    """How many sessions of the team's had not ended at the newest snapshot in [first, last).

    `hidden`: private ones, too. None where there is no snapshot.
    """
    query = (
        select(team_metrics.c.value, team_metrics.c.metadata)
        .where(
            team_metrics.c.team_id == caller.team, team_metrics.c.metric_type == ACTIVE,
            team_metrics.c.timestamp >= first, team_metrics.c.timestamp < last,
        )
        .order_by(team_metrics.c.timestamp.desc())
        .limit(1)
    )  # fmt: skip
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return int(row[0]) + (int(row[1]["private"]) if hidden else 0)


async def _standing(
    actor: TeamsCaller, connection: AsyncConnection
) -> dict[str, tuple[float | None, dict[str, Any]]]:
    shared = sessions.c.visibility != "private"
    points = case((shared, sessions.c.health_points))
    query = select(
        func.count(case((shared, 1))), func.count(case((shared, None), else_=1)),
        cast(func.sum(points), BigInteger), func.count(points),
    ).where(
        and_(sessions.c.team_id.in_(actor.teams), sessions.c.status != "ended", sessions.c.deleted.is_(False))
    )  # fmt: skip
    seen, hidden, health, scored = (await connection.execute(query)).one()
    average = round(health / scored / 1000, 1) if scored else None
    return {ACTIVE: (seen, {"private": hidden}), HEALTH: (average, {"sessions": scored})}


async def _of_hour(
    actor: TeamsCaller, connection: AsyncConnection, hour: int
) -> dict[str, tuple[float | None, dict[str, Any]]]:
    each = union_all(
        *(
            source(actor.teams, "team", Narrowing(), Hours(some=[hour]))
            for source in (from_usage, from_sessions)
        )
    ).subquery()
    private = case((each.c.owner == NOBODY, 0), else_=1).label("private")
    inner = select(private, *(each.c[name] for name in OF_HOUR.values())).subquery()
    sums = [exact_sum(inner.c[name]).label(f"sum_{name}") for name in OF_HOUR.values()]
    rows = (await connection.execute(select(inner.c.private, *sums).group_by(inner.c.private))).mappings()
    by = {row["private"]: dict(row) for row in rows}
    found: dict[str, tuple[float | None, dict[str, Any]]] = {}
    for name, column in OF_HOUR.items():
        seen, hidden = (by.get(one, {}).get(f"sum_{column}") or 0 for one in (0, 1))
        scale = PICO if name == "cost" else 1
        found[name] = (seen / scale, {"private": hidden / scale})
    return found
