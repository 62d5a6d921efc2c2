"""What every fan-out promises."""

import asyncio

import pytest

from services.runtime.fanout import Position
from tests.support.waiting import eventually


async def take(entries, count):
    async with asyncio.timeout(60):
        return [await anext(entries) for _ in range(count)]


async def publish(fanout, channel, count, start=1):
    return [await fanout.publish(channel, b"%d" % n) for n in range(start, start + count)]


async def test_a_listener_hears_its_channels_in_order(stage):
    publisher, gateway = await stage.open(), await stage.open()
    listener = await gateway.listen()
    top = await listener.add("team:1")
    positions = [await publisher.publish("team:1", bytes([n, 0, 255, 10])) for n in range(20)]
    got = await take(aiter(listener), 20)
    assert [entry.position for entry in got] == positions
    assert [entry.position.offset for entry in got] == list(range(top.offset + 1, top.offset + 21))
    assert [entry.payload for entry in got] == [bytes([n, 0, 255, 10]) for n in range(20)]
    assert {entry.position.epoch for entry in got} == {top.epoch}
    await listener.close()


async def test_many_at_once_are_heard_in_their_order(stage):
    publisher, gateway = await stage.open(), await stage.open()
    listener = await gateway.listen()
    tops = [await listener.add(channel) for channel in ("team:1", "team:2")]
    told = [(f"team:{1 + n % 2}", b"%d" % n) for n in range(500)]
    await publisher.publish_all(told)
    await publisher.publish_all([])
    got = await take(aiter(listener), 500)
    for channel, top in zip(("team:1", "team:2"), tops, strict=True):
        own = [entry for entry in got if entry.channel == channel]
        assert [entry.payload for entry in own] == [payload for name, payload in told if name == channel]
        assert [entry.position.offset for entry in own] == list(range(top.offset + 1, top.offset + 251))
    await listener.close()


async def test_a_listener_hears_no_other_channel(stage):
    fanout = await stage.open()
    listener = await fanout.listen()
    await listener.add("team:1")
    await listener.add("user:1:1")
    await listener.remove("team:1")
    await publish(fanout, "team:1", 1)
    await publish(fanout, "team:2", 1)
    await fanout.publish("user:1:1", b"mine")
    assert [entry.payload for entry in await take(aiter(listener), 1)] == [b"mine"]
    await listener.close()


async def test_each_listener_hears_everything(stage):
    publisher, gateway = await stage.open(), await stage.open()
    listeners = [await gateway.listen() for _ in range(3)]
    for listener in listeners:
        await listener.add("team:1")
    await publish(publisher, "team:1", 5)
    for listener in listeners:
        assert [entry.payload for entry in await take(aiter(listener), 5)] == [b"1", b"2", b"3", b"4", b"5"]
        await listener.close()


async def test_adding_answers_the_top_after_which_everything_is_heard(stage):
    publisher, gateway = await stage.open(), await stage.open()
    before = await publish(publisher, "team:1", 3)
    listener = await gateway.listen()
    top = await listener.add("team:1")
    assert top == before[-1]
    after = await publish(publisher, "team:1", 1)
    (entry,) = await take(aiter(listener), 1)
    assert entry.position == after[0]
    assert entry.position.offset == top.offset + 1
    await listener.close()


async def test_nothing_is_missed_while_channels_are_added_under_traffic(stage):
    publisher, gateway = await stage.open(), await stage.open()
    listener = await gateway.listen()
    publishing = asyncio.create_task(publish(publisher, "team:1", 200))
    top = await listener.add("team:1")
    await publishing
    entries, offset = aiter(listener), top.offset
    while offset < 200:
        (entry,) = await take(entries, 1)
        assert entry.position.offset <= offset + 1
        offset = max(offset, entry.position.offset)
    await listener.close()


async def test_a_gap_is_read_again(stage):
    fanout = await stage.open()
    positions = await publish(fanout, "team:1", 5)
    got = await fanout.since("team:1", positions[1])
    assert [(entry.position, entry.payload) for entry in got] == [
        (positions[2], b"3"),
        (positions[3], b"4"),
        (positions[4], b"5"),
    ]
    assert await fanout.since("team:1", positions[4]) == []
    start = Position(positions[0].epoch, 0)
    assert len(await fanout.since("team:1", start)) == 5


async def test_a_gap_that_is_not_wholly_there_is_not_answered_in_part(stage):
    fanout = await stage.open(fanout_keep_entries=10)
    positions = await publish(fanout, "team:1", 15)
    assert await fanout.since("team:1", positions[3]) is None
    got = await fanout.since("team:1", positions[4])
    assert [entry.position for entry in got] == positions[5:]


async def test_another_epoch_or_the_future_is_a_gap(stage):
    fanout = await stage.open()
    (position,) = await publish(fanout, "team:1", 1)
    assert await fanout.since("team:1", Position("other", 0)) is None
    assert await fanout.since("team:1", Position(position.epoch, 7)) is None
    assert await fanout.since("team:never", position) is None


async def test_the_tops_of_channels_known_and_unknown(stage):
    publisher, gateway = await stage.open(), await stage.open()
    positions = await publish(publisher, "team:1", 2)
    fresh, known = await gateway.tops(["team:fresh", "team:1"])
    assert fresh.offset == 0
    assert known == positions[-1]
    first = await publisher.publish("team:fresh", b"x")
    assert first == Position(fresh.epoch, 1)
    assert await gateway.tops([]) == []


async def test_a_slow_listener_loses_entries_and_can_see_it(stage):
    fanout = await stage.open(fanout_queue=3)
    slow, quick = await fanout.listen(), await fanout.listen()
    await slow.add("team:1")
    await quick.add("team:1")
    heard = []
    entries = aiter(quick)
    for _ in range(10):
        await publish(fanout, "team:1", 1)
        heard += await take(entries, 1)
    await eventually(lambda: slow.dropped == 7)
    assert [entry.position.offset for entry in await take(aiter(slow), 3)] == [1, 2, 3]
    last = await publish(fanout, "team:1", 1)
    (entry,) = await take(aiter(slow), 1)
    assert entry.position == last[0]
    assert entry.position.offset == 11
    await slow.close()
    await quick.close()


async def test_a_closed_listener_ends_its_iteration(stage):
    fanout = await stage.open()
    listener = await fanout.listen()
    await listener.add("team:1")
    await listener.close()
    await publish(fanout, "team:1", 1)
    assert [entry async for entry in listener] == []


async def test_it_says_that_it_works(stage):
    assert (await stage.open()).problem() is None


@pytest.mark.parametrize(
    "text", ["", "1", "a:", ":1", "a:b", "a:-1", "a:1.5", "a:" + "9" * 17, "x" * 65 + ":1"]
)
def test_no_position_is_read_from_nonsense(text):
    assert Position.parse(text) is None


def test_a_position_is_read_as_it_was_written():
    position = Position("a:b", 12)
    assert Position.parse(str(position)) == position
