"""A range is put together of spans that lie in one cell each, and every hour counts once."""

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.calendar import BLOCK, DAY, HOUR, Grid, make_grid, quarter_of
from services.analytics.store.spans import Cover, cover, hours_of
from tests.services.analytics.histories import SPANS

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham")
GRIDS = st.builds(
    lambda kind, zone, span, first, length, weekends: make_grid(
        kind, zone, quarter_of(span) + first, quarter_of(span) + first + length, weekends=weekends
    ),
    st.sampled_from(("all", "hour", "day", "week", "peak")),
    st.sampled_from(ZONES), st.sampled_from(SPANS), st.integers(-96, 500), st.integers(1, 20 * DAY),
    st.booleans(),
)  # fmt: skip


def single(grid: Grid, spans: Cover) -> list[int]:
    """The hours that are read one by one."""
    if spans.hours is None:
        return []
    if spans.hours.some is not None:
        return list(spans.hours.some)
    return [hour for hour in range(spans.hours.first, spans.hours.last) if hour not in spans.hours.but]


@given(GRIDS, st.data())
def test_each_hour_is_loose_or_in_one_span(grid: Grid, data: st.DataObject) -> None:
    hours = hours_of(grid)
    every = range(hours.first, hours.last)
    loose = grid.cut | frozenset(data.draw(st.lists(st.sampled_from(every), max_size=9)))
    spans = cover(grid, loose)
    counted = [
        *(hour for day in spans.days for hour in range(day * DAY // HOUR, (day + 1) * DAY // HOUR)),
        *(hour for one in spans.blocks for hour in range(one * BLOCK // HOUR, (one + 1) * BLOCK // HOUR)),
        *single(grid, spans),
        *loose,
    ]
    assert sorted(counted) == list(every)


def test_a_day_of_another_zone_is_five_blocks_and_four_hours() -> None:
    first = quarter_of(SPANS[0]) // DAY * DAY - 2 * HOUR
    grid = make_grid("day", "Etc/GMT-2", first, first + DAY)
    spans = cover(grid, ())
    assert (len(spans.days), len(spans.blocks), len(single(grid, spans))) == (0, 5, 4)


def test_whole_days_are_read_as_days() -> None:
    first = quarter_of(SPANS[0]) // DAY * DAY
    spans = cover(make_grid("week", "UTC", first, first + 7 * DAY), {first // HOUR + 30})
    assert (len(spans.days), len(spans.blocks)) == (6, 5)
    assert spans.hours is not None
    assert len(spans.hours.some or ()) == 3
