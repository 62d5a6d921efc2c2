"""What every bus promises."""

import asyncio

import pytest

from services.runtime.bus import NotConfirmed, Rejection, Transient, Unroutable
from services.runtime.bus.attempts import Attempts
from services.runtime.clock import SystemClock
from tests.services.runtime.bus.stage import (
    ALL,
    COMMANDS,
    EVENTS,
    ONE,
    STATES,
    TOPOLOGY,
    Recorder,
    settings,
)
from tests.support.waiting import eventually


async def publish_all(bus, bodies, key="session.state"):
    await asyncio.gather(*(bus.publish(EVENTS, key, body) for body in bodies))


async def letters_of(bus, queue=ALL):
    return await bus.dead_letters(queue.name, 100)


async def until_dead(bus, count, queue=ALL):
    async def enough():
        return len(await letters_of(bus, queue)) >= count

    await eventually(enough)
    return await letters_of(bus, queue)


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


async def test_messages_come_in_batches_no_larger_than_the_limit(stage):
    bus = await stage.open((ALL,), batch_size=10, batch_wait_ms=500)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    bodies = [b"%d" % n for n in range(35)]
    await publish_all(bus, bodies)
    await handler.has(*bodies)
    assert max(map(len, handler.batches)) == 10
    assert sorted(handler.bodies) == sorted(bodies)


async def test_a_rejected_message_becomes_a_dead_letter_and_its_neighbours_go_on(stage):
    bus = await stage.open((ALL,))
    handler = Recorder(lambda m: Rejection("bad_schema", "no id") if m.body == b"2" else None)
    await bus.subscribe(ALL, handler)
    bodies = [b"1", b"2", b"3"]
    await asyncio.gather(*(bus.publish(EVENTS, "a.b", body, {"correlation_id": "c"}) for body in bodies))
    (letter,) = await until_dead(bus, 1)
    await handler.has(*bodies)
    assert (letter.queue, letter.routing_key, letter.body) == (ALL.name, "a.b", b"2")
    assert (letter.code, letter.detail, letter.headers) == ("bad_schema", "no id", {"correlation_id": "c"})


async def test_a_poison_message_is_bisected_out_of_its_batch(stage):
    def answer(message):
        if message.body == b"poison":
            raise KeyError("gone")

    bus = await stage.open((ALL,), batch_wait_ms=200)
    handler = Recorder(answer)
    await bus.subscribe(ALL, handler)
    bodies = [b"%d" % n for n in range(20)]
    await publish_all(bus, [*bodies[:11], b"poison", *bodies[11:]])
    (letter,) = await until_dead(bus, 1)
    await handler.has(*bodies)
    assert (letter.body, letter.code) == (b"poison", "handler_failed")
    assert "KeyError" in letter.detail
    assert sorted(handler.bodies) == sorted(bodies)
    alone = [batch for batch in handler.batches if [m.body for m in batch] == [b"poison"]]
    assert len(alone) == settings().poison_attempts


async def test_a_handler_that_forgets_an_answer_loses_no_message(stage):
    async def forgetful(messages):
        return [] if any(m.body == b"odd" for m in messages) else [None for _ in messages]

    bus = await stage.open((ALL,))
    await bus.subscribe(ALL, forgetful)
    await publish_all(bus, [b"odd", b"even"])
    (letter,) = await until_dead(bus, 1)
    assert letter.body == b"odd"


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


async def bring_back(stage, bus, bodies, times):
    """Publish messages and let a consumer give them back so many times; answers the publishers."""

    def never(_):
        raise Transient("away")

    publishing = [asyncio.create_task(bus.publish(EVENTS, "a", body)) for body in bodies]
    for _ in range(times):
        stuck = Recorder(never)
        subscription = await bus.subscribe(ALL, stuck)
        seen = set()
        while not seen >= set(bodies):
            count = len(stuck.batches)
            await stuck.until(lambda count=count, stuck=stuck: len(stuck.batches) > count)
            seen |= {m.body for batch in stuck.batches for m in batch}
        await subscription.stop()
    return publishing


async def test_what_comes_for_the_third_time_runs_alone(stage):
    bus = await stage.open((ALL,), batch_wait_ms=300)
    publishing = await bring_back(stage, bus, [b"1", b"2"], 2)
    publishing.append(asyncio.create_task(bus.publish(EVENTS, "a", b"new")))
    await asyncio.sleep(0)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await handler.has(b"1", b"2", b"new")
    await asyncio.gather(*publishing)
    assert all(len(batch) == 1 for batch in handler.batches)
    assert {m.body: m.attempt for m in handler.handled}[b"1"] == 2


