"""Subscriptions: the snapshot, what follows it, and filters."""

import asyncio
import json

import pytest

from services.contracts.channels import user_channel
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id
from tests.gateway.stopwatch import settle

TEAM_CHANNEL = f"team:{TEAM}"


@pytest.fixture
async def stage():
    async with Stage() as stage:
        yield stage


async def test_the_data_of_a_frame_is_the_session_as_the_api_gives_it_with_its_headline_figures(stage):
    _, anna = await stage.joined()
    session = await stage.ingest.put(1, BEN)
    await settle()
    (frame,) = anna.frames[1:]
    extra = {"session_id": str(session.id), "health_score": None, "token_count": 3}
    assert frame["data"] == json.loads(session.model_dump_json()) | extra
    assert (frame["type"], frame["channel"], frame["left"]) == ("session_update", TEAM_CHANNEL, False)


async def test_the_first_change_goes_at_once_and_the_newest_of_the_rest_after_a_second(stage):
    _, anna = await stage.joined()
    await stage.ingest.put(1, title="a")
    await settle()
    for title in "bcd":
        await stage.ingest.put(1, title=title)
    await stage.clock.advance(0.9)
    assert [frame["data"]["title"] for frame in anna.of("session_update")] == ["a"]
    await stage.clock.advance(0.2)
    assert [frame["data"]["title"] for frame in anna.of("session_update")] == ["a", "d"]
    assert stage.metric("td_frames_coalesced_total") == 2
    assert stage.metric("td_frames_delivered_total") == 2


async def test_changes_of_many_sessions_travel_in_one_message(stage):
    _, anna = await stage.joined()
    for n in range(50):
        await stage.ingest.put(n)
    await stage.clock.advance(0.2)
    assert len(anna.of("session_update")) == 50
    assert len(anna.texts) <= 4


async def test_that_a_session_began_or_ended_comes_besides_its_update_and_is_not_coalesced_away(stage):
    _, anna = await stage.joined()
    await stage.ingest.put(1, created=True)
    await settle()
    assert anna.types()[1:] == ["session_update", "session_created"]
    await stage.ingest.put(1, title="x")
    await stage.ingest.put(1, ended=True, status="ended")
    await stage.ingest.put(1, title="y")
    await stage.clock.advance(1.1)
    assert anna.types()[3:] == ["session_update", "session_ended"]
    assert {frame["data"]["title"] for frame in anna.frames[3:]} == {"y"}


async def test_a_state_told_again_is_no_news(stage):
    _, anna = await stage.joined()
    session = await stage.ingest.put(1)
    await settle()
    from services.contracts.channels import SessionChanged, team_channel

    await stage.ingest.say(team_channel(TEAM), SessionChanged(session=session))
    await stage.clock.advance(2)
    assert len(anna.of("session_update")) == 1


async def test_a_session_that_stops_matching_leaves_once(stage):
    _, anna = await stage.joined(
        status=["active"], tools=["codex"], users=["anna", str(BEN)], tags=["x", "y"]
    )
    await stage.ingest.put(1, ANNA, tags=["x"])
    await stage.ingest.put(2, BEN, tags=["y", "z"])
    await stage.ingest.put(3, ANNA, tags=["z"])
    await stage.ingest.put(4, ANNA, tags=["x"], tool="gemini")
    await stage.clock.advance(1.1)
    assert anna.cards[TEAM_CHANNEL].keys() == {str(session_id(1)), str(session_id(2))}
    await stage.ingest.put(1, status="idle")
    await stage.clock.advance(1.1)
    await stage.ingest.put(1, status="idle", title="again")
    await stage.clock.advance(1.1)
    left = [frame for frame in anna.of("session_update") if frame["left"]]
    assert [frame["data"]["status"] for frame in left] == ["idle"]
    await stage.ingest.put(1, status="active")
    await stage.clock.advance(1.1)
    assert str(session_id(1)) in anna.cards[TEAM_CHANNEL]


async def test_a_deleted_session_is_told_and_stays_away(stage):
    _, anna = await stage.joined()
    session = await stage.ingest.put(1)
    await stage.clock.advance(2)
    await stage.ingest.delete(1)
    from services.contracts.channels import SessionChanged, team_channel

    await stage.ingest.say(team_channel(TEAM), SessionChanged(session=session))
    await stage.clock.advance(2)
    (frame,) = anna.of("session_deleted")
    assert frame["data"]["session_id"] == str(session.id)
    assert anna.cards[TEAM_CHANNEL] == {}


async def test_a_session_channel_has_that_session_only(stage):
    stage.ingest.save(1, ANNA, visibility="private")
    stage.ingest.save(2, BEN)
    channel = f"session:{session_id(1)}"
    _, anna = await stage.joined(ANNA, channel)
    await stage.ingest.put(2, title="x")
    await stage.ingest.put(1, visibility="team", title="y")
    await stage.clock.advance(2)
    assert anna.cards[channel].keys() == {str(session_id(1))}
    assert [frame["data"]["title"] for frame in anna.of("session_update")] == ["y"]


