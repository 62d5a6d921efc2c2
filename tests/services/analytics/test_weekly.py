"""A week is reported once it is over, once, to teams that want it; and it holds nothing private of few."""

from datetime import UTC, date, datetime

import pytest

from services.analytics import tables
from services.analytics.domain.weekly import Line, texts, title, week_due
from tests.services.analytics.bench import open_bench, state_of
from tests.support.builders import BEN, START, after, make_usage

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


async def fill(bench):
    week_before = after(days=-7)
    await bench.take(
        state_of([make_usage()]),
        state_of([make_usage()], native_id="second"),
        state_of([make_usage(at=week_before)], native_id="before", started_at=week_before),
        state_of([make_usage(input=10**6)], native_id="p", user_id=BEN, username="ben", visibility="private"),
    )


async def test_a_week_is_told_once_it_is_over(bench):
    await bench.set_team(weekly_report=True)
    await fill(bench)
    bench.clock.at = MONDAY
    for _ in range(2):
        await bench.weekly.step()
    told = await bench.outgoing("weekly.reported")
    (one,) = told
    assert (one["week"], one["title"]) == ("2026-02-23", "Your team’s week, 2026-02-23 to 2026-03-01")
    assert one["lines"][:3] == [
        "Sessions: 2 (+100 % to the week before)",
        "People who began one: 1 (as in the week before)",
        "Tokens: 2,400 (+100 % to the week before)",
    ]
    assert one["link"] == "/analytics?from=2026-02-23&to=2026-03-02&tz=UTC"
    bench.clock.at = after(days=8)
    await bench.weekly.step()
    # Nothing happened in the week after.
    assert await bench.outgoing("weekly.reported") == told
    assert {row["week"] for row in await bench.rows(tables.reports)} == {"2026-02-23", "2026-03-02"}


async def test_nobody_is_told_who_did_not_ask(bench):
    await bench.set_team(weekly_report=False)
    await fill(bench)
    bench.clock.at = MONDAY
    await bench.weekly.step()
    assert await bench.rows(tables.outbox) == []


@pytest.mark.parametrize(
    ("now", "zone", "week"),
    [
        (MONDAY, "UTC", date(2026, 2, 23)),
        (MONDAY.replace(hour=7), "UTC", date(2026, 2, 16)),
        (MONDAY.replace(hour=7), "Europe/Berlin", date(2026, 2, 23)),
        (START, "UTC", date(2026, 2, 16)),
        (datetime(2026, 3, 4, 1, tzinfo=UTC), "UTC", date(2026, 2, 23)),
    ],
)
def test_it_is_due_on_monday_morning_of_the_zone(now, zone, week):
    assert week_due(now, zone, 8) == week


def test_what_is_not_known_is_not_told():
    lines = [
        Line("Cost", None, 3.0, "$"), Line("Cost", 1234.5, None, "$"), Line("Health", 71.25, 75.0),
        Line("Errors", 0, 4), Line("Commits", 3, 0),
    ]  # fmt: skip
    assert list(texts(lines)) == [
        "Cost: $1,234.50", "Health: 71.2 (-5 % to the week before)", "Errors: 0 (-100 % to the week before)",
        "Commits: 3",
    ]  # fmt: skip
    assert title(date(2026, 2, 23)) == "Your team’s week, 2026-02-23 to 2026-03-01"
