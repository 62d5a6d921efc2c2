"""Publishes and waits for the broker's word, on a connection that consumes nothing."""

import asyncio
from collections.abc import Mapping
from typing import cast
from uuid import uuid4

from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from aiormq import Channel
from pamqp.commands import Basic

from services.runtime.bus import NotConfirmed
from services.runtime.bus.amqp.link import not_confirmed
from services.runtime.settings import Settings


class Publisher:
    """Has one channel with confirms; what no queue takes is returned and raises `Unroutable`."""

    def __init__(self, connection: AbstractRobustConnection, settings: Settings) -> None:
        self._connection = connection
        self._seconds = settings.publish_timeout_seconds
        self._channel: AbstractChannel | None = None

    async def open(self) -> None:
        channel = self._connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.initialize()
        self._channel = channel

    async def publish(self, exchange: str, routing_key: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Return after the broker's Ack. Raises `NotConfirmed`, also for an answer that is none."""
        if self._channel is None:
            raise NotConfirmed("the bus is not started")
        properties = Basic.Properties(
            headers=dict(headers),
            message_id=uuid4().hex,
            delivery_mode=DeliveryMode.PERSISTENT.value,
            content_type="application/octet-stream",
        )
        with not_confirmed():
            async with asyncio.timeout(self._seconds):
                channel = cast("Channel", await self._channel.get_underlay_channel())
                # The broker's word is waited for, not that it has read: so many go out together.
                answer = await channel.basic_publish(
                    body,
                    exchange=exchange,
                    routing_key=routing_key,
                    properties=properties,
                    mandatory=True,
                    wait=False,
                )
        if not isinstance(answer, Basic.Ack):
            raise NotConfirmed(f"the broker answered {type(answer).__name__}")
