"""A team's own prices go before the list's; a change prices what is there anew."""

import pytest

from services.analytics import tables
from services.contracts.prices import load_book
from tests.services.analytics.bench import open_bench, state_of
from tests.support.builders import BEN, MODEL, OTHER_TEAM, TEAM, after, make_usage

USES = [make_usage(input=1_000_000, output=0), make_usage(model="in-house", input=1_000_000, output=0)]
OWN = {MODEL: {"input": 1.5, "output": 2.0}, "in-house": {"input": 0.25, "output": 1.0, "cache_read": None}}


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


async def costs(bench):
    rows = await bench.rows(tables.usage)
    return {(row["team_id"] == OTHER_TEAM, row["model"]): row["cost_pico"] for row in rows}


async def test_a_change_of_prices_prices_all_anew(bench):
    await bench.take(state_of(USES), state_of(USES, native_id="others", team_id=OTHER_TEAM, user_id=BEN))
    await bench.roll_up()
    listed = {(False, MODEL): 3 * 10**12, (False, "in-house"): None}
    others = {(True, MODEL): 3 * 10**12, (True, "in-house"): None}
    assert await costs(bench) == listed | others
    await bench.set_team(prices=OWN)
    assert await bench.rebuilding.stale() is False
    own = {(False, MODEL): 1_500_000_000_000, (False, "in-house"): 250_000_000_000}
    assert await costs(bench) == own | others
    await bench.roll_up()
    models = [
        row for row in await bench.rows(tables.rollup) if (row["team_id"], row["dim"]) == (TEAM, "model")
    ]
    sums = {row["key"]: row["cost_pico"] for row in models}
    assert sums["in-house"] == 250_000_000_000
    # What comes now is priced so at once, and a rebuild changes nothing.
    await bench.take(state_of(USES, version=2), state_of(USES, native_id="new"))
    assert await costs(bench) == own | others
    await bench.roll_up()
    before = await bench.dump()
    await bench.rebuilding.everything()
    assert await bench.dump() == before
    await bench.set_team(after(hours=1), prices={})
    await bench.rebuilding.stale()
    assert await costs(bench) == listed | others


async def test_other_settings_price_nothing_anew(bench):
    await bench.set_team(prices=OWN, timezone="UTC")
    await bench.rebuilding.stale()
    await bench.set_team(after(hours=1), prices=OWN, timezone="Asia/Tokyo")
    assert [row["stale"] for row in await bench.rows(tables.teams)] == [False]
    # News of long ago changes neither.
    await bench.set_team(after(hours=-9), prices={})
    (row,) = await bench.rows(tables.teams)
    assert (row["stale"], row["settings"]["timezone"]) == (False, "Asia/Tokyo")


def test_own_prices_hold_for_every_spelling_and_every_kind():
    book = load_book().with_own(OWN)
    usage = make_usage(model=f"{MODEL}-20250929", input=1_000_000, output=1_000_000, cache_read=1_000_000)
    assert book.cost(usage) == 5 * 10**12
    assert book.cost(make_usage(model="gpt-5")) == load_book().cost(make_usage(model="gpt-5"))
