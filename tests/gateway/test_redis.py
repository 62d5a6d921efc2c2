"""The hub over Redis, and what becomes of its browsers when that is killed."""

import asyncio
import json
from uuid import UUID

import pytest

from services.runtime.clock import SystemClock
from services.runtime.fanout.open import open_fanout
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id
from tests.support.servers.redis import ask
from tests.support.waiting import eventually

TEAM_CHANNEL = f"team:{TEAM}"


class RealTime(Stage):
    """The stage with a fan-out that is elsewhere."""

    def __init__(self, url, **settings):
        def fanout(settings, _clock, metrics):
            return open_fanout(url, settings, SystemClock(), metrics)

        super().__init__(
            fanout,
            clock=SystemClock(),
            fanout_check_seconds=0.2,
            frame_interval_seconds=0.01,
            **settings,
        )

    async def __aenter__(self):
        await self.fanout.start()
        return await super().__aenter__()

    async def __aexit__(self, *given):
        await super().__aexit__(*given)
        await self.fanout.stop()

    async def until_equal(self, user, browser):
        def is_equal():
            shown = {key: card["version"] for key, card in browser.cards.get(TEAM_CHANNEL, {}).items()}
            return shown == {
                str(one.id): one.version
                for one in self.ingest.sessions.values()
                if one.visibility != "private" or one.user_id == user
            }

        await eventually(is_equal)


@pytest.fixture
async def stage(redis_url):
    async with RealTime(redis_url) as stage:
        yield stage


async def test_changes_arrive_and_a_cursor_is_good_for_what_came_after_it(stage):
    stage.ingest.save(1, BEN)
    client, anna = await stage.joined(ANNA)
    await stage.until_equal(ANNA, anna)
    await stage.ingest.put(2, visibility="private")
    await stage.until_equal(ANNA, anna)
    stage.hub.leave(client)
    await stage.ingest.put(1, title="missed")
    again, browser = stage.open()
    browser.cards = anna.cards
    await stage.subscribe(again, since=anna.cursors[TEAM_CHANNEL])
    await stage.until_equal(ANNA, browser)
    assert browser.frames[0]["resumed"] is True


async def test_browsers_are_whole_again_after_redis_was_killed_and_after_a_connection_was_cut(
    stage, redis_server, redis_url
):
    _, anna = await stage.joined(ANNA)
    _, ben = await stage.joined(BEN)
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    for n in range(3):
        await stage.ingest.put(n)
        await asyncio.to_thread(ask, port, "CLIENT KILL TYPE pubsub")
        await stage.ingest.put(n, title=f"cut {n}")
        await stage.until_equal(ANNA, anna)
        await stage.until_equal(BEN, ben)
    await asyncio.to_thread(redis_server.stop)
    stage.ingest.save(7, BEN, title="while it was away")
    await asyncio.to_thread(redis_server.start)
    await eventually(lambda: stage.fanout.problem() is None)
    await stage.ingest.put(8, ANNA, visibility="private")
    await stage.until_equal(ANNA, anna)
    await stage.until_equal(BEN, ben)
    assert str(session_id(8)) not in json.dumps(ben.texts)


async def test_gateways_tell_each_other_who_looks(redis_url):
    """Also after the connections between them were cut."""
    quick = {"presence_seconds": 0.05, "presence_beat_seconds": 0.1, "presence_expiry_seconds": 1.0}
    channel = f"session:{session_id(1)}"

    async def look(stage, user):
        client, browser = stage.open(caller(user, username=str(user.int)))
        await stage.subscribe(client, channel)
        return client, browser

    def shows(browser, *people):
        told = browser.of("presence")
        return bool(told) and [one["username"] for one in told[-1]["data"]["people"]] == list(people)

    async with RealTime(redis_url, **quick) as one, RealTime(redis_url, **quick) as other:
        for each in (one, other):
            each.ingest.save(1)
        _, anna = await look(one, ANNA)
        ben, bens = await look(other, BEN)
        await eventually(lambda: shows(anna, "12") and shows(bens, "11"))
        port = int(redis_url.rpartition(":")[2].partition("/")[0])
        await asyncio.to_thread(ask, port, "CLIENT KILL TYPE pubsub")
        client, _ = await look(other, UUID(int=13))
        await eventually(lambda: shows(anna, "12", "13"))
        for gone in (ben, client):
            other.lose(gone)
        await eventually(lambda: shows(anna))
