"""How a figure went over time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.analytics.answers import names
from services.analytics.answers.asked import Asked, settled, sums
from services.analytics.api.bodies import (
    Bucket,
    ErrorPattern,
    Grouping,
    Metric,
    PeakHours,
    Series,
    TokenKind,
    Trends,
)
from services.analytics.domain.calendar import DAY, HOUR, PEAK_CELLS, Grid, instant_of, quarter_of
from services.analytics.domain.measures import (
    Measures,
    average_health,
    cost_usd,
    count,
    merged,
    tokens,
    told,
)
from services.analytics.store import patterns
from services.analytics.store.questions import Sum
from services.analytics.store.sessions import Listing
from services.analytics.store.sources import Dim
from services.runtime.auth import Caller
from services.runtime.db import Connection
from services.runtime.errors import unprocessable

MOST_BUCKETS = 2_000
MOST_PATTERNS = 50
TOKEN_KINDS: Sequence[TokenKind] = ("input", "output", "cache_read", "cache_write")
Value = float | int | None
Read = Callable[[Measures], Value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figure, in which buckets, in which series."""

    metric: Metric = "tokens"
    bucket: Bucket = "day"
    group_by: Grouping | None = None
    kind: TokenKind = "total"

    @property
    def dim(self) -> Dim:
        return "team" if self.group_by is None or self.group_by == "kind" else self.group_by

    @property
    def measures(self) -> tuple[str, ...]:
        """What the figure is made of."""
        if self.metric == "tokens":
            return "uses", *dict.fromkeys(
                (self.kind, *TOKEN_KINDS) if self.group_by == "kind" else (self.kind,)
            )
        made_of: Mapping[Metric, tuple[str, ...]] = {
            "cost": ("uses", "cost_pico"),
            "sessions": ("sessions",),
            "health": ("health_points", "scored"),
            "errors": ("sessions", "errors"),
        }
        return made_of[self.metric]


async def trends(caller: Caller, connection: Connection, asked: Asked, wanted: Wanted) -> Trends:
    """Raises `Problem` 422 for too many buckets, or kinds of what has none."""
    if wanted.group_by == "kind" and wanted.metric != "tokens":
        raise unprocessable("group_by", "only tokens have kinds")
    asked, grid = await settled(caller, connection, asked), _grid(asked, wanted.bucket)
    rest = _without_rest(asked, wanted)
    found = await sums(caller, connection, rest, wanted.dim, grid, wanted.measures)
    own = {each.key for each in found if not each.hidden}
    keys = {names.plain_key(wanted.dim, key) for key in own}
    labels = await names.named(caller, connection, wanted.dim, keys)
    last = grid.starts[-1][1] if grid.starts else grid.first
    return Trends(
        from_=instant_of(asked.period.first),
        to=instant_of(asked.period.last),
        metric=wanted.metric,
        bucket=wanted.bucket,
        group_by=wanted.group_by,
        tz=asked.period.zone,
        as_of=asked.now,
        buckets=[instant_of(first) for _, first in grid.starts],
        unfinished=asked.reaches_now and last <= quarter_of(asked.now),
        series=list(_series(found, grid, wanted, labels, quarter_of(asked.now))),
        excludes_private=not asked.hidden or wanted.dim == "tag",
        peak_hours=await _peak_hours(caller, connection, asked, wanted),
        error_patterns=await _error_patterns(caller, connection, asked),
    )


def _without_rest(asked: Asked, wanted: Wanted) -> Asked:
    """By tag there is no row for others' private sessions: what has no tag is in no series, either."""
    return asked.narrowed(asked.narrowing) if wanted.dim == "tag" else asked


def _grid(asked: Asked, bucket: Bucket) -> Grid:
    shortest = {"hour": HOUR, "day": DAY, "week": 7 * DAY}[bucket]
    if (asked.period.last - asked.period.first) // shortest <= MOST_BUCKETS:
        grid = asked.period.grid(bucket)
        if len(grid.starts) <= MOST_BUCKETS:
            return grid
    raise unprocessable("bucket", f"the range has more than {MOST_BUCKETS} of these buckets")


