"""What every bus promises of messages that cannot be handled."""

import asyncio

from services.runtime.bus import Message, NotConfirmed, Rejection, Transient
from services.runtime.bus.attempts import Attempts
from services.runtime.clock import SystemClock
from tests.services.runtime.bus.stage import (
    ALL,
    EVENTS,
    STATES,
    Recorder,
    letters_of,
    publish_all,
    settings,
    until_dead,
)
from tests.support.waiting import eventually


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
    killer = Message("a", b"killer")
    assert [await attempts.note(killer), await attempts.note(killer)] == [0, 1]
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    (letter,) = await until_dead(bus, 1)
    await handler.has(b"victim")
    await asyncio.gather(*publishing)
    assert (letter.body, letter.code) == (b"killer", "poison")
    assert handler.bodies == [b"victim"]


async def test_a_survived_attempt_leaves_no_note(stage):
    bus = await stage.open((ALL,))
    publishing = await bring_back(stage, bus, [b"1"], 2)
    handler = Recorder()
    await bus.subscribe(ALL, handler)
    await handler.has(b"1")
    await asyncio.gather(*publishing)
    attempts = Attempts(stage.database, ALL.name, settings(), SystemClock())
    assert await attempts.note(Message("a", b"1")) == 0


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
