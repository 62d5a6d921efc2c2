"""A team's own prices hold for its sessions, for those as well that are there already."""

import asyncio

import pytest

from services.contracts.channels import SessionChanged
from services.contracts.prices import load_book
from services.contracts.sessions import SessionStates
from services.ingest import repricing
from services.ingest.burial import Burial
from services.ingest.repricing import Repricing
from services.ingest.retention import Retention
from services.ingest.store import prices, received
from services.ingest.tables import ingest_teams, outbox, session_usage, sessions
from services.runtime.auth.agents import agent_id
from services.runtime.reach import NOBODY
from tests.support.builders import BEN, MODEL, OTHER_TEAM, after, make_report, make_usage, message
from tests.support.waiting import held_up

USES = (make_usage(input=1_000_000, output=0), make_usage(model="in-house", input=1_000_000, output=0))
OWN = {"prices": {MODEL: {"input": 1.5, "output": 2.0}, "in-house": {"input": 0.25, "output": 1.0}}}
LISTED, OURS = (None, ["in-house"]), (1_750_000_000_000, [])


@pytest.fixture
def pricing(bench):
    return Repricing(bench.database, load_book(), bench.outbox, bench.settings, bench.clock)


def report(n, name, **facts):
    return make_report(n, name, **{"usage": USES} | facts)


async def decide(bench, settings, **later):
    """The team has these settings from a moment later on."""
    bench.clock.advance(**later or {"seconds": 1})
    await bench.set_team(settings)


async def reprice(pricing):
    while await pricing.step():
        pass


async def costs(bench):
    """What each session costs, and what of it has no price, by its name."""
    rows = await bench.rows(sessions)
    return {row["native_id"]: (row["cost_pico"], row["unpriced_models"]) for row in rows}


async def told(bench):
    """The versions and costs that the bus is told, and those that browsers are, by session."""
    rows = await bench.rows(outbox)
    bodies = [SessionStates.model_validate_json(row["body"]) for row in rows if row["kind"] != "fanout"]
    frames = [SessionChanged.model_validate_json(row["body"]) for row in rows if row["kind"] == "fanout"]
    on_bus = [state.session for body in bodies for state in body.states]
    return [
        {one.native_id: (one.version, one.cost_usd) for one in each}
        for each in (on_bus, [frame.session for frame in frames])
    ]


async def test_own_prices_hold_at_once_for_what_is_reported(bench):
    await decide(bench, OWN)
    await bench.take(report(1, "ours"))
    assert await costs(bench) == {"ours": OURS}
    uses = {row["model"]: row["cost_pico"] for row in await bench.rows(session_usage)}
    assert uses == {MODEL: 1_500_000_000_000, "in-house": 250_000_000_000}
    (state,) = bench.states()
    assert (state.session.cost_usd, state.session.unpriced_models) == (1.75, [])


async def test_a_change_of_prices_prices_the_teams_sessions_anew(bench, pricing):
    others = agent_id(OTHER_TEAM, BEN, "m")
    await bench.introduce(others, OTHER_TEAM, BEN)
    old = {"started_at": after(days=-9), "last_activity_at": after(days=-9), "ended_at": after(days=-9)}
    await bench.take(
        report(1, "live"),
        report(2, "old", status="ended", **old),
        report(3, "other model", usage=(make_usage(model="gpt-5"),)),
        report(4, "sum alone", usage=(), total_tokens=5),
        message(report(1, "theirs"), team=OTHER_TEAM, user=BEN, agent=others),
    )
    before = {row["native_id"]: row for row in await bench.rows(sessions)}
    assert (await costs(bench))["live"] == LISTED
    await decide(bench, OWN)
    await reprice(pricing)
    now = {row["native_id"]: row for row in await bench.rows(sessions)}
    changed = {name for name in now if now[name] != before[name]}
    assert changed == {"live", "old"}
    for name in changed:
        different = {key for key in now[name] if now[name][key] != before[name][key]}
        assert different == {"cost_pico", "unpriced_models", "sort_cost", "version"}
        assert (now[name]["cost_pico"], now[name]["unpriced_models"]) == OURS
        assert (now[name]["sort_cost"], now[name]["version"]) == (OURS[0], 2)
    assert await told(bench) == [{"live": (2, 1.75), "old": (2, 1.75)}, {"live": (2, 1.75)}]
    await decide(bench, {})
    await reprice(pricing)
    again = {row["native_id"]: row for row in await bench.rows(sessions)}
    assert {name: row | {"version": 1} for name, row in again.items()} == before


async def test_nothing_is_done_where_prices_stay(bench, pricing):
    await bench.take(report(1, "one"))
    await decide(bench, {"timezone": "UTC"})
    assert await pricing.step() is False
    await decide(bench, OWN)
    await reprice(pricing)
    await decide(bench, {**OWN, "timezone": "Asia/Tokyo"})
    assert await pricing.step() is False
    # News of long ago changes neither.
    await decide(bench, {}, hours=-9)
    assert await pricing.step() is False
    (team,) = await bench.rows(ingest_teams)
    assert (team["stale"], team["settings"]["timezone"]) == (False, "Asia/Tokyo")


async def test_a_deleted_session_stays_as_it_is(bench, pricing):
    long_ago = {"last_activity_at": after(days=-9), "ended_at": after(days=-9)}
    await bench.take(report(1, "gone", status="ended", **long_ago))
    await decide(bench, {"retention_days": 1})
    await Retention(bench.database, Burial(bench.outbox, bench.clock), bench.clock, bench.metrics).step()
    before = await bench.rows(sessions)
    await decide(bench, OWN)
    await reprice(pricing)
    assert await bench.rows(sessions) == before
    assert [row["deleted_at"] is None for row in before] == [False]


async def test_many_are_priced_step_by_step_also_where_prices_change_meanwhile(bench, pricing, monkeypatch):
    monkeypatch.setattr(repricing, "AT_ONCE", 2)
    await bench.take(*(report(n, f"session-{n}") for n in range(1, 6)))
    await decide(bench, OWN)
    assert await pricing.step()
    assert list((await costs(bench)).values()).count(OURS) == 2
    dearer = {"prices": {**OWN["prices"], "in-house": {"input": 0.5, "output": 1.0}}}
    await decide(bench, dearer)
    await reprice(pricing)
    assert list((await costs(bench)).values()) == [(2_000_000_000_000, [])] * 5
    (team,) = await bench.rows(ingest_teams)
    assert not team["stale"]


async def test_what_is_taken_in_while_prices_change_is_priced_anew(bench, pricing, monkeypatch):
    begun = held_up(monkeypatch, bench.database, received, "put_sessions")
    taking = asyncio.create_task(bench.take(report(1, "new")))
    await begun()
    await decide(bench, OWN)
    await reprice(pricing)
    assert await taking == [None]
    assert await costs(bench) == {"new": OURS}


async def test_all_teams_are_priced_anew_when_it_is_asked_for(bench, pricing):
    await decide(bench, {})
    await bench.take(report(1, "one"))
    cheaper = Repricing(
        bench.database, load_book().with_own(OWN["prices"]), bench.outbox, bench.settings, bench.clock
    )
    assert await cheaper.step() is False
    async with bench.database.write(NOBODY) as connection:
        assert await prices.mark_all(None, connection) == 1
    await reprice(cheaper)
    assert await costs(bench) == {"one": OURS}
    assert await cheaper.step() is False
