"""Declares what must be there. Only the kind of a queue is declared; limits are the broker's policies."""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence

import structlog
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractQueue, AbstractRobustConnection
from pamqp.common import FieldTable

from services.runtime.bus import Exchange, NotConfirmed, Queue
from services.runtime.bus.amqp.link import channel_of, not_confirmed
from services.runtime.bus.amqp.vigil import Vigil
from services.runtime.bus.routing import takers
from services.runtime.settings import Settings
from services.runtime.tasks import end

log = structlog.get_logger(__name__)
DEAD = Exchange("dead", "direct")
QUORUM: FieldTable = {"x-queue-type": "quorum"}


def dead_queue(queue: str) -> str:
    return f"{DEAD.name}.{queue}"


class Topology:
    """Declares a set of queues again and again, so that what somebody deleted by mistake comes back."""

    def __init__(
        self, connection: AbstractRobustConnection, queues: Sequence[Queue], settings: Settings
    ) -> None:
        self._connection = connection
        self._queues = list(queues)
        self._settings = settings
        self._exchanges = {exchange for queue in queues for exchange, _ in queue.bindings}
        self._vigils: dict[str, Vigil] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def declare_all(self) -> Mapping[str, int]:
        """Declare the whole set, each queue with one for its dead letters; answers what waits in each.

        Raises `NotConfirmed`.
        """
        queues = [each for queue in self._queues for each in _with_dead(queue)]
        return await self.declare(queues, self._exchanges)

    def takes(self, exchange: Exchange, routing_key: str) -> bool:
        """Whether a queue of the set should get this message."""
        return bool(takers(self._queues, exchange, routing_key))

    async def ensure(self, exchange: Exchange) -> None:
        """Declare an exchange that no queue of the set is bound to. Raises `NotConfirmed`."""
        if exchange not in self._exchanges:
            await self.declare((), {exchange})
            self._exchanges.add(exchange)

    async def declare(self, queues: Iterable[Queue], exchanges: Iterable[Exchange] = ()) -> Mapping[str, int]:
        """Declare what the caller chooses, just as it is; answers how many messages wait in each queue.

        Raises `NotConfirmed`.
        """
        waiting, wanted = {}, list(queues)
        bound = {exchange for queue in wanted for exchange, _ in queue.bindings}
        seconds = self._settings.publish_timeout_seconds
        with not_confirmed():
            async with asyncio.timeout(seconds), channel_of(self._connection, seconds) as channel:
                for exchange in bound.union(exchanges):
                    await _declare_exchange(channel, exchange)
                for queue in wanted:
                    declared = await _declare_queue(channel, queue)
                    waiting[queue.name] = declared.declaration_result.message_count or 0
        return waiting

    async def add(self, queue: Queue) -> None:
        """Take a queue into the set. Raises `NotConfirmed`."""
        await self.declare(_with_dead(queue))
        if queue not in self._queues:
            self._queues.append(queue)

    def watch(self, queue: str, vigil: Vigil) -> None:
        """Let a vigil look at a queue each time it was declared, until `unwatch`."""
        self._vigils[queue] = vigil

    def unwatch(self, queue: str) -> None:
        self._vigils.pop(queue, None)

    def keep(self) -> None:
        """Declare anew from time to time, until `stop`."""
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        await end(self._keeping)

    async def _keep(self) -> None:
        seconds = self._settings.topology_seconds
        # Services that begin together need not ask the broker for all of this together ever after.
        await asyncio.sleep(random.uniform(0, seconds))
        while True:
            try:
                await self._check(await self.declare_all())
            except NotConfirmed as error:
                log.info("topology_not_declared", error=str(error))
            await asyncio.sleep(seconds)

    async def _check(self, waiting: Mapping[str, int]) -> None:
        for queue, vigil in tuple(self._vigils.items()):
            await vigil.check(waiting.get(queue, 0))


async def declare_queue(channel: AbstractChannel, queue: Queue) -> AbstractQueue:
    """Declare a queue with its bindings; on a robust channel they and its consumers are restored."""
    for exchange, _ in queue.bindings:
        await _declare_exchange(channel, exchange)
    return await _declare_queue(channel, queue)


async def _declare_queue(channel: AbstractChannel, queue: Queue) -> AbstractQueue:
    declared = await channel.declare_queue(queue.name, durable=True, arguments=QUORUM)
    for exchange, pattern in queue.bindings:
        await declared.bind(exchange.name, pattern)
    return declared


async def _declare_exchange(channel: AbstractChannel, exchange: Exchange) -> None:
    await channel.declare_exchange(exchange.name, ExchangeType(exchange.kind), durable=True)


def _with_dead(queue: Queue) -> tuple[Queue, Queue]:
    return queue, Queue(dead_queue(queue.name), ((DEAD, queue.name),))
