"""Sums of a team by cell of time and by one dimension: from the rollup, and from facts where it is behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery, case, literal, not_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import MONDAY, SATURDAY, WEEK, Grid, Step
from services.analytics.store.sources import (
    MEASURES,
    NOBODY,
    USED,
    Dim,
    Hours,
    Narrowing,
    from_blocks,
    from_days,
    from_mixed_days,
    from_mixed_hours,
    from_rollup,
    from_sessions,
    from_usage,
)
from services.analytics.store.spans import Dirty, cover, hours_but, hours_of, loose_hours, whole_days
from services.analytics.store.sums import exact_sum
from services.runtime.auth import Caller

# By these, every row has one key: what is hidden of all keys is what is hidden of the team.
PARTED: frozenset[Dim] = frozenset({"user", "tool", "project", "model"})
MOST_HELD = 64
FIRST_ROWS = 100


class Sum(NamedTuple):
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


async def ask(
    caller: Caller, connection: AsyncConnection, question: Question, known: Dirty | None = None
) -> Sequence[Sum]:
    """Sum up. Exact as of the transaction's snapshot, whatever hours have yet to be rolled up.

    `known` is of the same range and transaction, for who asks several questions in it.
    """
    loose = await loose_hours(caller, connection, question.grid, known)
    rows = await connection.execute(_statement(caller.teams, caller.user_id, question, loose))
    names = question.measures
    return [
        Sum(cell, "" if hidden else key, key, bool(hidden), dict(zip(names, sums, strict=True)))
        for cell, key, hidden, *sums in rows
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
    seen = every.c.owner.in_([NOBODY, caller.user_id])
    query = select(every.c.key).where(seen, *_weekdays(grid, every.c.quarter)).distinct()
    return (await connection.execute(query)).scalars().all()


# To put one together takes longer than PostgreSQL takes to answer it, and a page that is looked at again, or
# that several charts of one range are on, asks for the same.
@lru_cache(MOST_HELD)
def _statement(
    teams: frozenset[UUID], user_id: UUID, question: Question, loose: frozenset[int] | None
) -> Select[Any] | CompoundSelect[Any]:
    if loose is None or not question.hidden or question.dim not in PARTED or _counts_people(question):
        return _summed(user_id, _source(teams, question, loose), question)
    # What is hidden has no key: by team it is the same in fewer rows.
    shown, rest = replace(question, hidden=False), replace(question, dim="team")
    return union_all(
        _summed(user_id, _source(teams, shown, loose), shown),
        _summed(user_id, _source(teams, rest, loose), rest, shown=False),
    )


@lru_cache(MOST_HELD)
def _contributing(
    teams: frozenset[UUID], grid: Grid, most: int, loose: frozenset[int] | None, rows: int | None
) -> Select[Any]:
    every = _union(_source(teams, Question(grid, "user", Narrowing()), loose))
    query = select(every.c.key).where(every.c.uses > 0, *_weekdays(grid, every.c.quarter))
    return select(query.limit(rows).subquery().c.key).distinct().limit(most)


def _source(teams: frozenset[UUID], question: Question, loose: frozenset[int] | None) -> list[Select[Any]]:
    dim = question.narrowing.rolled_up(question.dim)
    if loose is None or (dim is None and not _is_mixed(question)):
        return _facts(teams, question, hours_of(question.grid))
    clean = _mixed(teams, question, loose) if dim is None else _clean(teams, dim, question, loose)
    return [*clean, *_facts(teams, question, Hours(some=loose))] if loose else clean


def _mixed(teams: frozenset[UUID], question: Question, loose: frozenset[int]) -> list[Select[Any]]:
    """The sums by all dimensions at once: of days, where no hour of them is loose, else of single hours."""
    found, days = [], whole_days(question.grid, loose)
    if days:
        found.append(from_mixed_days(teams, question.dim, question.narrowing, days))
    if hours := hours_but(question.grid, days, loose):
        found.append(from_mixed_hours(teams, question.dim, question.narrowing, hours))
    return found


def _clean(teams: frozenset[UUID], dim: Dim, question: Question, loose: frozenset[int]) -> list[Select[Any]]:
    """The sums of days, where no hour of them is loose, else of blocks, else of single hours."""
    found, spans = [], cover(question.grid, loose)
    if spans.days:
        found.append(from_days(teams, dim, question.narrowing, spans.days))
    if spans.blocks:
        found.append(from_blocks(teams, dim, question.narrowing, spans.blocks))
    if spans.hours is not None:
        found.append(from_rollup(teams, dim, question.narrowing, spans.hours))
    return found


def _is_mixed(question: Question) -> bool:
    """Whether the sums by all dimensions at once know all that is asked for."""
    return "tag" not in {question.dim, *question.narrowing.dims}


def _facts(teams: frozenset[UUID], question: Question, hours: Hours) -> list[Select[Any]]:
    found = []
    # Where there are no keys, and nothing is hidden, nobody asks what had sessions and used nothing.
    keyless = question.dim == "team" and not question.hidden
    used = keyless and set(question.measures) <= set(USED)
    for source in (from_usage,) if used else (from_usage, from_sessions):
        query = source(teams, question.dim, question.narrowing, hours)
        names = ("quarter", "key", "owner", *MEASURES)
        known = query.subquery()
        quarter = known.c.quarter
        inside = select(*(known.c[name] for name in names)).where(
            quarter >= question.grid.first, quarter < question.grid.last
        )
        found.append(inside)
    return found


def _counts_people(question: Question) -> bool:
    return question.dim == "user" and question.grid.kind == "all"


def _summed(
    user_id: UUID, sources: Sequence[Select[Any]], question: Question, *, shown: bool = True
) -> Select[Any]:
    """The sums of what is seen, and of what is hidden where that is asked for; or of the latter alone."""
    grid = question.grid
    every = _union(sources)
    seen = every.c.owner.in_([NOBODY, user_id])
    key = literal("") if question.dim == "team" else every.c.key
    each = select(
        cell(grid, every.c.quarter).label("cell"),
        (key if _counts_people(question) else case((seen, key), else_="")).label("key"),
        case((seen, 0), else_=1).label("hidden"),
        *(every.c[name] for name in question.measures),
    )
    if not (question.hidden and shown):
        each = each.where(not_(seen) if question.hidden else seen)
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
