"""What there is to be summed up, by one dimension: facts, or the rollup of their hours, in equal columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Table,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from services.analytics.domain.calendar import BLOCK, DAY, HOUR
from services.analytics.store.numbers import is_one_of
from services.analytics.tables import blocks, days, mixed_days, mixed_hours, rollup, sessions, tags, usage

Dim = Literal["team", "user", "tool", "project", "model", "tag"]
DIMS: tuple[Dim, ...] = ("team", "user", "tool", "project", "model", "tag")
USED = (
    "uses", "calls", "unpriced", "input", "output", "cache_read", "cache_write", "reasoning", "total",
    "cost_pico",
)  # fmt: skip
BEGUN = ("sessions", "health_points", "scored", "errors", "tool_calls", "commits")
MEASURES = USED + BEGUN
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Filters; values of one are alternatives, filters hold together."""

    user: tuple[UUID, ...] = ()
    tool: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()

    @property
    def dims(self) -> frozenset[Dim]:
        return frozenset(dim for dim in DIMS if dim != "team" and getattr(self, dim))

    def rolled_up(self, by: Dim = "team") -> Dim | None:
        """The dimension whose sums know all that is asked for, by this one, if there is such a dimension."""
        asked = self.dims | {by} - {"team"}
        if len(asked) > 1 or len(self.tag) > 1:
            return None
        return next(iter(asked), "team")


