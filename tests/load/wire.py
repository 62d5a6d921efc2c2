"""A thin wire to the broker: what loads the machine is to be who is measured, not who sends."""

import asyncio
import struct
from collections.abc import Iterable
from functools import cached_property, lru_cache

from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel, ChannelFrame
from pamqp import frame
from pamqp.commands import Basic
from pamqp.header import ContentHeader

BODY, END = 3, b"\xce"
PERSISTENT = 2


class Wire:
    """Publishes to one exchange without confirmations, from frames that are made once."""

    def __init__(self, channel: AbstractChannel, exchange: str) -> None:
        self._channel = channel
        self._exchange = exchange
        self._heads: dict[str, bytes] = {}

    async def send(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Send bodies under routing keys, all in one piece. Returns once the socket has taken them."""
        written = asyncio.get_running_loop().create_future()
        frames = b"".join(piece for key, body in messages for piece in self._frames(key, body))
        await self._channel.write_queue.put(ChannelFrame(frames, should_close=False, drain_future=written))
        await written

    def _frames(self, key: str, body: bytes) -> tuple[bytes, ...]:
        head = struct.pack(">BHI", BODY, self._number, len(body))
        return self._head(key), self._properties(len(body)), head, body, END

    def _head(self, key: str) -> bytes:
        if key not in self._heads:
            publish = Basic.Publish(exchange=self._exchange, routing_key=key)
            self._heads[key] = frame.marshal(publish, self._number)
        return self._heads[key]

    def _properties(self, size: int) -> bytes:
        return _properties(self._number, size)

    @cached_property
    def _number(self) -> int:
        return int(self._channel.number)


@lru_cache
def _properties(channel: int, size: int) -> bytes:
    properties = Basic.Properties(delivery_mode=PERSISTENT)
    return frame.marshal(ContentHeader(body_size=size, properties=properties), channel)


async def open_wire(connection: AbstractConnection, exchange: str) -> Wire:
    channel = connection.channel(publisher_confirms=False)
    await channel.initialize()
    return Wire(await channel.get_underlay_channel(), exchange)
