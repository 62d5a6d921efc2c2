"""What the bus does when RabbitMQ or a connection to it is lost, and what it believes of a message."""

import asyncio

import aio_pika
import pytest

from services.runtime.bus import Message, NotConfirmed, Rejection, Transient
from services.runtime.bus.amqp.topology import dead_queue
from services.runtime.clock import SystemClock
from tests.services.runtime.bus.stage import ALL, EVENTS, ONE, STATES, Recorder, Stage
from tests.support.waiting import eventually

QUICK = {"reconnect_seconds": 0.1, "publish_timeout_seconds": 5, "topology_seconds": 0.3}


@pytest.fixture
async def stage(amqp_url, broker, database):
    stage = Stage(amqp_url, database, broker)
    yield stage
    await stage.close()


async def insist(bus, bodies, key="a"):
    for body in bodies:
        while True:
            try:
                await bus.publish(EVENTS, key, body)
            except NotConfirmed:
                await SystemClock().sleep(0.02)
            else:
                break


async def cut(stage):
    """Cut what there is; the broker takes a moment to list a new connection."""
    while not (count := await asyncio.to_thread(stage.broker.close_connections, stage.url)):
        await SystemClock().sleep(0.1)
    return count


async def letters_of(bus, queue):
    """Wait for dead letters."""
    while not (letters := await bus.dead_letters(queue.name, 10)):
        await SystemClock().sleep(0.02)
    return letters


async def test_nothing_is_lost_when_connections_are_cut(stage):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    bodies = [b"%d" % n for n in range(1_500)]
    sending = [asyncio.create_task(insist(bus, bodies[n::3])) for n in range(3)]
    cuts = 0
    while not all(task.done() for task in sending):
        cuts += await cut(stage)
    await asyncio.gather(*sending)
    await handler.has(*bodies)
    assert cuts > 0

    async def has_no_letters() -> bool:
        try:
            return await bus.dead_letters(ALL.name, 10) == []
        except NotConfirmed:
            return False

    await eventually(has_no_letters)


async def test_nothing_is_lost_when_the_broker_is_killed(stage, rabbitmq):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    subscription = await bus.subscribe(ALL, handler)
    await insist(bus, [b"before"])
    await handler.has(b"before")
    bodies = [b"%d" % n for n in range(100)]
    await asyncio.to_thread(rabbitmq.kill)
    await eventually(lambda: bus.problem() is not None)
    await eventually(lambda: subscription.problem() is not None)
    sending = asyncio.create_task(insist(bus, bodies))
    await asyncio.to_thread(rabbitmq.start)
    await sending
    await handler.has(*bodies)
    await eventually(lambda: bus.problem() is None and subscription.problem() is None)


async def test_what_is_in_hand_when_the_connection_dies_is_delivered_again(stage):
    bus = await stage.open((ALL,), **QUICK)
    go_on = asyncio.Event()
    calls = []

    async def slow(messages):
        calls.append(list(messages))
        await go_on.wait()
        return [None for _ in messages]

    await bus.subscribe(ALL, slow)
    await bus.publish(EVENTS, "a", b"x")
    await eventually(lambda: len(calls) == 1)
    await cut(stage)
    await eventually(lambda: bus.problem() is None)
    go_on.set()
    await eventually(lambda: len(calls) == 2)
    assert [[m.attempt for m in batch] for batch in calls] == [[0], [1]]
    await bus.publish(EVENTS, "a", b"y")
    await eventually(lambda: calls[-1][-1].body == b"y")


async def test_start_waits_for_a_broker_that_is_not_there_yet(stage, rabbitmq):
    await asyncio.to_thread(rabbitmq.kill)
    opening = asyncio.create_task(stage.open((ALL,), **QUICK))
    await asyncio.sleep(0.3)
    assert not opening.done()
    await asyncio.to_thread(rabbitmq.start)
    bus = await opening
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await insist(bus, [b"x"])
    await handler.has(b"x")


async def test_a_frozen_broker_confirms_nothing(stage, rabbitmq):
    bus = await stage.open((ALL,), **(QUICK | {"publish_timeout_seconds": 0.5}))
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    rabbitmq.freeze()
    try:
        with pytest.raises(NotConfirmed):  # noqa: PT012 - the process may still confirm one while it stops
            while True:
                await bus.publish(EVENTS, "a", b"x")
    finally:
        rabbitmq.thaw()
    await insist(bus, [b"y"])
    await handler.has(b"y")


async def test_a_deleted_binding_comes_back(stage):
    bus = await stage.open((ALL,), **(QUICK | {"topology_seconds": 0.2}))
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        queue = await channel.get_queue(ALL.name)
        await queue.unbind(EVENTS.name, "#")
        exchange = await channel.get_exchange(EVENTS.name)
        sent = False
        async with asyncio.timeout(60):
            while not sent:
                try:
                    await exchange.publish(aio_pika.Message(b"agent"), "a.b", mandatory=True)
                    answer = await exchange.publish(aio_pika.Message(b"agent"), "a.b", mandatory=True)
                    sent = type(answer).__name__ == "Ack"
                except aio_pika.exceptions.DeliveryError:
                    await asyncio.sleep(0.02)
    await handler.has(b"agent")


async def test_an_unroutable_publish_repairs_the_topology(stage):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        await (await channel.get_queue(ALL.name)).unbind(EVENTS.name, "#")
    await bus.publish(EVENTS, "a", b"x")
    await handler.has(b"x")


