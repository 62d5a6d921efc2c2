"""Keeps the sums of hours."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import BLOCK, HOUR, HOURS
from services.analytics.store import patterns
from services.analytics.store.facts import mark
from services.analytics.store.numbers import is_one_of
from services.analytics.store.sources import (
    DIMS,
    MEASURES,
    Dim,
    Hours,
    Narrowing,
    from_sessions,
    from_usage,
    unmixed,
    within,
)
from services.analytics.tables import blocks, days, dirty, mixed_days, mixed_hours, rollup, sessions, usage
from services.runtime.auth import TeamsCaller
from services.runtime.reach import find

# What numbers the spans of each table, and how many hours they have.
SPANS: Mapping[Table, tuple[str, int]] = {
    rollup: ("hour", 1), blocks: ("block", BLOCK // HOUR), days: ("day", HOURS),
    mixed_hours: ("hour", 1), mixed_days: ("day", HOURS),
}  # fmt: skip


async def behind(_actor: TeamsCaller, connection: AsyncConnection, until: datetime) -> list[UUID]:
    """The teams that have hours which have settled by then."""
    await find(connection, "analytics", "settled", until.isoformat())
    query = select(dirty.c.team_id).where(dirty.c.settles_at <= until).distinct()
    return sorted((await connection.execute(query)).scalars())


async def take(actor: TeamsCaller, connection: AsyncConnection, until: datetime, limit: int) -> Sequence[int]:
    """Take the marks from some hours that have settled, to roll them up in the same transaction.

    Whoever changes facts of one of them meanwhile waits, and marks it again.
    """
    mine = dirty.c.team_id.in_(actor.teams)
    query = select(dirty.c.hour).where(mine, dirty.c.settles_at <= until).order_by(dirty.c.hour).limit(limit)
    hours = (await connection.execute(query.with_for_update(skip_locked=True))).scalars().all()
    if hours:
        await connection.execute(delete(dirty).where(mine, is_one_of(dirty.c.hour, hours)))
    return hours


async def roll_up(actor: TeamsCaller, connection: AsyncConnection, hours: Collection[int]) -> None:
    """Sum up these hours anew from their facts, and their blocks and days from what these consist of.

    Raises where a sum does not fit into a column.
    """
    await _alone(actor, connection)
    await _empty(actor, connection, rollup, hours)
    columns = ["team_id", "dim", "hour", "key", "owner", *MEASURES]
    sums = union_all(*(_sums(actor, dim, hours) for dim in DIMS))
    await connection.execute(insert(rollup).from_select(columns, sums))
    await _sum_up_longer(actor, connection, blocks, rollup, hours)
    await _sum_up_longer(actor, connection, days, blocks, hours)
    await _sum_up_mixed(actor, connection, hours)
    await _sum_up_longer(actor, connection, mixed_days, mixed_hours, hours)
    await patterns.sum_up(actor, connection, hours)


async def _alone(actor: TeamsCaller, connection: AsyncConnection) -> None:
    """Wait until nobody else sums up hours of these teams: they might be of one day.

    SQLite has but one writer.
    """
    if connection.dialect.name == "postgresql":
        for team_id in sorted(actor.teams):
            number = func.hashtextextended(f"rollup {team_id}", 0)
            await connection.execute(select(func.pg_advisory_xact_lock(number)))


async def _sum_up_longer(
    actor: TeamsCaller, connection: AsyncConnection, longer: Table, shorter: Table, hours: Collection[int]
) -> None:
    """Sum up the spans that these hours are of, from the shorter ones they consist of."""
    (number, hour), (part, length) = SPANS[longer], SPANS[shorter]
    which, parts = {each // hour for each in hours}, hour // length
    await _empty(actor, connection, longer, which)
    each = (
        select(shorter, (shorter.c[part] // parts).label(number))
        .where(
            *_in_order(actor, shorter),
            is_one_of(shorter.c[part], (one * parts + n for one in which for n in range(parts))),
        )
        .subquery()
    )
    names = [column.name for column in longer.primary_key]
    place = [each.c[name] for name in names]
    sums = (cast(func.sum(each.c[name]), BigInteger) for name in MEASURES)
    query = select(*place, *sums).group_by(*place)
    await connection.execute(insert(longer).from_select([*names, *MEASURES], query))


async def _sum_up_mixed(actor: TeamsCaller, connection: AsyncConnection, hours: Collection[int]) -> None:
    await _empty(actor, connection, mixed_hours, hours)
    each = unmixed(actor.teams, Hours(some=hours)).subquery()
    place = (
        each.c.team_id, each.c.hour, each.c.person, each.c.tool, each.c.project, each.c.model, each.c.owner,
    )  # fmt: skip
    sums = (cast(func.sum(each.c[name]), BigInteger) for name in MEASURES)
    columns = ["team_id", "hour", "user_id", "tool", "project", "model", "owner", *MEASURES]
    query = select(*place, *sums).group_by(*place)
    await connection.execute(insert(mixed_hours).from_select(columns, query))


async def _empty(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, which: Collection[int]
) -> None:
    """Take away the sums of these spans."""
    number, _ = SPANS[table]
    await connection.execute(delete(table).where(*_in_order(actor, table), is_one_of(table.c[number], which)))


def _in_order(actor: TeamsCaller, table: Table) -> list[ColumnElement[bool]]:
    """The conditions that come before the span in a table's primary key."""
    mine = [within(table.c.team_id, actor.teams)]
    return [*mine, table.c.dim.in_(DIMS)] if "dim" in table.c else mine


async def put_off(actor: TeamsCaller, connection: AsyncConnection, hour: int, until: datetime) -> None:
    """Leave an hour to its facts until then."""
    await mark(actor, connection, [(team_id, hour) for team_id in actor.teams], until)


async def mark_all(actor: TeamsCaller, connection: AsyncConnection, at: datetime) -> None:
    """Mark every hour that has facts, or sums."""
    query = union(
        *(
            select(table.c.team_id, table.c.hour).where(table.c.team_id.in_(actor.teams), table.c.hour >= 0)
            for table in (usage, sessions, rollup)
        )
    )
    await mark(actor, connection, [(row[0], row[1]) for row in await connection.execute(query)], at)


def _sums(actor: TeamsCaller, dim: Dim, hours: Collection[int]) -> Select[Any]:
    which = Hours(some=hours)
    each = union_all(
        *(source(actor.teams, dim, Narrowing(), which) for source in (from_usage, from_sessions))
    ).subquery()
    place = (each.c.team_id, each.c.hour, each.c.key, each.c.owner)
    sums = (cast(func.sum(each.c[name]), BigInteger) for name in MEASURES)
    team_id, hour, key, owner = place
    return select(team_id, literal(dim), hour, key, owner, *sums).group_by(*place)
