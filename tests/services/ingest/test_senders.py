"""Whose messages are heard, and what is noted of a machine."""

import pytest

from services.ingest import tables
from services.runtime.auth.agents import agent_id
from tests.support.builders import ANNA, BEN, EPOCH, OTHER_TEAM, TEAM, heartbeat, make_report, message


@pytest.mark.parametrize(
    "sent",
    [
        message(make_report(), agent=agent_id(TEAM, ANNA, "never introduced")),
        message(make_report(), user=BEN),
        message(make_report(), team=OTHER_TEAM),
        message(heartbeat(), user=BEN),
    ],
    ids=["unknown", "another person's", "another team's", "another's heartbeat"],
)
async def test_only_the_agents_of_the_sender_are_heard(bench, sent):
    before = await bench.rows(tables.agents)
    bench.clock.advance(minutes=1)
    answers = await bench.take(sent, make_report(1, "native-2"))
    assert answers[0] is not None
    assert (answers[0].code, answers[1]) == ("unknown_agent", None)
    assert (await bench.session())["native_id"] == "native-2"
    before[0] |= {"epoch": EPOCH, "n": 1}
    assert await bench.rows(tables.agents) == before


async def test_anothers_message_wakes_no_sessions(bench):
    await bench.take(make_report())
    bench.clock.advance(seconds=91)
    assert await bench.sweep.once() == 1
    await bench.take(message(heartbeat(), user=BEN))
    assert (await bench.session())["status"] == "idle"


async def test_a_heartbeat_is_noted_and_tells_nothing(bench):
    bench.clock.advance(seconds=30)
    assert await bench.take(heartbeat()) == [None]
    (agent,) = await bench.rows(tables.agents)
    assert (agent["last_seen_at"], agent["epoch"]) == (bench.clock.now(), 0)
    assert bench.bus.got == bench.fanout.got == []


async def test_an_agent_is_known_by_its_highest_report(bench):
    await bench.take(make_report(5), make_report(7, "native-2"), make_report(6, "native-3"))
    await bench.take(make_report(2, "native-4"))
    (agent,) = await bench.rows(tables.agents)
    assert (agent["epoch"], agent["n"]) == (EPOCH, 7)
