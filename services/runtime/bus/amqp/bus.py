"""The bus over RabbitMQ."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelInvalidStateError

from services.runtime.bus import DeadLetter, Exchange, Handler, NotConfirmed, Queue, Unroutable
from services.runtime.bus.amqp.delivery import AmqpDelivery, AmqpFeed
from services.runtime.bus.amqp.letters import Letters
from services.runtime.bus.amqp.link import connect, not_confirmed
from services.runtime.bus.amqp.publisher import Publisher
from services.runtime.bus.amqp.topology import Topology, declare_queue
from services.runtime.bus.amqp.vigil import Vigil
from services.runtime.bus.attempts import Attempts
from services.runtime.bus.consumer import Consumer
from services.runtime.bus.worker import Worker
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
NOT_CONNECTED = "not connected to the broker"


class AmqpBus:
    """Publishes on one connection and consumes on another.

    A broker short of memory or disk stops reading from who publishes: no acknowledgement may wait behind it.
    """

    def __init__(
        self,
        url: str,
        settings: Settings,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        topology: Sequence[Queue] = (),
    ) -> None:
        self._url = url
        self._settings = settings
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._queues = topology
        self._parts: Parts | None = None
        self._consumers: list[Consumer[AmqpDelivery]] = []

    async def start(self) -> None:
        while self._parts is None:
            publishing = await connect(self._url, "publish", self._settings)
            consuming = await connect(self._url, "consume", self._settings)
            parts = Parts(publishing, consuming, self._queues, self._settings, self._clock)
            try:
                await parts.publisher.open()
                await parts.topology.declare_all()
            except (NotConfirmed, *CONNECTION_EXCEPTIONS) as error:
                log.warning("broker_not_ready", error=repr(error)[:300])
                await parts.close()
                await self._clock.sleep(self._settings.reconnect_seconds)
            else:
                parts.topology.keep()
                self._parts = parts

    async def stop(self) -> None:
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))
        if self._parts is not None:
            await self._parts.close()
            self._parts = None

    def problem(self) -> str | None:
        is_connected = self._parts is not None and self._parts.publishing.connected.is_set()
        return None if is_connected else NOT_CONNECTED

    async def publish(
        self, exchange: Exchange, routing_key: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        parts = self._open_parts()
        await parts.topology.ensure(exchange)
        try:
            await parts.publisher.publish(exchange.name, routing_key, body, headers or {})
        except Unroutable:
            if not parts.topology.takes(exchange, routing_key):
                raise
            # A queue that comes back the moment it is deleted keeps its consumers from hearing of it.
            await self._clock.sleep(self._settings.reconnect_seconds)
            await parts.topology.declare_all()
            await parts.publisher.publish(exchange.name, routing_key, body, headers or {})
        self._metrics.events_published.labels(exchange.name).inc()

    async def declare(self, queue: Queue) -> None:
        await self._open_parts().topology.declare([queue])

    async def subscribe(self, queue: Queue, handler: Handler) -> Consumer[AmqpDelivery]:
        parts = self._open_parts()
        while True:
            try:
                return await self._subscribe(parts, queue, handler)
            except NotConfirmed as error:
                log.warning("not_subscribed", queue=queue.name, error=str(error)[:300])
                await self._clock.sleep(self._settings.reconnect_seconds)

    async def dead_letters(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        return await self._open_parts().letters.oldest(queue, limit)

    async def replay(self, queue: str, ids: Sequence[str]) -> int:
        return await self._open_parts().letters.replay(queue, ids)

    async def purge(self, queue: str, ids: Sequence[str] | None = None) -> int:
        return await self._open_parts().letters.purge(queue, ids)

    async def _subscribe(self, parts: "Parts", queue: Queue, handler: Handler) -> Consumer[AmqpDelivery]:
        await parts.topology.add(queue)
        with not_confirmed():
            channel = parts.consuming.channel(publisher_confirms=False)
            await channel.initialize()
            await channel.set_qos(prefetch_count=self._settings.prefetch)
            declared = await declare_queue(channel, queue)
        feed = AmqpFeed(queue.name, channel, parts.topology, handler)

        async def receive(incoming: AbstractIncomingMessage) -> None:
            try:
                receipts = feed.receipts(incoming)
            except ChannelInvalidStateError:
                return  # it comes again
            feed.receive(AmqpDelivery(queue.name, incoming, receipts, parts.publisher, self._clock))

        attempts = Attempts(self._database, queue.name, self._settings, self._clock)
        worker = Worker(
            queue.name, feed, attempts, self._settings, self._clock, self._metrics, gathers=queue.gathers
        )
        with not_confirmed():
            await declared.consume(receive)
        vigil = Vigil(queue.name, lambda: worker.is_idle, lambda: feed.received, feed.revive)
        parts.topology.watch(queue.name, vigil)
        consumer = Consumer(worker, self._settings.drain_seconds, parts.consuming_problem)
        self._consumers.append(consumer)
        return consumer

    def _open_parts(self) -> "Parts":
        if self._parts is None:
            raise NotConfirmed(NOT_CONNECTED)
        return self._parts


class Parts:
    """What exists while the bus is started."""

    def __init__(
        self,
        publishing: AbstractRobustConnection,
        consuming: AbstractRobustConnection,
        queues: Sequence[Queue],
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.publishing = publishing
        self.consuming = consuming
        self.publisher = Publisher(publishing, settings)
        self.topology = Topology(consuming, queues, settings)
        self.letters = Letters(consuming, self.publisher, settings, clock)

    def consuming_problem(self) -> str | None:
        return None if self.consuming.connected.is_set() else NOT_CONNECTED

    async def close(self) -> None:
        await self.topology.stop()
        await asyncio.gather(self.publishing.close(), self.consuming.close(), return_exceptions=True)