@dataclass(frozen=True, slots=True)
class Hours:
    """Either some hours (`some`), or all from `first` up to `last` but these (`but`)."""

    first: int = 0
    last: int = 0
    some: Collection[int] | None = None
    but: Collection[int] = field(default=())

    def hold(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        if self.some is not None:
            return is_one_of(column, self.some)
        inside = and_(column >= self.first, column < self.last)
        return and_(inside, not_(is_one_of(column, self.but))) if self.but else inside

    def touch(self, first: ColumnElement[int], last: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether what lies in the quarters from `first` to `last` may lie in one of these hours."""
        some = self.some
        bounds = (self.first, self.last) if some is None else (min(some, default=0), max(some, default=0) + 1)
        return and_(last >= bounds[0] * HOUR, first < bounds[1] * HOUR)


def from_rollup(teams: Collection[UUID], dim: Dim, narrowing: Narrowing, hours: Hours) -> Select[Any]:
    """The sums of hours. Of filters it knows that of its own dimension alone."""
    quarter = (rollup.c.hour * HOUR).label("quarter")
    return _summed(rollup, quarter, teams, dim, narrowing).where(hours.hold(rollup.c.hour))


def from_blocks(
    teams: Collection[UUID], dim: Dim, narrowing: Narrowing, which: Collection[int]
) -> Select[Any]:
    """The sums of four hours (UTC); of filters as `from_rollup`."""
    quarter = (blocks.c.block * BLOCK).label("quarter")
    return _summed(blocks, quarter, teams, dim, narrowing).where(is_one_of(blocks.c.block, which))


def from_days(teams: Collection[UUID], dim: Dim, narrowing: Narrowing, which: Collection[int]) -> Select[Any]:
    """The sums of whole days (UTC); of filters as `from_rollup`."""
    quarter = (days.c.day * DAY).label("quarter")
    return _summed(days, quarter, teams, dim, narrowing).where(is_one_of(days.c.day, which))


def from_mixed_days(
    teams: Collection[UUID], dim: Dim, narrowing: Narrowing, which: Collection[int]
) -> Select[Any]:
    """The sums of whole days (UTC) by any dimension but tags, with any filters but these."""
    quarter = (mixed_days.c.day * DAY).label("quarter")
    return _mixed(mixed_days, quarter, teams, dim, narrowing).where(is_one_of(mixed_days.c.day, which))


def from_mixed_hours(teams: Collection[UUID], dim: Dim, narrowing: Narrowing, hours: Hours) -> Select[Any]:
    """The same of hours."""
    quarter = (mixed_hours.c.hour * HOUR).label("quarter")
    return _mixed(mixed_hours, quarter, teams, dim, narrowing).where(hours.hold(mixed_hours.c.hour))


def _mixed(
    mixed: Table, quarter: ColumnElement[int], teams: Collection[UUID], dim: Dim, narrowing: Narrowing
) -> Select[Any]:
    keys: Mapping[Dim, ColumnElement[str]] = {
        "team": literal_column("''", String),
        "user": _text(mixed.c.user_id),
        "tool": cast(mixed.c.tool, String(200)),
        "project": mixed.c.project,
        "model": mixed.c.model,
    }
    query = select(
        quarter, keys[dim].label("key"), mixed.c.owner, *(mixed.c[name] for name in MEASURES)
    ).where(within(mixed.c.team_id, teams))
    columns = {
        "user": mixed.c.user_id, "tool": mixed.c.tool, "project": mixed.c.project, "model": mixed.c.model,
    }  # fmt: skip
    return query.where(*(columns[name].in_(getattr(narrowing, name)) for name in sorted(narrowing.dims)))


def unmixed(teams: Collection[UUID], hours: Hours) -> Select[Any]:
    """The facts that the mixed sums are made of, each with its `hour`."""
    found = ((from_usage, usage.c.model), (from_sessions, MODEL))
    return select(
        union_all(
            *(
                source(teams, "team", Narrowing(), hours).add_columns(
                    sessions.c.user_id.label("person"),
                    sessions.c.tool.label("tool"),
                    func.coalesce(sessions.c.project, "").label("project"),
                    by.label("model"),
                )
                for source, by in found
            )
        ).subquery()
    )


def _summed(
    table: Table, quarter: ColumnElement[int], teams: Collection[UUID], dim: Dim, narrowing: Narrowing
) -> Select[Any]:
    query = select(quarter, table.c.key, table.c.owner, *(table.c[name] for name in MEASURES))
    return query.where(*of_dim(table, teams, dim, narrowing))


def of_dim(
    table: Table, teams: Collection[UUID], dim: Dim, narrowing: Narrowing
) -> list[ColumnElement[bool]]:
    """The conditions on sums by a dimension: of these teams, and of the keys that a filter of it names."""
    found = [within(table.c.team_id, teams), table.c.dim == dim]
    if narrowing.dims:
        values: Sequence[Any] = getattr(narrowing, dim)
        keys = [_text(literal(one, Uuid)) for one in values] if dim == "user" else list(values)
        found.append(table.c.key.in_(keys))
    return found


def from_usage(teams: Collection[UUID], dim: Dim, narrowing: Narrowing, hours: Hours) -> Select[Any]:
    """What was used, as it was reported."""
    measures: Mapping[str, ColumnElement[Any]] = {
        **{name: usage.c[name] for name in USED[1:]},
        "uses": literal_column("1", BigInteger),
    }
    query = (
        select(
            usage.c.quarter, key_by(dim, usage.c.model).label("key"), OWNER.label("owner"),
            usage.c.team_id, usage.c.hour, *_all(measures),
        )
        .select_from(usage.join(sessions, sessions.c.session_id == usage.c.session_id))
        .where(
            within(usage.c.team_id, teams), within(sessions.c.team_id, teams), hours.hold(usage.c.hour),
            hours.touch(sessions.c.first_quarter, sessions.c.last_quarter),
        )
    )  # fmt: skip
    return tagged(_narrowed(query, narrowing, usage.c.model), dim, narrowing)


def from_sessions(teams: Collection[UUID], dim: Dim, narrowing: Narrowing, hours: Hours) -> Select[Any]:
    """The sessions that began, each in the quarter in which it did."""
    measures: Mapping[str, ColumnElement[Any]] = {
        **{name: sessions.c[name] for name in ("health_points", "errors", "tool_calls", "commits")},
        "sessions": literal_column("1", BigInteger),
        "scored": case((sessions.c.health_points.is_not(None), 1), else_=0),
    }
    query = select(
        sessions.c.quarter, key_by(dim, MODEL).label("key"), OWNER.label("owner"),
        sessions.c.team_id, sessions.c.hour, *_all(measures),
    ).where(
        within(sessions.c.team_id, teams), sessions.c.deleted.is_(False), hours.hold(sessions.c.hour)
    )  # fmt: skip
    return tagged(_narrowed(query, narrowing, MODEL), dim, narrowing)


def within(team_id: ColumnElement[UUID], teams: Collection[UUID]) -> ColumnElement[bool]:
    """Whether something is of these teams; of one, as is usual, it is the same statement each time."""
    return team_id == next(iter(teams)) if len(teams) == 1 else team_id.in_(teams)


def matching(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    """The conditions on a session itself: all filters but that of the model."""
    found: list[ColumnElement[bool]] = []
    if narrowing.user:
        found.append(sessions.c.user_id.in_(narrowing.user))
    if narrowing.tool:
        found.append(sessions.c.tool.in_(narrowing.tool))
    if narrowing.project:
        found.append(func.coalesce(sessions.c.project, "").in_(narrowing.project))
    if narrowing.tag:
        named = tags.alias("named")
        # An `IN` that names the session's team would be gone through for each session.
        tagged = select(literal(1)).where(
            named.c.session_id == sessions.c.session_id, named.c.tag.in_(narrowing.tag)
        )
        found.append(tagged.correlate(sessions).exists())
    return found


def visible_to(user_id: UUID) -> ColumnElement[bool]:
    """What the team sees, and what is this person's own."""
    return or_(sessions.c.visibility != "private", sessions.c.user_id == user_id)


MODEL = func.coalesce(sessions.c.model, "")
OWNER = case((sessions.c.visibility == "private", sessions.c.user_id), else_=literal(NOBODY, Uuid))


def _text(value: ColumnElement[UUID]) -> ColumnElement[str]:
    return cast(value, String(200))


def key_by(dim: Dim, model: ColumnElement[str]) -> ColumnElement[str]:
    """The key of a session's fact, which has a model of its own."""
    keys: Mapping[Dim, ColumnElement[str]] = {
        "team": literal_column("''", String),
        "user": _text(sessions.c.user_id),
        "tool": cast(sessions.c.tool, String(200)),
        "project": func.coalesce(sessions.c.project, ""),
        "model": model,
        "tag": cast(tags.c.tag, String(200)),
    }
    return keys[dim]


def _all(measures: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """All measures in their order; those of another kind of fact are not known here."""
    unknown = literal_column("CAST(NULL AS BIGINT)", BigInteger)
    return [measures.get(name, unknown).label(name) for name in MEASURES]


def _narrowed(query: Select[Any], narrowing: Narrowing, model: ColumnElement[str]) -> Select[Any]:
    query = query.where(*matching(narrowing))
    return query.where(model.in_(narrowing.model)) if narrowing.model else query


def tagged(query: Select[Any], dim: Dim, narrowing: Narrowing) -> Select[Any]:
    """By tag, once for each of a session's tags, of which a filter leaves those it names."""
    if dim != "tag":
        return query
    query = query.join(tags, tags.c.session_id == sessions.c.session_id)
    return query.where(tags.c.tag.in_(narrowing.tag)) if narrowing.tag else query
