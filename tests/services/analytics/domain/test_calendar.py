"""Cells of time are those that clocks on the wall show, in every zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from services.analytics.domain.calendar import cell_of, instant_of, make_grid, quarter_of
from services.analytics.domain.period import PeriodError, make_period

NOW = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
CHANGES = (datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC))


def step_at(grid, quarter):
    return next(step for step in reversed(grid.steps) if step.first <= quarter)


@pytest.mark.parametrize("start", CHANGES)
def test_days_are_those_of_the_clock_in_every_zone(start):
    first = quarter_of(start)
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        grid = make_grid("day", name, first, first + 16 * 96)
        dates = dict[int, set]()
        for quarter in range(first, grid.last, 5):
            cell = cell_of("day", quarter, step_at(grid, quarter))
            dates.setdefault(cell, set()).add(instant_of(quarter).astimezone(zone).date())
        assert all(len(each) == 1 for each in dates.values()), name
        assert [instant_of(at).astimezone(zone).date() for _, at in grid.starts] == sorted(
            date for each in dates.values() for date in each
        ), name


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)], ids=str
)
def test_a_day_has_the_hours_it_has(day, hours):
    after = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    period = make_period(day, after, "Europe/Berlin", NOW, weekends=True)
    grid = period.grid("hour")
    assert len(grid.starts) == hours
    assert len({cell for cell, _ in grid.starts}) == hours
    assert grid.cut == frozenset()


def test_weeks_begin_on_monday():
    period = make_period("2026-11-18", "2026-12-02", "America/New_York", NOW, weekends=True)
    starts = [instant_of(at).astimezone(ZoneInfo("America/New_York")) for _, at in period.grid("week").starts]
    assert [at.strftime("%a %d") for at in starts] == ["Wed 18", "Mon 23", "Mon 30"]


def test_without_weekends_there_are_only_weekdays():
    period = make_period("2026-11-14", "2026-11-24", "Asia/Tokyo", NOW, weekends=False)
    starts = [instant_of(at).astimezone(ZoneInfo("Asia/Tokyo")) for _, at in period.grid("day").starts]
    assert [at.strftime("%a") for at in starts] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Mon"]


def test_half_hour_zones_cut_the_hours_at_which_days_begin():
    grid = make_period("2026-11-01", "2026-11-04", "Asia/Kolkata", NOW, weekends=True).grid("day")
    assert sorted(instant_of(hour * 4).hour for hour in grid.cut) == [18, 18, 18, 18]


def test_the_period_before_has_as_many_local_days():
    period = make_period("2026-03-23", "2026-03-30", "Europe/Berlin", NOW, weekends=True)
    before = period.before()
    assert (before.last, period.last - period.first) == (period.first, 7 * 96 - 4)
    assert before.last - before.first == 7 * 96


def test_the_period_before_any_other_is_as_long():
    period = make_period("2026-03-23T10:07:00Z", "2026-03-23T12:29:59Z", "Europe/Berlin", NOW, weekends=True)
    assert (instant_of(period.first).minute, instant_of(period.last).minute) == (0, 15)
    before = period.before()
    assert before.last - before.first == period.last - period.first


def test_without_bounds_it_is_the_last_thirty_days_with_this_quarter():
    period = make_period(None, None, "UTC", NOW, weekends=True)
    assert instant_of(period.last) == datetime(2026, 11, 22, 12, 15, tzinfo=UTC)
    assert period.last - period.first == 30 * 96


@pytest.mark.parametrize(
    ("since", "until", "zone", "field"),
    [
        ("2026-11-22", "2026-11-22", "UTC", "to"), ("2026-11-23", "2026-11-22", "UTC", "to"),
        ("2025-01-01", "2026-11-22", "UTC", "from"), ("1999-12-31", "2000-02-01", "UTC", "from"),
        ("2026-11-22T10:00:00", None, "UTC", "from"), ("yesterday", None, "UTC", "from"),
        ("2026-02-30", None, "UTC", "from"), (None, "9999-12-31T23:59:59-18:00", "UTC", "to"),
        ("0001-01-01T00:00:00+14:00", None, "UTC", "from"), ("٢٠٢٦-11-22", None, "UTC", "from"),
        (None, None, "Mars/Olympus", "tz"), (None, None, "../etc/passwd", "tz"), (None, None, "a\0b", "tz"),
        (None, None, "America", "tz"), (None, None, "", "tz"),
    ],
)  # fmt: skip
def test_what_is_no_range_is_named(since, until, zone, field):
    with pytest.raises(PeriodError) as caught:
        make_period(since, until, zone, NOW, weekends=True)
    assert caught.value.field == field
