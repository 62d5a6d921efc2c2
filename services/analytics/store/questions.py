"""Sums of a team by cell of time and by one dimension: from the rollup, and from facts where it is behind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, case, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import HOUR, HOURS, MONDAY, SATURDAY, WEEK, Grid, Step
from services.analytics.store.sources import (
    MEASURES,
    NOBODY,
    Dim,
    Hours,
    Narrowing,
    from_days,
    from_mixed,
    from_rollup,
    from_sessions,
    from_usage,
)
from services.analytics.store.sums import exact_sum
from services.analytics.tables import dirty
from services.runtime.auth import Caller

# Beyond so many hours that the rollup does not serve, everything is read from the facts.
MOST_LOOSE = 1_000
MOST_HELD = 64
FIRST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Sum:
    """The sums of one cell and key; `hidden` are those of others' private sessions, which have no key.

    By user, and over the whole range, `person` says who is behind either; that is for counting people, not
    for telling.
    """

    cell: int
    key: str
    person: str
    hidden: bool
    measures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Question:
    """`hidden`: others' private sessions are summed up as well. `measures` are those that are wanted."""

    grid: Grid
    dim: Dim
    narrowing: Narrowing
    hidden: bool = False
    measures: tuple[str, ...] = MEASURES


@dataclass(frozen=True, slots=True)
class Dirty:
    """The hours of a range that have yet to be rolled up; `None`: too many to name them."""

    hours: frozenset[int] | None


async def ask(
    caller: Caller, connection: AsyncConnection, question: Question, known: Dirty | None = None
) -> Sequence[Sum]:
    """Sum up. Exact as of the transaction's snapshot, whatever hours have yet to be rolled up.

    `known` is of the same range and transaction, for who asks several questions in it.
    """
    loose = await loose_hours(caller, connection, question.grid, known)
    rows = await connection.execute(_statement(caller.teams, caller.user_id, question, loose))
    return [
        Sum(
            row["cell"],
            "" if row["hidden"] else row["key"],
            row["key"],
            bool(row["hidden"]),
            {name: row[f"sum_{name}"] for name in question.measures},
        )
        for row in rows.mappings()
    ]


async def contributors(
    caller: Caller, connection: AsyncConnection, grid: Grid, most: int, known: Dirty | None = None
) -> int:
    """How many people of the team used anything, in private or not; `most` at most."""
    loose = await loose_hours(caller, connection, grid, known)
    found = 0
    # In a team that works, the first rows name as many as are wanted.
    for rows in (FIRST_ROWS, None):
        query = _contributing(caller.teams, grid, most, loose, rows)
        found = len((await connection.execute(query)).all())
        if found == most:
            break
    return found


async def keys(caller: Caller, connection: AsyncConnection, grid: Grid, dim: Dim) -> Sequence[str]:
    """All keys of what the caller sees."""
    loose = await loose_hours(caller, connection, grid)
    every = _union(_source(caller.teams, Question(grid, dim, Narrowing()), loose))
    seen = or_(every.c.owner == NOBODY, every.c.owner == caller.user_id)
    query = select(every.c.key).where(seen, *_weekdays(grid, every.c.quarter)).distinct()
    return (await connection.execute(query)).scalars().all()


# To put one together takes longer than PostgreSQL takes to answer it, and a page that is looked at again, or
# that several charts of one range are on, asks for the same.
@lru_cache(MOST_HELD)
def _statement(
    teams: frozenset[UUID], user_id: UUID, question: Question, loose: frozenset[int] | None
) -> Select[Any]:
    return _summed(user_id, _source(teams, question, loose), question)


@lru_cache(MOST_HELD)
def _contributing(
    teams: frozenset[UUID], grid: Grid, most: int, loose: frozenset[int] | None, rows: int | None
) -> Select[Any]:
    every = _union(_source(teams, Question(grid, "user", Narrowing()), loose))
    query = select(every.c.key).where(every.c.uses > 0, *_weekdays(grid, every.c.quarter))
    return select(query.limit(rows).subquery().c.key).distinct().limit(most)


def _source(teams: frozenset[UUID], question: Question, loose: frozenset[int] | None) -> list[Select[Any]]:
    dim = _rolled_up(question)
    whole = _whole(question.grid, loose or ())
    if loose is None or (dim is None and not (whole and _is_mixed(question))):
        return _facts(teams, question, hours_of(question.grid))
    if dim is None:
        # Days have these sums, hours do not.
        clean = [from_mixed(teams, question.dim, question.narrowing, whole)]
        left: Collection[int] = _left(question.grid, whole)
    else:
        clean, left = _clean(teams, dim, question, whole, loose), loose
    return [*clean, *_facts(teams, question, Hours(some=left))] if left else clean


