"""Failed calls that are alike: of sessions by the hour they began in, and summed up by hour."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import HOUR
from services.analytics.store.questions import Dirty, hours_of, loose_hours
from services.analytics.store.sessions import Listing, begun_in, inside
from services.analytics.store.sources import NOBODY, OWNER, Hours
from services.analytics.tables import error_hours, errors, sessions
from services.runtime.auth import Caller, TeamsCaller

Row = dict[str, Any]
ALIKE = ("category", "tool")
FIGURES = ("count", "sessions", "first_at", "last_at", "example")


async def common(
    caller: Caller, connection: AsyncConnection, listing: Listing, most: int, known: Dirty | None = None
) -> Sequence[Row]:
    """The most common failures of sessions that began in the range, with the newest session as an example."""
    every = union_all(*await _sources(caller, connection, listing, known)).subquery()
    alike = _put_together(every, [every.c[name] for name in ALIKE])
    query = (
        select(*(alike.c[name] for name in (*ALIKE, *FIGURES)))
        .where(alike.c.place == 1)
        .order_by(alike.c.count.desc(), alike.c.category, alike.c.tool)
        .limit(most)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def sum_up(actor: TeamsCaller, connection: AsyncConnection, hours: Collection[int]) -> None:
    """Sum up the failures of sessions that began in these hours anew."""
    mine = error_hours.c.team_id.in_(actor.teams), error_hours.c.hour.in_(hours)
    await connection.execute(delete(error_hours).where(*mine))
    each = (
        _each()
        .where(sessions.c.team_id.in_(actor.teams), sessions.c.deleted.is_(False), sessions.c.hour.in_(hours))
        .add_columns(errors.c.team_id, sessions.c.hour, OWNER.label("owner"))
        .subquery()
    )
    key = ("team_id", "hour", "owner", *ALIKE)
    alike = _put_together(each, [each.c[name] for name in key])
    names = (*key, *FIGURES)
    one = select(*(alike.c[name] for name in names)).where(alike.c.place == 1)
    await connection.execute(insert(error_hours).from_select(list(names), one))


async def _sources(
    caller: Caller, connection: AsyncConnection, listing: Listing, known: Dirty | None
) -> list[Select[Any]]:
    facts = _each().where(*begun_in(caller, listing))
    if listing.narrowing.dims:
        return [facts]
    loose = await loose_hours(caller, connection, listing.grid, known)
    if loose is None:
        return [facts]
    hours = hours_of(listing.grid, loose)
    clean = select(*(error_hours.c[name] for name in (*ALIKE, *FIGURES))).where(
        error_hours.c.team_id == caller.team,
        error_hours.c.owner.in_([NOBODY, caller.user_id]),
        hours.hold(error_hours.c.hour),
        inside(listing.grid, error_hours.c.hour * HOUR),
    )
    return [clean, facts.where(Hours(some=loose).hold(sessions.c.hour))] if loose else [clean]


def _each() -> Select[Any]:
    """The failures of single sessions, told as sums of one."""
    return select(
        errors.c.category,
        errors.c.tool,
        errors.c.count,
        literal_column("1", BigInteger).label("sessions"),
        errors.c.first_at,
        errors.c.last_at,
        errors.c.session_id.label("example"),
    ).select_from(errors.join(sessions, sessions.c.session_id == errors.c.session_id))


def _put_together(every: FromClause, key: Sequence[ColumnElement[Any]]) -> Subquery:
    """What is alike in one row of `place` 1, beside others of no use."""
    newest = func.row_number().over(partition_by=key, order_by=(every.c.last_at.desc(), every.c.example))
    return select(
        *key,
        cast(func.sum(every.c.count).over(partition_by=key), BigInteger).label("count"),
        cast(func.sum(every.c.sessions).over(partition_by=key), BigInteger).label("sessions"),
        func.min(every.c.first_at).over(partition_by=key).label("first_at"),
        func.max(every.c.last_at).over(partition_by=key).label("last_at"),
        every.c.example,
        newest.label("place"),
    ).subquery()