async def test_a_deleted_queue_and_its_consumer_come_back(stage):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        await channel.queue_delete(ALL.name)

    async def is_handled() -> bool:
        await insist(bus, [b"x"])
        await SystemClock().sleep(0.05)
        return b"x" in handler.bodies

    await eventually(is_handled, seconds=60)


async def test_another_publishers_odd_headers_and_properties_harm_nothing(stage):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    odd = {
        "number": 7,
        "list": [1, "a"],
        "table": {"a": 1},
        "none": None,
        "text": "kept",
        "x-delivery-count": 40,
        "x-routing-key": "report.somebody.else",
        "x-reason-code": "pretended",
    }
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        exchange = await channel.get_exchange(EVENTS.name)
        await exchange.publish(aio_pika.Message(b"x", headers=odd, user_id=None), "report.me")
        await exchange.publish(aio_pika.Message(b"no headers"), "report.me")
    await handler.has(b"x", b"no headers")
    got = next(m for m in handler.handled if m.body == b"x")
    assert got == Message("report.me", b"x", {"text": "kept"}, 0)


async def test_a_message_that_pretends_to_have_died_is_a_dead_letter(stage):
    bus = await stage.open((ALL,), **QUICK)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    past = [
        {"queue": ALL.name, "reason": "delivery_limit", "routing-keys": ["report.somebody.else"], "count": 1}
    ]
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        exchange = await channel.get_exchange(EVENTS.name)
        await exchange.publish(aio_pika.Message(b"x", headers={"x-death": past}), "report.me")
    async with asyncio.timeout(60):
        letters = await letters_of(bus, ALL)
    assert [(letter.code, letter.routing_key) for letter in letters] == [("forged", "report.me")]
    assert handler.handled == []


async def test_what_the_broker_gives_up_is_a_dead_letter_that_can_be_replayed(stage):
    def never(_):
        raise Transient("away")

    bus = await stage.open((STATES,), **QUICK)
    await asyncio.to_thread(stage.broker.apply_policy, stage.url, STATES.name, delivery_limit=1)
    await bus.publish(EVENTS, "session.state", b"x", {"correlation_id": "c"})
    for _ in range(2):
        stuck = Recorder(never)
        subscription = await bus.subscribe(STATES, stuck)
        await stuck.until(lambda stuck=stuck: bool(stuck.batches))
        await subscription.stop()
    async with asyncio.timeout(60):
        (letter,) = await letters_of(bus, STATES)
    assert (letter.code, letter.routing_key, letter.body) == ("delivery_limit", "session.state", b"x")
    assert letter.headers == {"correlation_id": "c"}
    assert await bus.replay(STATES.name, [letter.id]) == 1
    handler = Recorder()
    await bus.subscribe(STATES, handler)
    await handler.has(b"x")
    assert handler.handled[0] == Message("session.state", b"x", {"correlation_id": "c"}, 0)


async def test_nothing_is_declared_of_a_queue_but_its_kind(stage):
    await stage.open((ALL, ONE))
    for name in (ALL.name, ONE.name, dead_queue(ALL.name)):
        path = f"/queues/{stage.url.rpartition('/')[2]}/{name}"
        queue = await asyncio.to_thread(stage.broker.call, "GET", path)
        assert queue["arguments"] == {"x-queue-type": "quorum"}
        assert queue["durable"]


async def test_publishing_and_consuming_have_connections_of_their_own(stage):
    bus = await stage.open((ALL,))
    await bus.subscribe(ALL, Recorder())

    async def both() -> bool:
        path = f"/vhosts/{stage.url.rpartition('/')[2]}/connections"
        listed = await asyncio.to_thread(stage.broker.call, "GET", path)
        names = {c.get("client_properties", {}).get("connection_name") for c in listed}
        return names == {"publish", "consume"}

    await eventually(both)


async def test_two_consumers_share_a_queue(stage):
    one, other = await stage.open((ALL,), prefetch=5), await stage.open((ALL,), prefetch=5)
    handlers = [Recorder(), Recorder()]
    await one.subscribe(ALL, handlers[0])
    await other.subscribe(ALL, handlers[1])
    bodies = [b"%d" % n for n in range(100)]
    await asyncio.gather(*(one.publish(EVENTS, "a", body) for body in bodies))
    await eventually(lambda: sum(len(h.handled) for h in handlers) == 100)
    assert sorted(handlers[0].bodies + handlers[1].bodies) == sorted(bodies)
    assert all(handler.handled for handler in handlers)


async def test_dead_letters_of_a_queue_nobody_declared_are_none(stage):
    bus = await stage.open((ALL,))
    assert await bus.dead_letters("nobody.knows", 10) == []
    assert await bus.purge("nobody.knows") == 0


async def test_a_dead_letter_that_cannot_be_kept_now_is_kept_later(stage):
    bus = await stage.open((ALL,), **QUICK)
    await bus.subscribe(ALL, Recorder(lambda _: Rejection("no", "never")))
    connection = await aio_pika.connect(stage.url)
    async with connection, connection.channel() as channel:
        await channel.queue_delete(dead_queue(ALL.name))
    await bus.publish(EVENTS, "a", b"x")
    async with asyncio.timeout(60):
        (letter,) = await letters_of(bus, ALL)
    assert (letter.body, letter.code) == (b"x", "no")