def hours_of(grid: Grid, but: Collection[int] = ()) -> Hours:
    """All hours that a range touches, but some."""
    return Hours(grid.first // HOUR, -(-grid.last // HOUR), but=but)


async def dirty_hours(caller: Caller, connection: AsyncConnection, grid: Grid) -> Dirty:
    """What of a grid's range is not rolled up."""
    query = select(dirty.c.hour).where(dirty.c.team_id.in_(caller.teams), hours_of(grid).hold(dirty.c.hour))
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


def _clean(
    teams: frozenset[UUID], dim: Dim, question: Question, whole: Collection[int], loose: Collection[int]
) -> list[Select[Any]]:
    """Whole days by their own sums, where no hour of them is loose, and the hours that are left."""
    narrowing = question.narrowing
    if not whole:
        return [from_rollup(teams, dim, narrowing, hours_of(question.grid, loose))]
    left = [hour for hour in _left(question.grid, whole) if hour not in loose]
    found = [from_days(teams, dim, narrowing, whole)]
    return [*found, from_rollup(teams, dim, narrowing, Hours(some=left))] if left else found


def _whole(grid: Grid, loose: Collection[int]) -> Collection[int]:
    """The days of a range without a loose hour; none where it would take too many words to name them."""
    whole = grid.whole - {hour // HOURS for hour in loose}
    hours = hours_of(grid)
    left = hours.last - hours.first - len(whole) * HOURS
    return whole if max(len(whole), left) <= MOST_LOOSE else frozenset()


def _left(grid: Grid, whole: Collection[int]) -> list[int]:
    """The hours of a range that are in none of these days."""
    hours = hours_of(grid)
    return [hour for hour in range(hours.first, hours.last) if hour // HOURS not in whole]


def _is_mixed(question: Question) -> bool:
    """Whether the sums by all dimensions at once know all that is asked for."""
    return "tag" not in {question.dim, *question.narrowing.dims}


def _rolled_up(question: Question) -> Dim | None:
    """The dimension whose rollup knows all that is asked for, if there is one."""
    asked = set(question.narrowing.dims) | {question.dim} - {"team"}
    if len(asked) > 1 or len(question.narrowing.tag) > 1:
        return None
    return next(iter(asked), "team")


def _facts(teams: frozenset[UUID], question: Question, hours: Hours) -> list[Select[Any]]:
    found = []
    for source in (from_usage, from_sessions):
        query = source(teams, question.dim, question.narrowing, hours)
        names = ("quarter", "key", "owner", *MEASURES)
        known = query.subquery()
        quarter = known.c.quarter
        inside = select(*(known.c[name] for name in names)).where(
            quarter >= question.grid.first, quarter < question.grid.last
        )
        found.append(inside)
    return found


def _summed(user_id: UUID, sources: Sequence[Select[Any]], question: Question) -> Select[Any]:
    grid = question.grid
    every = _union(sources)
    seen = or_(every.c.owner == NOBODY, every.c.owner == user_id)
    key = literal("") if question.dim == "team" else every.c.key
    of_persons = question.dim == "user" and grid.kind == "all"
    each = select(
        cell(grid, every.c.quarter).label("cell"),
        (key if of_persons else case((seen, key), else_="")).label("key"),
        case((seen, 0), else_=1).label("hidden"),
        *(every.c[name] for name in question.measures),
    )
    if not question.hidden:
        each = each.where(seen)
    inner = each.where(*_weekdays(grid, every.c.quarter)).subquery()
    sums = (exact_sum(inner.c[name]).label(f"sum_{name}") for name in question.measures)
    place = (inner.c.cell, inner.c.key, inner.c.hidden)
    return select(*place, *sums).group_by(*place)


def _union(sources: Sequence[Select[Any]]) -> Subquery:
    return union_all(*sources).subquery() if len(sources) > 1 else sources[0].subquery()


def _weekdays(grid: Grid, quarter: ColumnElement[int]) -> list[ColumnElement[bool]]:
    return [] if grid.weekends else [local(grid, quarter, MONDAY) % WEEK < SATURDAY]


def cell(grid: Grid, quarter: ColumnElement[int]) -> ColumnElement[int]:
    """SQL for `calendar.cell_of`."""
    if grid.kind == "all":
        return literal(0)

    def numbered(step: Step) -> ColumnElement[int]:
        shifted = quarter + step.shift
        return (shifted % WEEK if grid.kind == "peak" else shifted) // grid.length + step.add

    return _by_stretch(grid, quarter, {step: numbered(step) for step in grid.steps})


def local(grid: Grid, quarter: ColumnElement[int], shift: int) -> ColumnElement[int]:
    """SQL for the quarter as a clock on the wall shows it, later by `shift`."""
    return _by_stretch(grid, quarter, {step: quarter + (step.offset + shift) for step in grid.steps})


def _by_stretch(
    grid: Grid, quarter: ColumnElement[int], each: Mapping[Step, ColumnElement[int]]
) -> ColumnElement[int]:
    first, *later = grid.steps
    whens = [(quarter >= step.first, each[step]) for step in reversed(later)]
    return case(*whens, else_=each[first]) if whens else each[first]
