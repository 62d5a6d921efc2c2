"""Dead letters as messages of a queue: read without being taken, replayed or dropped one by one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractIncomingMessage, AbstractQueue, AbstractRobustConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from services.runtime.bus import DeadLetter
from services.runtime.bus.amqp import headers
from services.runtime.bus.amqp.link import channel_of
from services.runtime.bus.amqp.publisher import Publisher
from services.runtime.bus.amqp.topology import dead_queue
from services.runtime.clock import Clock
from services.runtime.settings import Settings


class Letters:
    """The dead letters of all queues. Calls raise `NotConfirmed` when the broker cannot be asked."""

    def __init__(
        self, connection: AbstractRobustConnection, publisher: Publisher, settings: Settings, clock: Clock
    ) -> None:
        self._connection = connection
        self._publisher = publisher
        self._seconds = settings.publish_timeout_seconds
        self._pause = settings.retry_min_seconds
        self._clock = clock
        # Reading holds letters for a moment: two readers at once would each see a part.
        self._reading = asyncio.Lock()

    async def oldest(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        async def keep(_: DeadLetter) -> bool:
            return False

        # What was looked at before comes back in another place, so all are read to find the oldest.
        letters, _ = await self._walk(queue, keep)
        return sorted(letters, key=lambda letter: letter.died_at)[:limit]

    async def replay(self, queue: str, ids: Sequence[str]) -> int:
        wanted = frozenset(ids)

        async def send(letter: DeadLetter) -> bool:
            if letter.id not in wanted:
                return False
            await self._publisher.publish(
                headers.DEFAULT_EXCHANGE, queue, letter.body, headers.replay(letter)
            )
            return True

        return (await self._walk(queue, send))[1]

    async def purge(self, queue: str, ids: Sequence[str] | None) -> int:
        async def drop(letter: DeadLetter) -> bool:
            return ids is None or letter.id in ids

        return (await self._walk(queue, drop))[1]

    async def _walk(
        self, queue: str, remove: Callable[[DeadLetter], Awaitable[bool]]
    ) -> tuple[list[DeadLetter], int]:
        """Look at each letter that is there now; answers all and how many were removed."""
        letters: list[DeadLetter] = []
        removed = 0
        async with self._opened(queue) as dead:
            count = await _length(dead)
            kept: AbstractIncomingMessage | None = None
            while len(letters) < count:
                incoming = await dead.get(no_ack=False, fail=False, timeout=self._seconds)
                if incoming is None:
                    break
                letters.append(headers.letter(queue, incoming))
                if await remove(letters[-1]):
                    await incoming.ack()
                    removed += 1
                else:
                    kept = incoming
            if kept is not None:
                await kept.nack(multiple=True, requeue=True)
                await self._returned(dead, len(letters) - removed)
        return letters, removed

    async def _returned(self, dead: AbstractQueue, count: int) -> None:
        """Wait until letters are back in their queue, so that whoever reads next sees them."""
        async with asyncio.timeout(self._seconds):
            while await _length(dead) < count:
                await self._clock.sleep(self._pause)

    @asynccontextmanager
    async def _opened(self, queue: str) -> AsyncIterator[AbstractQueue]:
        async with self._reading, channel_of(self._connection, self._seconds) as channel:
            yield await channel.get_queue(dead_queue(queue), ensure=False)


async def _length(dead: AbstractQueue) -> int:
    try:
        # A robust channel would answer from memory what it was told the first time.
        channel = await dead.channel.get_underlay_channel()
        declared = await channel.queue_declare(dead.name, passive=True)
    except ChannelNotFoundEntity:
        return 0
    return declared.message_count or 0
