"""What every bus promises."""

import asyncio
from dataclasses import replace

import pytest

from services.runtime.bus import NotConfirmed, Transient, Unroutable
from tests.services.runtime.bus.stage import (
    ALL,
    COMMANDS,
    EVENTS,
    ONE,
    STATES,
    TOPOLOGY,
    Recorder,
    letters_of,
    publish_all,
)
from tests.support.waiting import eventually


async def test_a_message_reaches_each_bound_queue_once_with_its_headers(stage):
    bus = await stage.open((ALL, STATES))
    everything, states = Recorder(), Recorder()
    await bus.subscribe(ALL, everything)
    await bus.subscribe(STATES, states)
    body = bytes(range(256))
    await bus.publish(EVENTS, "session.state", body, {"correlation_id": "abc"})
    await bus.publish(EVENTS, "team.updated", b"team")
    await everything.has(body, b"team")
    await states.has(body)
    got = states.handled[0]
    assert (got.routing_key, got.body, got.headers) == ("session.state", body, {"correlation_id": "abc"})
    assert got.attempt == 0
    assert len(everything.handled) == 2
    assert len(states.handled) == 1


async def test_a_direct_exchange_compares_whole_keys(stage):
    bus = await stage.open((ONE,))
    one = Recorder()
    await bus.subscribe(ONE, one)
    await bus.publish(COMMANDS, "one", b"x")
    await one.has(b"x")
    with pytest.raises(Unroutable):
        await bus.publish(COMMANDS, "one.more", b"y")
    assert one.bodies == [b"x"]


async def test_what_is_published_before_its_consumer_runs_waits_for_it(stage):
    bus = await stage.open((ALL,))
    publishing = asyncio.create_task(bus.publish(EVENTS, "team.updated", b"early"))
    await asyncio.sleep(0)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await handler.has(b"early")
    await publishing


async def test_a_declared_queue_takes_messages(stage):
    bus = await stage.open(())
    with pytest.raises(Unroutable):
        await bus.publish(COMMANDS, "one", b"nobody")
    await bus.declare(ONE)
    publishing = asyncio.create_task(bus.publish(COMMANDS, "one", b"somebody"))
    handler = Recorder()
    await bus.subscribe(ONE, handler)
    await handler.has(b"somebody")
    await publishing


async def test_what_is_for_somebody_outside_waits_for_nobody_here(stage):
    bus = await stage.open(())
    await bus.declare(replace(ONE, outside=True))
    await bus.publish(COMMANDS, "one", b"for an agent")


async def test_messages_come_in_batches_no_larger_than_the_limit(stage):
    bus = await stage.open((ALL,), batch_size=10, batch_wait_ms=500)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    bodies = [b"%d" % n for n in range(35)]
    await publish_all(bus, bodies)
    await handler.has(*bodies)
    assert max(map(len, handler.batches)) == 10
    assert sorted(handler.bodies) == sorted(bodies)


@pytest.mark.parametrize(
    "obstacle", [Transient("away"), NotConfirmed("later"), ConnectionError(), asyncio.CancelledError()]
)
async def test_a_transient_error_is_retried_with_the_same_batch(stage, obstacle):
    failures = [obstacle, obstacle]

    def answer(_):
        if failures:
            raise failures.pop()

    bus = await stage.open((ALL,), batch_wait_ms=200)
    handler = Recorder(answer)
    await bus.subscribe(ALL, handler)
    await publish_all(bus, [b"1", b"2"])
    await handler.has(b"1", b"2")
    assert [len(batch) for batch in handler.batches] == [2, 2, 2]
    assert [m.attempt for m in handler.handled] == [0, 0]
    assert await letters_of(bus) == []


async def test_a_consumer_that_stops_gives_back_what_it_could_not_finish(stage):
    def never(_):
        raise Transient("database away")

    bus = await stage.open((ALL,))
    stuck = Recorder(never)
    subscription = await bus.subscribe(ALL, stuck)
    publishing = asyncio.create_task(bus.publish(EVENTS, "a", b"again"))
    await stuck.until(lambda: len(stuck.batches) > 1)
    await subscription.stop()
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await handler.has(b"again")
    await publishing
    assert handler.handled[0].attempt == 1


async def test_an_unroutable_message_is_not_confirmed(stage):
    bus = await stage.open((ONE,))
    with pytest.raises(NotConfirmed):
        await bus.publish(EVENTS, "nobody.listens", b"x")


async def test_handlers_that_publish_to_each_other_end(stage):
    bus = await stage.open(TOPOLOGY, queue_capacity=2)

    async def back_and_forth(messages):
        for message in messages:
            if message.body != b"0":
                await bus.publish(EVENTS, "team.updated", b"%d" % (int(message.body) - 1))
        handled.extend(message.body for message in messages)
        return [None for _ in messages]

    handled = []
    await bus.subscribe(ALL, back_and_forth)
    await asyncio.gather(*(bus.publish(EVENTS, "team.updated", b"5") for _ in range(10)))
    await eventually(lambda: handled.count(b"0") == 10)
    assert len(handled) == 60


async def test_a_full_queue_makes_its_publisher_wait(stage):
    bus = await stage.open((ALL,), queue_capacity=2, publish_timeout_seconds=0.5)
    await stage.limit(ALL, 2)
    refused, sent = asyncio.Event(), []

    async def insist(sender):
        for n in range(50):
            body = b"%d.%d" % (sender, n)
            while body not in sent:
                try:
                    await bus.publish(EVENTS, "a", body)
                except NotConfirmed:
                    refused.set()
                    await asyncio.sleep(0.01)
                else:
                    sent.append(body)

    sending = [asyncio.create_task(insist(sender)) for sender in range(4)]
    async with asyncio.timeout(60):
        await refused.wait()
    assert len(sent) < 200
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await asyncio.gather(*sending)
    await handler.has(*sent)
    assert len(set(sent)) == 200


async def test_it_says_that_it_works(stage):
    bus = await stage.open()
    subscription = await bus.subscribe(ALL, Recorder())
    assert bus.problem() is None
    assert subscription.problem() is None


async def test_after_a_stop_nothing_is_confirmed(stage):
    bus = await stage.open((ALL,), publish_timeout_seconds=1)
    await bus.subscribe(ALL, Recorder())
    await bus.stop()
    with pytest.raises(NotConfirmed):
        await bus.publish(EVENTS, "a", b"late")
