"""What holds of the bus in memory alone: publishers wait for handlers."""

import asyncio

import pytest

from services.runtime.bus import NotConfirmed, Rejection, Transient
from tests.services.runtime.bus.stage import ALL, COMMANDS, EVENTS, ONE, STATES, Recorder, Stage


@pytest.fixture
async def stage(database):
    stage = Stage("memory://", database)
    yield stage
    await stage.close()


async def test_a_publish_returns_when_every_handler_has_finished(stage):
    bus = await stage.open((ALL, STATES))
    go_on = asyncio.Event()

    async def slow(messages):
        await go_on.wait()
        return [None for _ in messages]

    quick = Recorder()
    await bus.subscribe(ALL, slow)
    await bus.subscribe(STATES, quick)
    publishing = asyncio.create_task(bus.publish(EVENTS, "session.state", b"x"))
    await quick.has(b"x")
    assert not publishing.done()
    go_on.set()
    await publishing


async def test_a_publish_waits_for_what_its_handler_publishes(stage):
    bus = await stage.open((ALL, ONE))
    go_on, reached = asyncio.Event(), asyncio.Event()

    async def first(messages):
        for message in messages:
            await bus.publish(COMMANDS, "one", message.body)
        reached.set()
        return [None for _ in messages]

    async def second(messages):
        await go_on.wait()
        return [None for _ in messages]

    await bus.subscribe(ALL, first)
    await bus.subscribe(ONE, second)
    publishing = asyncio.create_task(bus.publish(EVENTS, "a", b"x"))
    await reached.wait()
    await asyncio.sleep(0)
    assert not publishing.done()
    go_on.set()
    await publishing


async def test_what_is_unfinished_at_the_stop_is_not_confirmed(stage):
    bus = await stage.open((ALL,))

    def never(_):
        raise Transient("away")

    stuck = Recorder(never)
    await bus.subscribe(ALL, stuck)
    publishing = asyncio.create_task(bus.publish(EVENTS, "a", b"x"))
    await stuck.until(lambda: len(stuck.batches) > 1)
    await bus.stop()
    with pytest.raises(NotConfirmed):
        await publishing


async def test_a_publish_that_takes_too_long_is_not_confirmed(stage):
    bus = await stage.open((ALL,), publish_timeout_seconds=0.05)
    with pytest.raises(NotConfirmed):
        await bus.publish(EVENTS, "a", b"nobody consumes")


async def test_a_message_delivered_too_often_is_a_dead_letter(stage):
    bus = await stage.open((ALL,), delivery_limit=1)

    def never(_):
        raise Transient("away")

    publishing = asyncio.create_task(bus.publish(EVENTS, "a", b"x"))
    for _ in range(2):
        stuck = Recorder(never)
        subscription = await bus.subscribe(ALL, stuck)
        await stuck.until(lambda stuck=stuck: bool(stuck.batches))
        await subscription.stop()
    await publishing
    (letter,) = await bus.dead_letters(ALL.name, 10)
    assert (letter.code, letter.body) == ("delivery_limit", b"x")


async def test_another_process_may_ask_for_a_replay(stage):
    serving, asking = await stage.open((ALL,)), await stage.open((ALL,))
    is_fixed = False
    handler = Recorder(lambda _: None if is_fixed else Rejection("no", "never"))
    await serving.subscribe(ALL, handler)
    await serving.publish(EVENTS, "a", b"x")
    (letter,) = await asking.dead_letters(ALL.name, 10)
    is_fixed = True
    assert await asking.replay(ALL.name, [letter.id]) == 1
    assert await asking.dead_letters(ALL.name, 10) == []
    await handler.until(lambda: len(handler.handled) == 2)


async def test_a_task_that_outlives_its_handler_publishes_on_its_own(stage):
    bus = await stage.open((ALL, ONE))
    go_on = asyncio.Event()
    tasks = []

    async def later():
        await go_on.wait()
        await bus.publish(COMMANDS, "one", b"later")

    async def handler(messages):
        tasks.append(asyncio.create_task(later()))
        return [None for _ in messages]

    one = Recorder()
    await bus.subscribe(ALL, handler)
    await bus.subscribe(ONE, one)
    await bus.publish(EVENTS, "a", b"x")
    go_on.set()
    await tasks[0]
    assert one.bodies == [b"later"]