async def test_what_killed_the_process_twice_is_a_dead_letter(stage):
    bus = await stage.open((ALL,), batch_wait_ms=300)
    publishing = await bring_back(stage, bus, [b"killer", b"victim"], 2)
    attempts = Attempts(stage.database, ALL.name, settings(), SystemClock())
    killer = next(m for m in [await _message(b"killer")])
    assert [await attempts.note(killer), await attempts.note(killer)] == [0, 1]
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    (letter,) = await until_dead(bus, 1)
    await handler.has(b"victim")
    await asyncio.gather(*publishing)
    assert (letter.body, letter.code) == (b"killer", "poison")
    assert handler.bodies == [b"victim"]


async def _message(body):
    from services.runtime.bus import Message

    return Message("a", body)


async def test_a_survived_attempt_leaves_no_note(stage):
    bus = await stage.open((ALL,))
    publishing = await bring_back(stage, bus, [b"1"], 2)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await handler.has(b"1")
    await asyncio.gather(*publishing)
    attempts = Attempts(stage.database, ALL.name, settings(), SystemClock())
    assert await attempts.note(await _message(b"1")) == 0


async def test_an_unroutable_message_is_not_confirmed(stage):
    bus = await stage.open((ONE,))
    with pytest.raises(NotConfirmed):
        await bus.publish(EVENTS, "nobody.listens", b"x")


async def test_dead_letters_are_listed_oldest_first_and_stay(stage):
    bus = await stage.open((ALL,))
    await bus.subscribe(ALL, Recorder(lambda _: Rejection("no", "never")))
    for body in (b"1", b"2", b"3"):
        await bus.publish(EVENTS, "a", body)
        await until_dead(bus, int(body))
    assert [letter.body for letter in await letters_of(bus)] == [b"1", b"2", b"3"]
    assert [letter.body for letter in await bus.dead_letters(ALL.name, 2)] == [b"1", b"2"]
    assert await bus.dead_letters(STATES.name, 10) == []


async def test_a_replayed_letter_goes_to_its_own_queue_and_is_checked_again(stage):
    bus = await stage.open((ALL, STATES))
    is_fixed = False
    states, everything = Recorder(), Recorder(lambda _: None if is_fixed else Rejection("no", "never"))
    await bus.subscribe(ALL, everything)
    await bus.subscribe(STATES, states)
    for body in (b"1", b"2"):
        await bus.publish(EVENTS, "session.state", body, {"correlation_id": "c"})
    first, second = await until_dead(bus, 2)
    assert await bus.replay(ALL.name, [first.id, "nonsense"]) == 1
    await everything.until(lambda: everything.bodies.count(b"1") == 2)
    again = (await until_dead(bus, 2))[-1]
    assert (again.body, again.routing_key, again.code) == (b"1", "session.state", "no")
    is_fixed = True
    assert await bus.replay(ALL.name, [again.id, second.id]) == 2
    await everything.until(lambda: len(everything.handled) == 5)
    last = everything.handled[-1]
    assert (last.routing_key, last.headers, last.attempt) == ("session.state", {"correlation_id": "c"}, 0)

    async def none_left():
        return await letters_of(bus) == []

    await eventually(none_left)
    assert len(states.handled) == 2


async def test_dead_letters_are_purged_one_by_one_or_all(stage):
    bus = await stage.open((ALL,))
    await bus.subscribe(ALL, Recorder(lambda _: Rejection("no", "never")))
    await publish_all(bus, [b"1", b"2", b"3"])
    letters = await until_dead(bus, 3)
    assert await bus.purge(ALL.name, [letters[1].id]) == 1
    assert {x.id for x in await letters_of(bus)} == {letters[0].id, letters[2].id}
    assert await bus.purge(ALL.name) == 2
    assert await letters_of(bus) == []


async def test_the_brake_keeps_messages_when_all_become_invalid(stage):
    bus = await stage.open((ALL,), brake_run=10, publish_timeout_seconds=3)
    broken = Recorder(lambda _: Rejection("no", "our own fault"))
    subscription = await bus.subscribe(ALL, broken)
    assert subscription.problem() is None
    sending = [bus.publish(EVENTS, f"report.{n % 4}", b"%d" % n) for n in range(25)]
    outcomes = asyncio.gather(*sending, return_exceptions=True)
    await eventually(lambda: subscription.problem() is not None)
    assert "invalid" in subscription.problem()
    assert len(await letters_of(bus)) == 9
    unconfirmed = [o for o in await outcomes if o is not None]
    assert all(isinstance(o, NotConfirmed) for o in unconfirmed)
    if stage.is_memory:
        assert len(unconfirmed) == 16
        return
    handler = Recorder()
    await (await stage.open((ALL,))).subscribe(ALL, handler)
    await handler.until(lambda: len({m.body for m in handler.handled}) == 16)


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
    async with asyncio.timeout(20):
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
