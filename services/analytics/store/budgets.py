"""Which budgets are used up how far, and what has been told of that."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.tables import crossings, dirty, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import insert_of
from services.runtime.reach import find

Row = dict[str, Any]
MOST_SESSIONS = 1_000
KEY = ("scope", "unit", "subject", "period", "percent")


async def moving(_actor: TeamsCaller, connection: AsyncConnection) -> list[UUID]:
    """The teams whose facts have changed within the last minute, or longer ago where sums are behind."""
    await find(connection, "analytics", "moving")
    return sorted((await connection.execute(select(dirty.c.team_id).distinct())).scalars())


async def full_sessions(
    actor: TeamsCaller, connection: AsyncConnection, since: int, least: Mapping[str, int]
) -> Sequence[Row]:
    """Sessions in use since that quarter which have used as much as this, of any of the columns named."""
    full: list[ColumnElement[bool]] = [sessions.c[name] >= value for name, value in least.items()]
    query = (
        select(sessions.c.session_id, sessions.c.user_id, *(sessions.c[name] for name in least))
        .where(
            sessions.c.team_id.in_(actor.teams), sessions.c.last_quarter >= since,
            sessions.c.deleted.is_(False), or_(*full),
        )
        .order_by(sessions.c.last_quarter.desc(), sessions.c.session_id)
        .limit(MOST_SESSIONS)
    )  # fmt: skip
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def forget_sessions(actor: TeamsCaller, connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Let go of what was told of budgets of sessions that are gone."""
    if ids:
        theirs = crossings.c.subject.in_(sorted(ids))
        await connection.execute(delete(crossings).where(crossings.c.team_id.in_(actor.teams), theirs))


async def fullest(
    caller: Caller, connection: AsyncConnection, since: int, column: str
) -> tuple[UUID, int] | None:
    """The caller's session in use since that quarter which has used most."""
    used = sessions.c[column]
    query = (
        select(sessions.c.session_id, used)
        .where(
            sessions.c.team_id == caller.team, sessions.c.user_id == caller.user_id, used.is_not(None),
            sessions.c.last_quarter >= since, sessions.c.deleted.is_(False),
        )
        .order_by(used.desc(), sessions.c.session_id)
        .limit(1)
    )  # fmt: skip
    row = (await connection.execute(query)).first()
    return (row[0], row[1]) if row else None


async def told(
    actor: TeamsCaller, connection: AsyncConnection, subjects: Collection[UUID]
) -> frozenset[tuple[Any, ...]]:
    """What has been told of these subjects, by `KEY`."""
    query = select(*(crossings.c[name] for name in KEY)).where(
        crossings.c.team_id.in_(actor.teams), crossings.c.subject.in_(sorted(subjects))
    )
    return frozenset(tuple(row) for row in await connection.execute(query))


async def note(
    actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row], at: datetime
) -> frozenset[tuple[Any, ...]]:
    """Write down what is now told; answers, by `KEY`, what nobody else has written in the meantime."""
    (team_id,) = actor.teams
    new: set[tuple[Any, ...]] = set()
    for row in rows:
        statement = insert_of(connection, crossings).values(**row, team_id=team_id, at=at)
        statement = statement.on_conflict_do_nothing()
        written = await connection.execute(statement.returning(*(crossings.c[name] for name in KEY)))
        new.update(tuple(each) for each in written)
    return frozenset(new)
