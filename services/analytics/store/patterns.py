"""Failed calls that are alike: of sessions by the hour they began in, and summed up by hour."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Subquery,
    Table,
    cast,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import DAY, HOUR, HOURS
from services.analytics.store.numbers import is_one_of
from services.analytics.store.questions import MOST_HELD
from services.analytics.store.sessions import Listing, begun_in, inside
from services.analytics.store.sources import (
    DIMS,
    MODEL,
    NOBODY,
    OWNER,
    Narrowing,
    key_by,
    of_dim,
    tagged,
    within,
)
from services.analytics.store.spans import Dirty, left_by, loose_hours, whole_days
from services.analytics.tables import error_days, error_hours, error_mixed, errors, sessions
from services.runtime.auth import Caller, TeamsCaller

Row = dict[str, Any]
ALIKE = ("category", "tool")
FIGURES = ("count", "sessions", "first_at", "last_at", "example")


async def common(
    caller: Caller, connection: AsyncConnection, listing: Listing, most: int, known: Dirty | None = None
) -> Sequence[Row]:
    """The most common failures of sessions that began in the range, with the newest session as an example."""
    loose = await loose_hours(caller, connection, listing.grid, known)
    query = _common(caller, listing, most, loose)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def sum_up(actor: TeamsCaller, connection: AsyncConnection, hours: Collection[int]) -> None:
    """Sum up the failures of sessions that began in these hours, and in the days of these, anew."""
    await _sum_up(actor, connection, error_hours, is_one_of(error_hours.c.hour, hours), _begun(actor, hours))
    which = {hour // HOURS for hour in hours}
    whole = [hour for day in which for hour in range(day * HOURS, (day + 1) * HOURS)]
    each = (
        tagged(_begun(actor, whole), dim, Narrowing()).add_columns(
            literal(dim).label("dim"),
            (sessions.c.hour // HOURS).label("day"),
            key_by(dim, MODEL).label("key"),
        )
        for dim in DIMS
    )
    old = error_days.c.dim.in_(DIMS) & is_one_of(error_days.c.day, which)
    await _sum_up(actor, connection, error_days, old, union_all(*each))
    mixed = _begun(actor, whole).add_columns(
        (sessions.c.hour // HOURS).label("day"),
        sessions.c.user_id,
        sessions.c.tool.label("session_tool"),
        func.coalesce(sessions.c.project, "").label("project"),
        MODEL.label("model"),
    )
    await _sum_up(actor, connection, error_mixed, is_one_of(error_mixed.c.day, which), mixed)


async def _sum_up(
    actor: TeamsCaller,
    connection: AsyncConnection,
    table: Table,
    old: ColumnElement[bool],
    each: Select[Any] | CompoundSelect[Any],
) -> None:
    await connection.execute(delete(table).where(within(table.c.team_id, actor.teams), old))
    key = [column.name for column in table.primary_key]
    rows = each.subquery()
    alike = _put_together(rows, [rows.c[name] for name in key])
    names = (*key, *FIGURES)
    one = select(*(alike.c[name] for name in names)).where(alike.c.place == 1)
    await connection.execute(insert(table).from_select(list(names), one))


def _begun(actor: TeamsCaller, hours: Collection[int]) -> Select[Any]:
    """The failures of sessions that began in these hours."""
    mine = within(sessions.c.team_id, actor.teams), sessions.c.deleted.is_(False)
    return (
        _each()
        .where(*mine, is_one_of(sessions.c.hour, hours))
        .add_columns(errors.c.team_id, sessions.c.hour, OWNER.label("owner"))
    )


# As with all questions of a range, see `questions`.
@lru_cache(MOST_HELD)
def _common(caller: Caller, listing: Listing, most: int, loose: frozenset[int] | None) -> Select[Any]:
    every = union_all(*_sources(caller, listing, loose)).subquery()
    alike = _put_together(every, [every.c[name] for name in ALIKE])
    return (
        select(*(alike.c[name] for name in (*ALIKE, *FIGURES)))
        .where(alike.c.place == 1)
        .order_by(alike.c.count.desc(), alike.c.category, alike.c.tool)
        .limit(most)
    )


def _sources(caller: Caller, listing: Listing, loose: frozenset[int] | None) -> list[Select[Any]]:
    facts, grid = _each().where(*begun_in(caller, listing)), listing.grid
    dim = listing.narrowing.rolled_up()
    if loose is None or (dim is None and listing.narrowing.tag):
        return [facts]
    days = whole_days(grid, loose)
    left, found = left_by(grid, days), []
    if days and dim is None:
        summed = _summed(caller, listing, error_mixed, "day", days)
        found.append(summed.where(*_of_filters(listing.narrowing)))
    elif days and dim is not None:
        summed = _summed(caller, listing, error_days, "day", days)
        found.append(summed.where(*of_dim(error_days, caller.teams, dim, listing.narrowing)))
    if dim == "team":
        found.append(
            _summed(caller, listing, error_hours, "hour", [hour for hour in left if hour not in loose])
        )
        left = sorted(loose)
    return [*found, facts.where(is_one_of(sessions.c.hour, left))] if left else found


def _of_filters(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    """The conditions on sums by all dimensions at once."""
    columns = {
        "user": error_mixed.c.user_id, "tool": error_mixed.c.session_tool,
        "project": error_mixed.c.project, "model": error_mixed.c.model,
    }  # fmt: skip
    return [columns[name].in_(getattr(narrowing, name)) for name in sorted(narrowing.dims)]


def _summed(caller: Caller, listing: Listing, table: Table, span: str, which: Collection[int]) -> Select[Any]:
    """The sums of these days or hours, as far as the caller may see them."""
    number, length = table.c[span], {"hour": HOUR, "day": DAY}[span]
    return select(*(table.c[name] for name in (*ALIKE, *FIGURES))).where(
        table.c.team_id == caller.team,
        table.c.owner.in_([NOBODY, caller.user_id]),
        is_one_of(number, which),
        inside(listing.grid, number * length),
    )


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
