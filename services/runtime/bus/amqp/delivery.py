"""One message as the broker delivered it."""

from collections.abc import Sequence

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from services.runtime.bus import Handler, Rejection
from services.runtime.bus.amqp import headers
from services.runtime.bus.amqp.link import not_confirmed
from services.runtime.bus.amqp.publisher import Publisher
from services.runtime.bus.amqp.receipts import Receipts
from services.runtime.bus.amqp.topology import DEAD, Topology
from services.runtime.bus.inbox import Inbox
from services.runtime.clock import Clock

log = structlog.get_logger(__name__)


class AmqpDelivery:
    """Settled on the channel it came by; once that is dead, it is stale: the broker delivers it anew."""

    def __init__(
        self,
        queue: str,
        incoming: AbstractIncomingMessage,
        receipts: Receipts,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self.message = headers.received(incoming)
        self.forged = headers.forgery(incoming)
        self.receipts = receipts
        self.tag = incoming.delivery_tag or 0
        self._queue = queue
        self._publisher = publisher
        self._clock = clock

    @property
    def is_stale(self) -> bool:
        return self.receipts.is_void

    async def done(self) -> None:
        await self.receipts.done([self.tag])

    async def bury(self, rejection: Rejection) -> None:
        marks = headers.burial(self._queue, self.message, rejection, self._clock.now())
        await self._publisher.publish(DEAD.name, self._queue, self.message.body, marks)
        await self.done()

    async def give_back(self) -> None:
        await self.receipts.give_back(self.tag)


class AmqpFeed:
    """Calls one handler with what the broker pushes. The broker's prefetch limits how much waits here."""

    def __init__(self, queue: str, channel: AbstractChannel, topology: Topology, handler: Handler) -> None:
        self._queue = queue
        self._channel = channel
        self._topology = topology
        self._handler = handler
        self._receipts: Receipts | None = None
        self.inbox = FreshInbox()
        self.received = 0

    def receipts(self, incoming: AbstractIncomingMessage) -> Receipts:
        """Those of the channel that it came by. Raises `ChannelInvalidStateError` where that is dead."""
        if self._receipts is None or self._receipts.channel is not incoming.channel:
            self._receipts = Receipts(self._queue, incoming.channel)
        return self._receipts

    def receive(self, delivery: AmqpDelivery) -> None:
        self.received += 1
        delivery.receipts.add(delivery.tag)
        self.inbox.put(delivery)

    async def call(self, deliveries: Sequence[AmqpDelivery]) -> Sequence[Rejection | None]:
        return await self._handler([delivery.message for delivery in deliveries])

    async def done(self, deliveries: Sequence[AmqpDelivery]) -> None:
        by_channel: dict[int, list[AmqpDelivery]] = {}
        for delivery in deliveries:
            by_channel.setdefault(id(delivery.receipts), []).append(delivery)
        for some in by_channel.values():
            await some[0].receipts.done([delivery.tag for delivery in some])

    async def close(self, deliveries: Sequence[AmqpDelivery], problem: str | None) -> None:  # noqa: ARG002
        """Close the channel: with it, all that is unsettled goes back to the queue once."""
        self._topology.unwatch(self._queue)
        try:
            await self._channel.close()
        except CONNECTION_EXCEPTIONS as error:
            log.info("channel_not_closed", queue=self._queue, error=repr(error))

    async def revive(self) -> None:
        """Let the channel break: it is restored with its consumer."""
        with not_confirmed():
            await (await self._channel.get_underlay_channel()).close()


class FreshInbox(Inbox[AmqpDelivery]):
    """Hands out no stale deliveries."""

    def put(self, item: AmqpDelivery) -> None:
        while len(self) and self.first.is_stale:
            super().take()
        super().put(item)

    def take(self) -> AmqpDelivery | None:
        while (delivery := super().take()) is not None:
            if not delivery.is_stale:
                return delivery
        return None
