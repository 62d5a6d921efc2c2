"""What the outbox promises, on both databases."""

import asyncio

import pytest
from sqlalchemy import MetaData, func, select

from services.runtime.bus import Exchange, NotConfirmed, Unroutable
from services.runtime.clock import SystemClock
from services.runtime.db import open_database
from services.runtime.outbox import Outbox, outbox_table
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.support.waiting import eventually

EVENTS = Exchange("events", "topic")
METADATA = MetaData()
TABLE = outbox_table(METADATA, "test")
SETTINGS = Settings(retry_min_seconds=0.001, retry_max_seconds=0.01, outbox_poll_seconds=0.05, outbox_batch=5)


class Sink:
    """A bus and a fan-out that keep what they get, and fail when told to."""

    def __init__(self) -> None:
        self.got: list[tuple] = []
        self.failures: list[Exception] = []
        self._changed = asyncio.Event()

    async def publish(self, *message) -> None:
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop()
        self.got.append(message)
        self._changed.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.got) < count:
                self._changed.clear()
                await self._changed.wait()


class Stage:
    def __init__(self, database) -> None:
        self.database = database
        self.bus, self.fanout = Sink(), Sink()
        self.outboxes = []

    def open(self, settings=SETTINGS) -> Outbox:
        outbox = Outbox(self.database, TABLE, self.bus, self.fanout, settings, SystemClock())
        self.outboxes.append(outbox)
        return outbox

    async def waiting(self) -> int:
        async with self.database.read(NOBODY) as connection:
            return (await connection.execute(select(func.count()).select_from(TABLE))).scalar_one()

    async def empty(self) -> None:
        async def is_empty() -> bool:
            return await self.waiting() == 0

        await eventually(is_empty)

    async def add(self, outbox: Outbox, *bodies: bytes) -> None:
        async with self.database.write(NOBODY) as connection:
            for body in bodies:
                await outbox.add(connection, EVENTS, "team.updated", body, {"correlation_id": "c"})
        outbox.wake()


@pytest.fixture
async def stage(database_url):
    database = open_database(database_url, SETTINGS)
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
    stage = Stage(database)
    yield stage
    for outbox in stage.outboxes:
        await outbox.stop()
    await database.close()


async def test_messages_go_out_in_order_and_leave_the_table(stage):
    outbox = stage.open()
    await outbox.start()
    bodies = [b"%d" % n for n in range(23)]
    await stage.add(outbox, *bodies)
    await stage.bus.until(23)
    await stage.empty()
    assert stage.bus.got == [(EVENTS, "team.updated", body, {"correlation_id": "c"}) for body in bodies]
    assert outbox.problem() is None


async def test_the_fan_out_gets_its_own(stage):
    outbox = stage.open()
    async with stage.database.write(NOBODY) as connection:
        await outbox.add_fanout(connection, "team:1", b"\x00\xff")
    await outbox.start()
    await stage.fanout.until(1)
    await stage.empty()
    assert stage.fanout.got == [("team:1", b"\x00\xff")]
    assert stage.bus.got == []


async def test_nothing_goes_out_of_a_transaction_that_is_rolled_back(stage):
    outbox = stage.open()
    await outbox.start()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the transaction is what raises
        async with stage.database.write(NOBODY) as connection:
            await outbox.add(connection, EVENTS, "team.updated", b"never")
            raise ZeroDivisionError
    await stage.add(outbox, b"after")
    await stage.bus.until(1)
    assert [message[2] for message in stage.bus.got] == [b"after"]


async def test_what_is_not_confirmed_is_sent_again_before_what_follows(stage):
    outbox = stage.open()
    stage.bus.failures = [NotConfirmed("no"), ConnectionError("gone"), NotConfirmed("no")]
    await stage.add(outbox, b"1", b"2", b"3")
    await outbox.start()
    await stage.bus.until(3)
    await stage.empty()
    assert [message[2] for message in stage.bus.got] == [b"1", b"2", b"3"]


async def test_what_waits_is_named_as_a_problem(stage):
    outbox = stage.open()
    stage.bus.failures = [NotConfirmed("the broker is away")] * 1_000_000
    await stage.add(outbox, b"1")
    await outbox.start()
    await eventually(lambda: outbox.problem() is not None)
    assert "the broker is away" in outbox.problem()
    stage.bus.failures.clear()
    await stage.empty()
    await eventually(lambda: outbox.problem() is None)


async def test_what_nobody_wants_holds_up_nothing(stage):
    outbox = stage.open()
    stage.bus.failures = [Unroutable("nobody")]
    await stage.add(outbox, b"unwanted", b"wanted")
    await outbox.start()
    await stage.empty()
    assert [message[2] for message in stage.bus.got] == [b"wanted"]


async def test_what_was_not_sent_before_a_stop_is_sent_after_a_start(stage):
    first = stage.open()
    stage.bus.failures = [NotConfirmed("away")] * 1_000_000
    await first.start()
    await stage.add(first, b"1")
    await first.stop()
    stage.bus.failures.clear()
    second = stage.open()
    await second.start()
    await stage.bus.until(1)
    await stage.empty()
    assert [message[2] for message in stage.bus.got] == [b"1"]


async def test_many_relays_of_one_table_send_each_message_in_order(stage):
    outboxes = [stage.open() for _ in range(3 if stage.database.dialect == "postgresql" else 1)]
    for outbox in outboxes:
        await outbox.start()
    bodies = [b"%03d" % n for n in range(120)]
    for start in range(0, 120, 10):
        await stage.add(outboxes[start % len(outboxes)], *bodies[start : start + 10])
    await stage.empty()
    assert [message[2] for message in stage.bus.got] == bodies


async def test_a_waking_call_is_not_needed(stage):
    outbox = stage.open()
    await outbox.start()
    async with stage.database.write(NOBODY) as connection:
        await outbox.add(connection, EVENTS, "team.updated", b"quiet")
    await stage.bus.until(1)
    await stage.empty()