async def test_twenty_channels_are_enough(stage):
    for n in range(21):
        stage.ingest.save(n)
    client, browser = stage.open()
    for n in range(21):
        await stage.subscribe(client, f"session:{session_id(n)}")
    assert browser.types() == ["subscribed"] * 20 + ["error"]
    assert browser.frames[-1]["code"] == "too_many_channels"
    await stage.subscribe(client, f"session:{session_id(0)}")
    assert browser.types()[-1] == "subscribed"


async def test_after_unsubscribe_nothing_comes(stage):
    client, anna = await stage.joined()
    await stage.ingest.put(1)
    stage.hub.unsubscribe(client, TEAM_CHANNEL)
    await stage.ingest.put(2)
    await stage.clock.advance(2)
    assert anna.types()[-1] == "unsubscribed"
    assert stage.metric("td_subscriptions") == 0


async def test_other_filters_replace_the_subscription(stage):
    stage.ingest.save(1, status="idle")
    stage.ingest.save(2, status="active")
    client, anna = await stage.joined()
    await stage.subscribe(client, status=["idle"])
    assert anna.cards[TEAM_CHANNEL].keys() == {str(session_id(1))}
    await stage.ingest.put(2, title="x")
    await stage.clock.advance(2)
    assert anna.types() == ["subscribed", "subscribed"]


async def test_many_readers_at_once_share_one_query_of_each_audience(stage):
    stage.ingest.save(1)
    stage.ingest.gate.clear()
    clients = [stage.open(caller(user)) for user in (ANNA, BEN) for _ in range(5)]
    asked = [asyncio.create_task(stage.subscribe(client)) for client, _ in clients]
    await settle()
    stage.ingest.gate.set()
    await asyncio.gather(*asked)
    await stage.clock.advance(0.5)
    assert len(stage.ingest.loads) == 3
    await stage.joined(ANNA)
    assert len(stage.ingest.loads) == 3
    await stage.clock.advance(1)
    await stage.joined(ANNA)
    assert len(stage.ingest.loads) == 5
    assert all(browser.types() == ["subscribed"] for _, browser in clients)


async def test_what_changes_while_the_snapshot_is_under_way_is_in_it(stage):
    stage.ingest.save(1, title="old")
    stage.ingest.gate.clear()
    client, anna = stage.open()
    asked = asyncio.create_task(stage.subscribe(client))
    await settle()
    stale = dict(stage.ingest.sessions)
    await stage.ingest.put(1, title="new")
    await stage.ingest.put(2, BEN)
    stage.ingest.sessions, fresh = stale, stage.ingest.sessions
    stage.ingest.gate.set()
    await asked
    stage.ingest.sessions = fresh
    await stage.clock.advance(2)
    assert anna.cards[TEAM_CHANNEL][str(session_id(1))]["title"] == "new"
    assert str(session_id(2)) in anna.cards[TEAM_CHANNEL]


async def test_a_snapshot_served_twice_holds_what_came_in_between(stage):
    stage.ingest.save(1, title="old")
    await stage.joined(ANNA)
    await stage.ingest.put(1, title="new")
    await stage.ingest.put(2, BEN)
    await settle()
    _, ben = await stage.joined(BEN)
    assert ben.cards[TEAM_CHANNEL][str(session_id(1))]["title"] == "new"
    assert str(session_id(2)) in ben.cards[TEAM_CHANNEL]


async def test_a_cut_snapshot_shows_the_newest_and_says_so():
    from datetime import timedelta

    from tests.gateway.stage import START

    async with Stage(snapshot_sessions=3) as stage:
        for n in range(5):
            stage.ingest.save(n, last_activity_at=START + timedelta(minutes=n))
        _, anna = await stage.joined()
        (frame,) = anna.frames
        assert [one["id"] for one in frame["sessions"]] == [str(session_id(n)) for n in (4, 3, 2)]
        assert frame["truncated"] is True


async def test_the_channel_of_a_person_who_left_is_let_go(stage):
    client, _ = await stage.joined()
    stage.hub.leave(client)
    await stage.clock.advance(6)
    listener = next(iter(stage.fanout._listeners))
    assert listener._channels == {"control"}
    _, anna = await stage.joined()
    await stage.ingest.put(1, visibility="private")
    await settle()
    assert anna.types() == ["subscribed", "session_update"]
    assert user_channel(TEAM, ANNA) in listener._channels


async def test_messages_that_are_no_sessions_pass_by(stage):
    _, anna = await stage.joined()
    for payload in (b"", b"\xff", b"{}", b'{"type": "insight_shared"}', b"[" * 500):
        await stage.fanout.publish(TEAM_CHANNEL, payload)
    await stage.ingest.put(1)
    await settle()
    assert anna.types() == ["subscribed", "session_update"]
