"""Ranges of time and their buckets, in any zone.

Time is counted in quarters of an hour since 1970 (UTC). All offsets of all zones since 2000 are whole
quarters, so every zone's hours, days and weeks are whole numbers of them, on days when clocks change, too.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Literal
from zoneinfo import ZoneInfo

SECONDS = 900
HOUR, BLOCK, DAY, WEEK = 4, 16, 96, 672
HOURS = DAY // HOUR
# The first of January 1970 was a Thursday; weeks begin on Monday.
MONDAY = 3 * DAY
SATURDAY = 5 * DAY

Kind = Literal["all", "hour", "day", "week", "peak"]
LENGTHS: dict[Kind, int] = {"all": DAY, "hour": HOUR, "day": DAY, "week": WEEK, "peak": HOUR}
PEAK_CELLS = WEEK // HOUR


def quarter_of(at: datetime) -> int:
    """The quarter that holds an instant."""
    return int(at.timestamp() // SECONDS)


def instant_of(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * SECONDS, UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the quarter `first` until the next one begins, local time is `offset` quarters ahead of UTC."""

    first: int
    offset: int


def stretches(zone: str, first: int, last: int) -> Sequence[Stretch]:
    """The offsets of a zone in [first, last), the first of them from `first` on."""
    local = ZoneInfo(zone)

    def offset(quarter: int) -> int:
        ahead = datetime.fromtimestamp(quarter * SECONDS, local).utcoffset()
        assert ahead is not None
        return int(ahead.total_seconds() // SECONDS)

    found = [Stretch(first, offset(first))]
    for day in range(first, last, DAY):
        now, end = found[-1].offset, min(day + DAY, last - 1)
        if offset(end) != now:
            changed = partial(_differs, offset, now)
            at = day + bisect_right(range(day, end), False, key=changed)
            found.append(Stretch(at, offset(at)))
    return found


def _differs(offset: Callable[[int], int], now: int, quarter: int) -> bool:
    return offset(quarter) != now


@dataclass(frozen=True, slots=True)
class Step:
    """How a stretch's quarters are numbered: `(quarter + shift) // length + add`.

    The hours of a week are counted within it: `(quarter + shift) % WEEK // length`. `offset` is the
    stretch's.
    """

    first: int
    offset: int
    shift: int
    add: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a range: `starts` maps each cell's number to its first quarter, in order of time.

    `cut` are the hours that lie in no cell as a whole; `blocks` and `days` those of UTC that lie in one, a
    block being four hours.
    """

    kind: Kind
    first: int
    last: int
    weekends: bool
    steps: tuple[Step, ...]
    starts: tuple[tuple[int, int], ...]
    cut: frozenset[int]
    blocks: frozenset[int]
    days: frozenset[int]

    @property
    def length(self) -> int:
        return LENGTHS[self.kind]


# The charts of a page are on one range, and its end moves every quarter of an hour.
@lru_cache(64)
def make_grid(kind: Kind, zone: str, first: int, last: int, *, weekends: bool = True) -> Grid:
    """Number the quarters of [first, last) by cells of this kind in this zone."""
    steps = _steps(kind, stretches(zone, first, last))
    starts: dict[int, int] = {0: first} if kind == "all" else {}
    bounds = {first, last}
    if kind != "all":
        for quarter, step in _beginnings(kind, steps, last):
            bounds.add(quarter)
            if weekends or not is_weekend(quarter, step):
                starts.setdefault(cell_of(kind, quarter, step), quarter)
    if not weekends:
        bounds.update(quarter for quarter, _ in _beginnings("day", steps, last))
    cut = frozenset(bound // HOUR for bound in bounds if bound % HOUR)
    ordered = tuple(sorted(starts.items(), key=lambda pair: pair[1]))
    blocks, days = (_whole(length, first, last, bounds) for length in (BLOCK, DAY))
    return Grid(kind, first, last, weekends, steps, ordered, cut, blocks, days)


def _whole(length: int, first: int, last: int, bounds: Collection[int]) -> frozenset[int]:
    """The spans of so many quarters that no bound cuts in two."""
    parted = {bound // length for bound in bounds if bound % length}
    return frozenset(range(-(-first // length), last // length)) - parted


def cell_of(kind: Kind, quarter: int, step: Step) -> int:
    """The number of the cell that holds a quarter of this step's stretch."""
    if kind == "all":
        return 0
    shifted = quarter + step.shift
    return (shifted % WEEK if kind == "peak" else shifted) // LENGTHS[kind] + step.add


def is_weekend(quarter: int, step: Step) -> bool:
    return (quarter + step.offset + MONDAY) % WEEK >= SATURDAY


def _steps(kind: Kind, found: Sequence[Stretch]) -> tuple[Step, ...]:
    extra = MONDAY if kind in {"week", "peak"} else 0
    steps: list[Step] = []
    for stretch in found:
        shift = stretch.offset + extra
        add = 0
        if kind == "hour" and steps:
            # An hour that comes twice, when clocks go back, is two cells.
            before = cell_of(kind, stretch.first - 1, steps[-1])
            add = before + 1 - (stretch.first + shift) // HOUR
        steps.append(Step(stretch.first, stretch.offset, shift, add))
    return tuple(steps)


def _beginnings(kind: Kind, steps: Sequence[Step], last: int) -> Iterator[tuple[int, Step]]:
    """The quarters at which a cell may begin."""
    length = LENGTHS[kind]
    extra = MONDAY if kind in {"week", "peak"} else 0
    ends = [*(step.first for step in steps[1:]), last]
    for step, end in zip(steps, ends, strict=True):
        yield step.first, step
        whole = step.first + -(step.first + step.offset + extra) % length
        yield from ((quarter, step) for quarter in range(whole, end, length))
