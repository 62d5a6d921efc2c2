"""Who hears of which session, and who never does."""

import json
from uuid import uuid4

import pytest

from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id

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
