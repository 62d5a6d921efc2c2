"""Rows of sessions, as lists show them and as figures of a person are made of."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import HOUR, MONDAY, SATURDAY, WEEK, Grid
from services.analytics.store.questions import local
from services.analytics.store.sources import USED, Narrowing, matching, visible_to
from services.analytics.store.sums import exact_sum
from services.analytics.tables import sessions, tags, usage
from services.runtime.auth import Caller
from services.runtime.db import UtcTime

AT_ONCE = 500
NEVER = literal(datetime(1970, 1, 1, tzinfo=UTC), UtcTime())
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which sessions, in which order; `after` is the sort key and the id of the row before the page."""

    grid: Grid
    narrowing: Narrowing = field(default_factory=Narrowing)
    sort: str = "tokens"
    descending: bool = True
    limit: int = 50
    after: tuple[Any, UUID] | None = None


async def page(caller: Caller, connection: AsyncConnection, listing: Listing) -> list[Row]:
    """The rows of a page and one more where there is a next one, each with `sort_key` and its `used`."""
    places = _ordered(caller, listing, [sessions.c.session_id]).limit(listing.limit + 1)
    keys = {row[0]: row[1] for row in await connection.execute(places)}
    if not keys:
        return []
    query = select(*_LISTED).where(sessions.c.session_id.in_(list(keys)), sessions.c.team_id == caller.team)
    known = {row["session_id"]: dict(row) for row in (await connection.execute(query)).mappings()}
    rows = [known[each] | {"sort_key": key} for each, key in keys.items()]
    return await _with_use(caller, connection, listing, rows)


async def every(
    caller: Caller, connection: AsyncConnection, listing: Listing
) -> AsyncIterator[Sequence[Row]]:
    """All rows of the list, some at a time."""
    query = _ordered(caller, listing, _LISTED).execution_options(yield_per=AT_ONCE)
    async with connection.stream(query) as result:
        async for some in result.mappings().partitions(AT_ONCE):
            yield await _with_use(caller, connection, listing, [dict(row) for row in some])


async def active(caller: Caller, connection: AsyncConnection, narrowing: Narrowing, *, hidden: bool) -> int:
    """How many sessions have not ended; `hidden`: others' private ones, too."""
    query = select(func.count()).where(
        sessions.c.team_id == caller.team, sessions.c.status != "ended", sessions.c.deleted.is_(False),
        *matching(narrowing),
    )  # fmt: skip
    if narrowing.model:
        query = query.where(func.coalesce(sessions.c.model, "").in_(narrowing.model))
    if not hidden:
        query = query.where(visible_to(caller.user_id))
    return int((await connection.execute(query)).scalar_one())


async def begun(caller: Caller, connection: AsyncConnection, listing: Listing) -> list[Row]:
    """Score and duration of the sessions that began in the range, counted together where they are equal."""
    score, lasted = sessions.c.health_score, sessions.c.duration_s
    query = (
        select(score, func.count().label("sessions"), func.count(lasted).label("timed"),
               func.sum(lasted).label("lasted"))
        .where(*begun_in(caller, listing))
        .group_by(score)
    )  # fmt: skip
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def top_tags(
    caller: Caller, connection: AsyncConnection, listing: Listing, most: int
) -> Sequence[tuple[str, int]]:
    number = func.count().label("sessions")
    query = (
        select(tags.c.tag, number)
        .join(sessions, sessions.c.session_id == tags.c.session_id)
        .where(*begun_in(caller, listing))
        .group_by(tags.c.tag)
        .order_by(number.desc(), tags.c.tag)
        .limit(most)
    )
    return [(row[0], row[1]) for row in await connection.execute(query)]


def begun_in(caller: Caller, listing: Listing) -> list[ColumnElement[bool]]:
    """The conditions on sessions that began in the range."""
    grid = listing.grid
    # The same in two ways, so that either of two indexes serves.
    hours = (
        sessions.c.hour >= grid.first // HOUR, sessions.c.hour <= grid.last // HOUR,
        sessions.c.last_quarter >= grid.first,
    )  # fmt: skip
    found = [*_seen(caller, listing.narrowing), *hours, inside(grid, sessions.c.quarter)]
    if listing.narrowing.model:
        found.append(func.coalesce(sessions.c.model, "").in_(listing.narrowing.model))
    return found


def _seen(caller: Caller, narrowing: Narrowing) -> list[ColumnElement[bool]]:
    own = (sessions.c.team_id == caller.team, sessions.c.deleted.is_(False), visible_to(caller.user_id))
    return [*own, *matching(narrowing)]


