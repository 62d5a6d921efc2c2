"""What the fan-out does when Redis or a connection to it is lost."""

import asyncio

import pytest

from services.runtime.fanout import Position
from services.runtime.fanout.redis import RedisFanout
from services.runtime.metrics import Metrics
from services.runtime.redis_link import open_redis
from services.runtime.settings import Settings
from tests.services.runtime.fanout.stage import SteppedClock
from tests.support.servers.redis import Redis
from tests.support.waiting import eventually

QUICK = Settings(
    retry_min_seconds=0.001, retry_max_seconds=0.02, redis_timeout_seconds=1, redis_ping_seconds=0.5
)


@pytest.fixture
async def fanout(redis_server: Redis):
    fanout = RedisFanout(redis_server.fresh_database(), QUICK, SteppedClock(), Metrics())
    await fanout.start()
    yield fanout
    await fanout.stop()


@pytest.fixture
async def operator(redis_server: Redis):
    client = open_redis(redis_server.url, QUICK)
    yield client
    await client.aclose()


class Reader:
    """A gateway in small: follows one channel, and reads again what it missed."""

    def __init__(self, fanout: RedisFanout, listener) -> None:
        self.fanout = fanout
        self.listener = listener
        self.got: list[bytes] = []
        self.resyncs = 0
        self.at = Position("", 0)
        self.lock = asyncio.Lock()

    async def start(self) -> None:
        self.at = await self.listener.add("team:1")
        self.task = asyncio.create_task(self.follow())

    async def follow(self) -> None:
        async for entry in self.listener:
            await self.accept(entry.position, entry.payload)

    async def accept(self, position: Position, payload: bytes) -> None:
        async with self.lock:
            await self.take(position, payload)

    async def take(self, position: Position, payload: bytes) -> None:
        if position.epoch == self.at.epoch and position.offset == self.at.offset + 1:
            self.got.append(payload)
            self.at = position
        elif position.epoch != self.at.epoch or position.offset > self.at.offset:
            await self.catch_up()

    async def catch_up(self) -> None:
        missed = await self.fanout.since("team:1", self.at)
        if missed is None:
            self.resyncs += 1
            self.at = (await self.fanout.tops(["team:1"]))[0]
            return
        for entry in missed:
            self.got.append(entry.payload)
            self.at = entry.position


async def test_a_cut_subscription_comes_back_and_the_gap_is_read_again(fanout, operator):
    reader = Reader(fanout, await fanout.listen())
    await reader.start()
    for n in range(50):
        await fanout.publish("team:1", b"%d" % n)
        if n % 5 == 0:
            await operator.execute_command("CLIENT KILL TYPE pubsub")
    await eventually(reader_is_current(fanout, reader))
    assert reader.got == [b"%d" % n for n in range(50)]
    assert reader.resyncs == 0
    reader.task.cancel()


def reader_is_current(fanout, reader):
    async def is_current() -> bool:
        async with reader.lock:
            await reader.catch_up()
        return (await fanout.tops(["team:1"]))[0] == reader.at

    return is_current


async def test_a_channel_is_heard_again_after_a_cut(fanout, operator):
    listener = await fanout.listen()
    await listener.add("team:1")
    await listener.add("team:2")
    await operator.execute_command("CLIENT KILL TYPE pubsub")
    entries = aiter(listener)
    heard = asyncio.create_task(anext(entries))

    async def publish_until_heard() -> bool:
        await fanout.publish("team:2", b"x")
        return heard.done()

    await eventually(publish_until_heard)
    assert (await heard).channel == "team:2"


async def test_a_killed_redis_begins_another_epoch(fanout, redis_server):
    before = [await fanout.publish("team:1", b"%d" % n) for n in range(5)]
    listener = await fanout.listen()
    await listener.add("team:1")
    await asyncio.to_thread(redis_server.kill)
    with pytest.raises(ConnectionError):
        await fanout.publish("team:1", b"lost")
    with pytest.raises(ConnectionError):
        await fanout.tops(["team:1"])
    with pytest.raises(ConnectionError):
        await listener.add("team:2")
    await eventually(lambda: fanout.problem() is not None)
    await asyncio.to_thread(redis_server.start)
    await eventually(lambda: fanout.problem() is None)
    (top,) = await fanout.tops(["team:1"])
    assert top.epoch != before[0].epoch
    assert top.offset == 0
    assert await fanout.since("team:1", before[-1]) is None
    entries = aiter(listener)
    heard = asyncio.create_task(anext(entries))

    async def publish_until_heard() -> bool:
        await fanout.publish("team:1", b"new")
        return heard.done()

    await eventually(publish_until_heard)
    assert (await heard).position.epoch == top.epoch


async def test_every_pooled_connection_survives_a_restart(fanout, redis_server):
    await asyncio.gather(*(fanout.publish(f"team:{n}", b"x") for n in range(10)))
    await asyncio.to_thread(redis_server.kill)
    await asyncio.to_thread(redis_server.start)
    positions = await asyncio.gather(*(fanout.publish(f"team:{n}", b"x") for n in range(10)))
    assert {position.offset for position in positions} == {1}


async def test_a_frozen_redis_is_noticed_by_a_listener(fanout, redis_server):
    listener = await fanout.listen()
    await listener.add("team:1")
    first = listener._connection
    redis_server.freeze()
    try:
        await eventually(lambda: listener._connection is not first)
    finally:
        redis_server.thaw()
    await eventually(lambda: listener._connection is not None)
    await listener.add("team:1")


async def test_an_evicted_head_begins_another_epoch_and_forgets_the_entries(fanout, redis_server):
    positions = [await fanout.publish("team:1", b"%d" % n) for n in range(5)]
    assert await fanout._client.delete("fanout:top:team:1") == 1
    again = await fanout.publish("team:1", b"new")
    assert again.epoch != positions[0].epoch
    assert again.offset == 1
    assert await fanout.since("team:1", positions[0]) is None
    got = await fanout.since("team:1", Position(again.epoch, 0))
    assert [entry.payload for entry in got] == [b"new"]


async def test_evicted_entries_are_never_answered_in_part(fanout):
    positions = [await fanout.publish("team:1", b"%d" % n) for n in range(5)]
    await fanout._client.xdel("fanout:log:team:1", "0-3")
    assert await fanout.since("team:1", positions[0]) is None
    assert len(await fanout.since("team:1", positions[2])) == 2


async def test_what_is_kept_expires(fanout):
    await fanout.publish("team:1", b"x")
    assert 0 < await fanout._client.ttl("fanout:log:team:1") <= QUICK.fanout_keep_seconds
    assert 0 < await fanout._client.ttl("fanout:top:team:1") <= QUICK.fanout_epoch_seconds
