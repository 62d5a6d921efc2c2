"""Clients that come back with a cursor."""

import json

import pytest

from services.contracts.frames import CloseCode
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, session_id
from tests.gateway.stopwatch import settle

TEAM_CHANNEL = f"team:{TEAM}"


@pytest.fixture
async def stage():
    async with Stage() as stage:
        yield stage


async def test_a_client_that_comes_back_is_told_what_it_missed_and_nothing_else(stage):
    stage.ingest.save(1)
    client, anna = await stage.joined()
    await stage.ingest.put(2, title="seen")
    await settle()
    cursor = anna.cursors[TEAM_CHANNEL]
    stage.hub.leave(client)
    await stage.ingest.put(2, title="missed")
    await stage.ingest.put(3, ANNA, visibility="private")
    await stage.ingest.put(4, BEN, visibility="private")
    loads = len(stage.ingest.loads)
    again, browser = stage.open()
    browser.cards = {TEAM_CHANNEL: dict(anna.cards[TEAM_CHANNEL])}
    await stage.subscribe(again, since=cursor)
    await stage.clock.advance(1)
    assert browser.frames[0]["resumed"] is True
    assert browser.frames[0]["sessions"] == []
    assert {frame["data"]["session_id"] for frame in browser.of("session_update")} == {
        str(session_id(2)), str(session_id(3))
    }  # fmt: skip
    assert len(stage.ingest.loads) == loads


async def test_a_cursor_never_runs_ahead_of_what_was_sent(stage):
    """What waits for its second when the socket is lost is told after the return."""
    client, anna = await stage.joined()
    await stage.ingest.put(1, title="first")
    await settle()
    await stage.ingest.put(1, title="held back")
    await stage.ingest.put(2)
    await stage.clock.advance(0.2)
    assert [frame["data"]["title"] for frame in anna.of("session_update")] == ["first", None]
    stage.hub.leave(client)
    again, browser = stage.open()
    await stage.subscribe(again, since=anna.cursors[TEAM_CHANNEL])
    await stage.clock.advance(1)
    assert "held back" in [frame["data"]["title"] for frame in browser.of("session_update")]


@pytest.mark.parametrize("cursor", ["nonsense", "Zm9v", "é", "YTox", "eDoxIHg6MQ", "=", "a" * 500])
async def test_a_cursor_that_says_nothing_gets_a_fresh_start(stage, cursor):
    client, anna = stage.open()
    await stage.subscribe(client, since=cursor)
    assert anna.types() == ["resync", "subscribed"]
    assert anna.frames[-1]["resumed"] is False


async def test_a_cursor_from_the_future_gets_a_fresh_start(stage):
    from gateway.cursor import join_parts, read_cursor, write_part
    from services.runtime.fanout import Position

    client, anna = await stage.joined()
    here = read_cursor(anna.cursors[TEAM_CHANNEL], 2)
    ahead = join_parts([write_part(Position(at.epoch, at.offset + 10)) for at in here])
    await stage.subscribe(client, since=ahead.decode())
    assert anna.types() == ["subscribed", "resync", "subscribed"]


async def test_more_missed_than_is_kept_means_a_fresh_start():
    async with Stage(fanout_keep_entries=5) as stage:
        client, anna = await stage.joined()
        stage.hub.leave(client)
        for n in range(6):
            await stage.ingest.put(n)
        again, browser = stage.open()
        await stage.subscribe(again, since=anna.cursors[TEAM_CHANNEL])
        assert browser.types() == ["resync", "subscribed"]
        assert len(browser.cards[TEAM_CHANNEL]) == 6
        assert stage.metric("td_resyncs_total") == 1


async def test_who_comes_back_to_a_narrow_view_is_told_what_no_longer_belongs_there(stage):
    client, anna = await stage.joined(status=["active"])
    await stage.ingest.put(1)
    await settle()
    stage.hub.leave(client)
    await stage.ingest.put(1, status="idle")
    again, browser = stage.open()
    browser.cards = anna.cards
    await stage.subscribe(again, since=anna.cursors[TEAM_CHANNEL], status=["active"])
    await stage.ingest.put(1, status="idle", title="x")
    await stage.clock.advance(2)
    assert browser.cards[TEAM_CHANNEL] == {}
    assert len(browser.of("session_update")) == 1


async def test_a_session_page_that_comes_back_gets_its_session_afresh(stage):
    stage.ingest.save(1)
    channel = f"session:{session_id(1)}"
    client, anna = await stage.joined(ANNA, channel)
    await stage.ingest.put(1, title="new")
    await stage.subscribe(client, channel, since=anna.cursors[channel])
    assert anna.types()[-1] == "subscribed"
    assert anna.cards[channel][str(session_id(1))]["title"] == "new"


async def test_while_snapshots_cannot_be_had_clients_are_asked_to_come_back(stage):
    stage.ingest.broken = True
    client, _ = await stage.joined()
    assert client.ending.code == CloseCode.RESTARTING
    assert 0 <= json.loads(client.ending.reason)["retry_in_ms"] <= 15_000
    stage.ingest.broken = False
    client, browser = await stage.joined()
    assert client.ending is None
    assert browser.types() == ["subscribed"]
