"""How a range is put together: of days, blocks of four hours, hours, and hours left to their facts."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import BLOCK, DAY, HOUR, Grid
from services.analytics.store.sources import Hours, within
from services.analytics.tables import dirty
from services.runtime.auth import Caller

# Beyond so many hours that the rollup does not serve, everything is read from the facts.
MOST_LOOSE = 1_000


@dataclass(frozen=True, slots=True)
class Dirty:
    """The hours of a range that have yet to be rolled up; `None`: too many to name them."""

    hours: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Cover:
    """Spans with sums of their own: each hour of a range that is not loose is in one of them."""

    days: frozenset[int]
    blocks: frozenset[int]
    hours: Hours | None


async def dirty_hours(caller: Caller, connection: AsyncConnection, grid: Grid) -> Dirty:
    """What of a grid's range is not rolled up."""
    query = select(dirty.c.hour).where(
        within(dirty.c.team_id, caller.teams), hours_of(grid).hold(dirty.c.hour)
    )
    found = frozenset((await connection.execute(query.limit(MOST_LOOSE + 1))).scalars())
    return Dirty(found if len(found) <= MOST_LOOSE else None)


async def loose_hours(
    caller: Caller, connection: AsyncConnection, grid: Grid, known: Dirty | None = None
) -> frozenset[int] | None:
    """The hours of a range that are read from their facts: not rolled up, or cut in two by cells.

    `None`: too many, so that everything is.
    """
    found = known or await dirty_hours(caller, connection, grid)
    if found.hours is None:
        return None
    loose = grid.cut | found.hours
    return loose if len(loose) <= MOST_LOOSE else None


def hours_of(grid: Grid, but: Collection[int] = ()) -> Hours:
    """All hours that a range touches, but some."""
    return Hours(grid.first // HOUR, -(-grid.last // HOUR), but=but)


def cover(grid: Grid, loose: Collection[int]) -> Cover:
    """The longest spans that lie in one cell and have no loose hour."""
    days = whole_days(grid, loose)
    blocks = grid.blocks - {hour * HOUR // BLOCK for hour in loose}
    blocks = frozenset(block for block in blocks if block * BLOCK // DAY not in days)
    if not blocks:
        return Cover(days, blocks, hours_but(grid, days, loose))
    left = [hour for hour in left_by(grid, days) if hour * HOUR // BLOCK not in blocks and hour not in loose]
    return Cover(days, blocks, Hours(some=left) if left else None)


def hours_but(grid: Grid, days: Collection[int], loose: Collection[int]) -> Hours | None:
    """The hours of a range that are in none of these days and not loose, if there are any."""
    if not days:
        return hours_of(grid, loose)
    left = [hour for hour in left_by(grid, days) if hour not in loose]
    return Hours(some=left) if left else None


def whole_days(grid: Grid, loose: Collection[int]) -> frozenset[int]:
    """The days of a range that lie in one cell and have no loose hour."""
    return grid.days - {hour * HOUR // DAY for hour in loose}


def left_by(grid: Grid, days: Collection[int]) -> list[int]:
    """The hours of a range that are in none of these days."""
    hours = hours_of(grid)
    return [hour for hour in range(hours.first, hours.last) if hour * HOUR // DAY not in days]
