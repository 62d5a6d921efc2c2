"""Half, most and all of a budget is told once a period, whatever comes twice or is counted anew."""

import pytest

from services.analytics import tables
from services.analytics.domain.budgets import Limit, limits_of, times
from services.contracts.people import TeamDeleted, UserDeleted
from services.runtime.bus import Message
from tests.services.analytics.bench import open_bench, state_of
from tests.support.builders import ANNA, BEN, START, TEAM, after, make_usage

DAY = {"token_limits": {"per_member_day": 1000}}
MONTH = {"token_limits": {"per_team_month": 1000}}
SESSION = {"token_limits": {"per_session": 1000}, "cost_limits": {"per_session": 0.01}}


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


async def use(bench, tokens, native_id="native-1", **changes):
    version = changes.pop("version", tokens)
    usage = [make_usage(at=changes.pop("at", START), input=tokens, output=0)]
    await bench.take(state_of(usage, native_id=native_id, version=version, **changes))
    await bench.budgets.step()


async def crossed(bench):
    told = await bench.outgoing("budget.crossed")
    return [(one["scope"], one["unit"], one["percent"], one["value"], one["period"]) for one in told]


async def test_each_percentage_is_told_once_a_day(bench):
    await bench.set_team(**DAY)
    for tokens in (499, 500, 501, 799, 800, 1000, 5000):
        await use(bench, tokens)
    told = [("member_day", "tokens", percent, value, "2026-03-01") for percent, value in
            ((50, 500), (80, 800), (100, 1000))]  # fmt: skip
    assert await crossed(bench) == told
    (first, *_) = await bench.outgoing("budget.crossed")
    assert (first["team_id"], first["user_id"], first["session_id"]) == (str(TEAM), str(ANNA), None)
    assert (first["limit"], first["at"]) == (1000, "2026-03-01T12:00:00Z")
    await bench.rebuilding.everything()
    await bench.budgets.step()
    assert await crossed(bench) == told
    bench.clock.at = after(days=1)
    await use(bench, 600, "tomorrow", at=after(days=1))
    assert (await crossed(bench))[-1] == ("member_day", "tokens", 50, 600, "2026-03-02")


async def test_several_at_once_are_told_by_the_highest(bench):
    await bench.set_team(**DAY)
    await use(bench, 850)
    await use(bench, 900)
    assert await crossed(bench) == [("member_day", "tokens", 80, 850, "2026-03-01")]
    noted = {row["percent"] for row in await bench.rows(tables.crossings)}
    assert noted == {50, 80}


async def test_a_month_counts_what_is_private_of_three_people(bench):
    await bench.set_team(**MONTH, timezone="Europe/Berlin")
    await use(bench, 400)
    await use(bench, 500, "private", user_id=BEN, username="ben", visibility="private")
    assert await crossed(bench) == []
    await use(bench, 1, "third", user_id=TEAM, username="cleo")
    assert await crossed(bench) == [("team_month", "tokens", 80, 901, "2026-03")]
    (one,) = await bench.outgoing("budget.crossed")
    assert (one["user_id"], one["session_id"]) == (None, None)


async def test_a_session_is_told_of_with_whose_it_is(bench):
    await bench.set_team(**SESSION)
    await use(bench, 3000, visibility="private")
    told = await bench.outgoing("budget.crossed")
    assert {(one["unit"], one["percent"], one["value"], one["limit"]) for one in told} == {
        ("tokens", 100, 3000, 1000), ("cost", 80, 0.009, 0.01),
    }  # fmt: skip
    (row,) = await bench.rows(tables.sessions)
    assert {(one["session_id"], one["user_id"]) for one in told} == {(str(row["session_id"]), str(ANNA))}


async def test_nothing_is_told_without_limits_or_of_what_has_long_been(bench):
    await use(bench, 10**6)
    assert await bench.rows(tables.outbox) == []
    await bench.set_team(**SESSION)
    await bench.roll_up()
    bench.clock.at = after(days=3)
    await bench.budgets.step()
    assert await bench.rows(tables.outbox) == []


async def test_what_is_noted_goes_with_its_person_and_team(bench):
    await bench.set_team(**DAY)
    await use(bench, 600)
    await use(bench, 601, "bens", user_id=BEN, username="ben")
    gone = UserDeleted(user_id=BEN, team_ids=[TEAM], at=START)
    for told, left in ((gone, {ANNA}), (TeamDeleted(team_id=TEAM, at=START), set())):
        await bench.people.handle([Message(told.kind, told.model_dump_json().encode())])
        assert {row["subject"] for row in await bench.rows(tables.crossings)} == left


def test_limits_are_read_from_settings():
    settings = {
        "token_limits": {"per_session": 5, "per_member_day": None},
        "cost_limits": {"per_team_month": 1.5},
    }
    assert limits_of(settings) == [
        Limit("session", "tokens", 5), Limit("team_month", "cost", 1_500_000_000_000),
    ]  # fmt: skip
    assert limits_of({}) == []


@pytest.mark.parametrize(("value", "levels"), [(1, []), (2, [50]), (3, [50, 80]), (4, [50, 80, 100])])
def test_a_percentage_is_passed_when_it_is_reached(value, levels):
    # Of three: half is one and a half.
    assert Limit("session", "tokens", 3).passed(value) == {1: [], 2: [50], 3: [50, 80, 100], 4: levels}[value]


def test_days_and_months_are_those_of_the_zone():
    when = times(START.replace(hour=23), "Asia/Tokyo")
    assert (when.day, when.month) == ("2026-03-02", "2026-03")
    assert (when.today.last - when.today.first) == 8 * 4 + 1
