"""Subscriptions: the snapshot, what follows it, filters, privacy, and how a client comes back."""

import asyncio
import json
from uuid import uuid4

import pytest

from services.contracts.channels import user_channel
from services.contracts.frames import CloseCode
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id, settle

TEAM_CHANNEL = f"team:{TEAM}"


@pytest.fixture
async def stage():
    async with Stage() as stage:
        yield stage


async def test_a_snapshot_has_the_shared_sessions_and_the_readers_own(stage):
    stage.ingest.save(1, ANNA)
    stage.ingest.save(2, BEN)
    stage.ingest.save(3, ANNA, visibility="private")
    stage.ingest.save(4, BEN, visibility="private")
    _, anna = await stage.joined(ANNA)
    _, ben = await stage.joined(BEN)
    assert anna.cards[TEAM_CHANNEL].keys() == {str(session_id(n)) for n in (1, 2, 3)}
    assert ben.cards[TEAM_CHANNEL].keys() == {str(session_id(n)) for n in (1, 2, 4)}
    assert anna.types() == ["subscribed"]


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


async def test_a_colleague_never_hears_of_a_private_session(stage):
    _, anna = await stage.joined(ANNA)
    _, ben = await stage.joined(BEN)
    for title in ("one", "two"):
        await stage.ingest.put(1, ANNA, visibility="private", title=title)
        await stage.clock.advance(1.1)
    await stage.ingest.delete(1)
    await stage.clock.advance(2)
    assert anna.types() == ["subscribed", "session_update", "session_update", "session_deleted"]
    assert ben.types() == ["subscribed"]


@pytest.mark.parametrize("pause", [0.0, 0.3, 2.0])
async def test_a_session_made_private_leaves_its_watchers_once_without_a_word_more(stage, pause):
    _, anna = await stage.joined(ANNA)
    _, ben = await stage.joined(BEN)
    await stage.ingest.put(1, ANNA, visibility="private", title="secret 1")
    await stage.clock.advance(pause)
    await stage.ingest.put(1, visibility="team", title="open")
    await stage.clock.advance(2)
    await stage.ingest.put(1, visibility="private", title="secret 2")
    await stage.clock.advance(pause)
    await stage.ingest.put(1, visibility="private", title="secret 3")
    await stage.clock.advance(2)
    assert [(frame["left"], frame["data"].get("title")) for frame in ben.of("session_update")] == [
        (False, "open"),
        (True, None),
    ]
    assert "secret" not in "".join(ben.texts)
    assert not any(frame["left"] for frame in anna.of("session_update"))
    assert anna.cards[TEAM_CHANNEL][str(session_id(1))]["title"] == "secret 3"


async def test_what_was_published_late_does_not_undo_that_a_session_became_private(stage):
    """A consumer that is slow to publish tells the shared state after the API has said it is private."""
    shared = stage.ingest.save(1, ANNA, title="was open")
    _, anna = await stage.joined(ANNA)
    await stage.ingest.put(1, visibility="private")
    await stage.clock.advance(2)
    _, ben = await stage.joined(BEN)
    from services.contracts.channels import SessionChanged, team_channel

    await stage.ingest.say(team_channel(TEAM), SessionChanged(session=shared))
    await stage.clock.advance(2)
    assert ben.types() == ["subscribed"]
    assert "was open" not in "".join(ben.texts)
    assert anna.cards[TEAM_CHANNEL][str(session_id(1))]["visibility"] == "private"


async def test_the_own_channel_has_what_is_ones_own_alone(stage):
    stage.ingest.save(1, ANNA, visibility="private")
    stage.ingest.save(2, ANNA)
    stage.ingest.save(3, BEN)
    _, anna = await stage.joined(ANNA, f"user:{ANNA}")
    channel = f"user:{ANNA}"
    assert anna.cards[channel].keys() == {str(session_id(1))}
    await stage.ingest.put(1, visibility="team")
    await stage.ingest.put(2, visibility="private")
    await stage.ingest.put(3, title="x")
    await stage.clock.advance(2)
    assert anna.cards[channel].keys() == {str(session_id(2))}
    assert [frame["data"]["session_id"] for frame in anna.of("session_update") if frame["left"]] == [
        str(session_id(1))
    ]


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


async def test_what_is_not_the_readers_and_what_does_not_exist_look_the_same(stage):
    stage.ingest.save(1, BEN, visibility="private")
    client, anna = stage.open(caller(ANNA))
    refused = [
        f"team:{uuid4()}", f"user:{BEN}", f"session:{session_id(1)}", f"session:{uuid4()}", "team:abc",
        "nonsense", "", "team:", f"team:{{{TEAM}}}", f"role:{TEAM}", "team:" + "\0" * 36,
    ]  # fmt: skip
    for channel in refused:
        await stage.subscribe(client, channel)
    assert [frame.pop("channel") for frame in anna.frames] == refused
    assert {json.dumps({**frame, "channel": None}) for frame in anna.frames} == {
        '{"type": "error", "code": "not_found", "detail": "There is no such channel.", "channel": null}'
    }
    assert client.ending is None


async def test_who_is_in_no_team_has_no_channels(stage):
    client, browser = stage.open(caller(ANNA, None))
    for channel in (TEAM_CHANNEL, f"user:{ANNA}", f"session:{session_id(1)}"):
        await stage.subscribe(client, channel)
    assert {frame["code"] for frame in browser.frames} == {"not_found"}


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
    from gateway.cursor import read_cursor, write_cursor
    from services.runtime.fanout import Position

    client, anna = await stage.joined()
    here = read_cursor(anna.cursors[TEAM_CHANNEL], 2)
    ahead = write_cursor([Position(at.epoch, at.offset + 10) for at in here])
    await stage.subscribe(client, since=ahead)
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
