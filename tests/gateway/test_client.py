"""One socket that does not keep up, among others that do."""

from services.contracts.frames import CloseCode
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, session_id
from tests.gateway.stopwatch import settle

TEAM_CHANNEL = f"team:{TEAM}"


async def stuck(stage, **filters):
    """A reader who stops in the middle of the first update."""
    client, browser = await stage.joined(BEN, **filters)
    browser.stop_reading()
    await stage.ingest.put(0)
    await settle()
    return client, browser


async def test_a_send_that_takes_too_long_ends_that_socket_and_no_other():
    async with Stage(socket_send_seconds=0.05) as stage:
        _, quick = await stage.joined(ANNA)
        slow, _ = await stuck(stage)
        await stage.clock.advance(1)
        assert slow.ending.code == CloseCode.TOO_SLOW
        await stage.ingest.put(1)
        await stage.clock.advance(2)
        assert quick.cards[TEAM_CHANNEL].keys() == {str(session_id(0)), str(session_id(1))}
        assert stage.metric("td_sockets_cut_total", code="4408") == 1


async def test_more_sessions_than_may_wait_end_a_socket_that_does_not_read():
    async with Stage(socket_pending_sessions=5) as stage:
        _, quick = await stage.joined(ANNA)
        slow, _ = await stuck(stage)
        for n in range(1, 6):
            await stage.ingest.put(n)
        await stage.clock.advance(0.2)
        assert slow.ending is None
        await stage.ingest.put(6)
        await stage.clock.advance(0.2)
        assert slow.ending.code == CloseCode.TOO_SLOW
        assert stage.metric("td_frames_dropped_total") == 6
        await stage.clock.advance(2)
        assert len(quick.cards[TEAM_CHANNEL]) == 7


async def test_more_bytes_than_may_wait_do_too():
    async with Stage(socket_pending_bytes=5_000) as stage:
        slow, _ = await stuck(stage)
        await stage.ingest.put(1, note="x" * 3_000)
        await stage.clock.advance(0.2)
        assert slow.ending is None
        await stage.ingest.put(2, note="x" * 3_000)
        await stage.clock.advance(0.2)
        assert slow.ending.code == CloseCode.TOO_SLOW


async def test_one_session_that_changes_for_ever_never_fills_the_map():
    async with Stage(socket_pending_sessions=2) as stage:
        slow, browser = await stuck(stage)
        for version in range(500):
            await stage.ingest.put(1, title=str(version))
            await stage.clock.advance(0.005)
        assert slow.ending is None
        browser.read_on()
        await stage.clock.advance(2)
        assert browser.cards[TEAM_CHANNEL][str(session_id(1))]["title"] == "499"


async def test_a_reader_who_keeps_up_is_not_cut_for_what_is_held_back():
    """A large and busy team: more sessions wait for their second than a slow reader may leave waiting."""
    async with Stage(socket_pending_sessions=5) as stage:
        client, browser = await stage.joined()
        for title in ("a", "b"):
            for n in range(20):
                await stage.ingest.put(n, title=title)
            await settle()
        await stage.clock.advance(3)
        assert client.ending is None
        assert {card["title"] for card in browser.cards[TEAM_CHANNEL].values()} == {"b"}


async def test_a_burst_goes_out_in_messages_of_bounded_size():
    async with Stage() as stage:
        _, browser = await stage.joined()
        for n in range(450):
            await stage.ingest.put(n)
        await stage.clock.advance(1)
        assert len(browser.cards[TEAM_CHANNEL]) == 450
        assert max(len(text) for text in browser.texts) < 300 * 1024


async def test_replies_come_before_news_and_after_the_end_nothing_is_queued():
    async with Stage() as stage:
        client, browser = await stuck(stage)
        await stage.ingest.put(1)
        await settle()
        client.say(b'{"type": "pong"}')
        browser.read_on()
        await stage.clock.advance(1)
        assert browser.types()[1:] == ["session_update", "pong", "session_update"]
        client.end(4401)
        client.end(4408)
        assert client.ending.code == 4401
