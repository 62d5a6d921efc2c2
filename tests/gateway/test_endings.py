"""Sockets that end: readers who do not read, and servers that stop."""

import asyncio
import itertools
import json

import pytest

from services.runtime.host.sockets import PromptSockets
from tests.gateway.house import SECONDS, TEAM_CHANNEL, House, closing, hear, say
from tests.support.waiting import eventually

pytestmark = pytest.mark.composed


@pytest.fixture
async def house(direct):
    async with House(direct=direct) as house:
        yield house


async def test_one_who_does_not_read_is_cut_with_4408_and_the_others_are_not(direct):
    async with (
        House(direct=direct, socket_send_seconds=3.0, frame_interval_seconds=0.01) as house,
        house.signed_in("ben", max_queue=1) as slow,
        house.signed_in() as quick,
    ):
        for socket in (slow, quick):
            await say(socket, type="subscribe", channel=TEAM_CHANNEL)
            assert (await hear(socket))["type"] == "subscribed"
        slow.transport.pause_reading()
        reader = asyncio.create_task(titles_until(quick, "last"))
        await flood(house)
        slow.transport.resume_reading()
        assert (await closing(slow))[0] == 4408
        await house.ingest.put(99, title="last")
        await reader
        await eventually(lambda: house.open_sockets() == 1)


async def flood(house):
    """Change sessions until somebody was cut for not reading that."""
    async with asyncio.timeout(SECONDS):
        for n in itertools.count():
            await house.ingest.put(n % 50, note="x" * 9_000)
            await asyncio.sleep(0.001)
            if cut(house):
                return


def cut(house):
    return house.metrics.registry.get_sample_value("td_sockets_cut_total", {"code": "4408"})


class Impatient(PromptSockets):
    linger_seconds = 0.1
    close_timeout = 0.1


async def test_one_who_never_reads_again_is_cut_off_and_leaves_nothing_behind(direct):
    async with (
        House(Impatient, direct=direct, socket_send_seconds=0.2, frame_interval_seconds=0.01) as house,
        house.signed_in("ben", max_queue=1) as slow,
    ):
        await say(slow, type="subscribe", channel=TEAM_CHANNEL)
        assert (await hear(slow))["type"] == "subscribed"
        slow.transport.pause_reading()
        await flood(house)
        await eventually(lambda: not house.server.server_state.connections)
        slow.transport.abort()


async def titles_until(socket, title):
    while True:
        frame = await hear(socket)
        for one in frame.get("frames", [frame]):
            if one["data"]["title"] == title:
                return


async def test_stopping_asks_everybody_to_come_back_later(house):
    async with house.signed_in() as first, house.signed_in("ben") as second:
        house.server.should_exit = True
        for socket in (first, second):
            code, reason = await closing(socket)
            assert code == 1012
            assert 0 <= json.loads(reason)["retry_in_ms"] <= 15_000
    assert house.open_sockets() == 0


async def test_a_socket_that_comes_while_others_are_sent_away_is_sent_away_too(house):
    await house.part.drain()
    async with house.connect() as late:
        await say(late, type="auth", token="anna")
        code, reason = await closing(late)
    assert (code, list(json.loads(reason))) == (1012, ["retry_in_ms"])