def _series(
    found: Iterable[Sum], grid: Grid, wanted: Wanted, labels: Mapping[str, str], now: int
) -> Iterable[Series]:
    by_key: dict[tuple[bool, str], dict[int, Measures]] = {}
    for each in found:
        _add(by_key.setdefault((each.hidden, each.key), {}), each.cell, each.measures)
    cells = {
        (hidden, "" if hidden else names.plain_key(wanted.dim, key)): own
        for (hidden, key), own in by_key.items()
    }
    if wanted.dim == "team":
        every = _joined(cells.values())
        if wanted.group_by == "kind":
            yield from (_one(kind, kind, every, grid, _reading("tokens", kind), now) for kind in TOKEN_KINDS)
        else:
            yield _one("all", "all", every, grid, _reading(wanted.metric, wanted.kind), now)
        return
    read = _reading(wanted.metric, wanted.kind)
    made = [
        _one(key, labels[key], each, grid, read, now) for (hidden, key), each in cells.items() if not hidden
    ]
    yield from sorted(made, key=lambda one: (-(one.total or 0), one.label, one.key))
    if (True, "") in cells:
        rest = cells[True, ""]
        yield _one(names.PRIVATE, names.PRIVATE_LABEL, rest, grid, read, now, private=True)


def _joined(every: Iterable[Mapping[int, Measures]]) -> Mapping[int, Measures]:
    joined: dict[int, Measures] = {}
    for each in every:
        for cell, measures in each.items():
            _add(joined, cell, measures)
    return joined


def _add(cells: dict[int, Measures], cell: int, measures: Measures) -> None:
    cells[cell] = merged([cells[cell], measures]) if cell in cells else measures


def _one(
    key: str,
    label: str,
    cells: Mapping[int, Measures],
    grid: Grid,
    read: Read,
    now: int,
    *,
    private: bool = False,
) -> Series:
    values = [
        None if first > now and cell not in cells else read(cells.get(cell, {}))
        for cell, first in grid.starts
    ]
    total = read(merged(cells.values()))
    return Series(key=key, label=label, private=private, values=values, total=total)


def _reading(metric: Metric, kind: TokenKind) -> Read:
    reads: Mapping[Metric, Read] = {
        "tokens": lambda measures: tokens(measures, kind),
        "cost": cost_usd,
        "sessions": lambda measures: count(measures, "sessions"),
        "health": average_health,
        "errors": lambda measures: told(measures, "errors"),
    }
    return reads[metric]


async def _peak_hours(caller: Caller, connection: Connection, asked: Asked, wanted: Wanted) -> PeakHours:
    found = await sums(caller, connection, asked, "team", asked.period.grid("peak"), wanted.measures)
    cells: dict[int, Measures] = {}
    for each in found:
        _add(cells, each.cell, each.measures)
    read = _reading(wanted.metric, wanted.kind)
    values = [read(cells.get(cell, {})) for cell in range(PEAK_CELLS)]
    return PeakHours(
        metric=wanted.metric, values=[values[day : day + 24] for day in range(0, PEAK_CELLS, 24)]
    )


async def _error_patterns(caller: Caller, connection: Connection, asked: Asked) -> list[ErrorPattern]:
    """Of sessions that the caller may see: a pattern of a few would tell of whom it is."""
    listing = Listing(asked.period.grid("all"), asked.narrowing)
    rows = await patterns.common(caller, connection, listing, MOST_PATTERNS, asked.dirty)
    return [
        ErrorPattern(
            category=row["category"] or None,
            tool=row["tool"] or None,
            count=row["count"],
            sessions=row["sessions"],
            first_seen_at=row["first_at"],
            last_seen_at=row["last_at"],
            example_session_id=row["example"],
        )
        for row in rows
    ]
