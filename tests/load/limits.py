"""What broker and database take at most on this machine, without any of ours between."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid5

import aio_pika
import asyncpg
import orjson
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from tests.load.line import stopwatch
from tests.load.reporters import SPACE

WINDOW, PREFETCH, ROWS_AT_ONCE = 100, 2_000, 500
QUEUE = "limits"
MAKE = "CREATE TABLE limits (id uuid PRIMARY KEY, version bigint NOT NULL, body jsonb NOT NULL)"
UPSERT = """
INSERT INTO limits (id, version, body)
SELECT new.id, new.version, new.body::jsonb
FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS new(id, version, body)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many a second: published and confirmed, taken and acknowledged, replaced in a table."""

    publish: float
    consume: float
    upsert: float


async def measure(amqp_url: str, superuser_url: str, body: bytes, count: int) -> Limits:
    """Send, take and store so many bodies, one kind of work after the other."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        sending = await connection.channel(publisher_confirms=True)
        queue = await sending.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        publish = await _rate(count, lambda: _publish(sending, body, count))
        taking = await connection.channel(publisher_confirms=False)
        await taking.set_qos(prefetch_count=PREFETCH)
        waiting = await taking.get_queue(QUEUE)
        consume = await _rate(count, lambda: _consume(waiting, count))
        await queue.delete(if_unused=False, if_empty=False)
    database = await asyncpg.connect(superuser_url)
    try:
        await database.execute(MAKE)
        text = orjson.dumps(orjson.loads(body)).decode()
        await _upsert(database, text, count, 1)
        upsert = await _rate(count, lambda: _upsert(database, text, count, 2))
    finally:
        await database.close()
    return Limits(publish, consume, upsert)


async def _rate(count: int, work: Callable[[], Awaitable[None]]) -> float:
    with stopwatch() as taken:
        await work()
    return count / taken[0]


async def _publish(channel: AbstractChannel, body: bytes, count: int) -> None:
    """Many under way at once, as confirmations take their time."""
    left = iter(range(count))

    async def some() -> None:
        for _ in left:
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, QUEUE)

    await asyncio.gather(*(some() for _ in range(WINDOW)))


async def _consume(queue: AbstractQueue, count: int) -> None:
    left, done = iter(range(count - 1)), asyncio.Event()

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()
        if next(left, None) is None:
            done.set()

    tag = await queue.consume(take)
    await done.wait()
    await queue.cancel(tag)


async def _upsert(database: asyncpg.Connection, text: str, count: int, version: int) -> None:
    for start in range(0, count, ROWS_AT_ONCE):
        ids: list[UUID] = [
            uuid5(SPACE, f"row {place}") for place in range(start, min(start + ROWS_AT_ONCE, count))
        ]
        await database.execute(UPSERT, ids, [version] * len(ids), [text] * len(ids))