def inside(grid: Grid, quarter: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a quarter is in the range."""
    within = and_(quarter >= grid.first, quarter < grid.last)
    return within if grid.weekends else and_(within, local(grid, quarter, MONDAY) % WEEK < SATURDAY)


def _used(listing: Listing) -> list[ColumnElement[bool]]:
    """The conditions on usage that counts."""
    found = [inside(listing.grid, usage.c.quarter)]
    if listing.narrowing.model:
        found.append(usage.c.model.in_(listing.narrowing.model))
    return found


def _ordered(caller: Caller, listing: Listing, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Order by the key and the id, so that a page begins exactly where the one before it ended.

    Of the id and the key alone, PostgreSQL knows all from one index.
    """
    grid, identity = listing.grid, sessions.c.session_id
    near = (sessions.c.last_quarter >= grid.first, sessions.c.first_quarter < grid.last)
    query = select(*columns, _key(listing).label("sort_key")).where(
        *_seen(caller, listing.narrowing), *near, _counts(listing)
    )
    inner = query.subquery()
    key, last = inner.c.sort_key, inner.c.session_id
    outer = select(inner)
    if listing.after is not None:
        place = tuple_(key, last)
        before = tuple_(literal(listing.after[0], key.type), literal(listing.after[1], identity.type))
        outer = outer.where(place < before if listing.descending else place > before)
    return outer.order_by(*((key.desc(), last.desc()) if listing.descending else (key.asc(), last.asc())))


def _counts(listing: Listing) -> ColumnElement[bool]:
    """Whether a session began, or was used, in the range."""
    grid = listing.grid
    # Asked only of those that did not begin in it: an EXISTS might be asked of all at once.
    some = select(literal(1)).where(usage.c.session_id == sessions.c.session_id, *_used(listing)).limit(1)
    used = some.correlate(sessions).scalar_subquery().is_not(None)
    started = inside(grid, sessions.c.quarter)
    if listing.narrowing.model:
        started = and_(started, func.coalesce(sessions.c.model, "").in_(listing.narrowing.model))
    return or_(started, used)


def _key(listing: Listing) -> ColumnElement[Any]:
    """What the list is sorted by; what is not known comes last where the most comes first."""
    plain: dict[str, ColumnElement[Any]] = {
        "duration": func.coalesce(sessions.c.duration_s, -1),
        "health": func.coalesce(sessions.c.health_score, -1.0),
        "started_at": func.coalesce(sessions.c.started_at, NEVER),
        "last_activity_at": func.coalesce(sessions.c.last_activity_at, NEVER),
    }
    if listing.sort in plain:
        return plain[listing.sort]
    column = {"tokens": "total", "cost": "cost_pico"}[listing.sort]
    part = select(cast(func.sum(usage.c[column]), BigInteger)).where(
        usage.c.session_id == sessions.c.session_id, *_used(listing)
    )
    some = func.coalesce(part.correlate(sessions).scalar_subquery(), -1)
    if listing.narrowing.model or not listing.grid.weekends:
        return some
    whole = and_(sessions.c.first_quarter >= listing.grid.first, sessions.c.last_quarter < listing.grid.last)
    return case((whole, func.coalesce(sessions.c[column], -1)), else_=some)


async def _with_use(
    caller: Caller, connection: AsyncConnection, listing: Listing, rows: list[Row]
) -> list[Row]:
    """Add what each session used in the range."""
    summed = [exact_sum(usage.c[name]).label(f"sum_{name}") for name in USED[1:]]
    # Were the team named of the usage, PostgreSQL might look at all that it ever used.
    query = (
        select(usage.c.session_id, func.count().label("uses"), *summed)
        .select_from(usage.join(sessions, sessions.c.session_id == usage.c.session_id))
        .where(
            sessions.c.session_id.in_([row["session_id"] for row in rows]), sessions.c.team_id == caller.team,
            *_used(listing),
        )
        .group_by(usage.c.session_id)
    )  # fmt: skip
    used = {
        row["session_id"]: {"uses": row["uses"], **{name: row[f"sum_{name}"] for name in USED[1:]}}
        for row in (await connection.execute(query)).mappings()
    }
    return [{**row, "used": used.get(row["session_id"], {})} for row in rows]


_LISTED = [column for column in sessions.columns if column.name not in {"body", "demo", "deleted"}]


async def has_shared(caller: Caller, connection: AsyncConnection, user_id: UUID) -> bool:
    """Whether the team sees any session of this person."""
    query = select(sessions.c.session_id).where(
        sessions.c.team_id == caller.team, sessions.c.user_id == user_id, sessions.c.deleted.is_(False),
        sessions.c.visibility != "private",
    )  # fmt: skip
    return (await connection.execute(query.limit(1))).first() is not None
