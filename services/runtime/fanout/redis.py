"""The fan-out over Redis: publish/subscribe for speed, a stream a channel for what was missed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Position
from services.runtime.fanout.inbox import FanoutInbox
from services.runtime.fanout.redis_listener import RedisListener
from services.runtime.fanout.scripts import PUBLISH, SINCE, TOPS
from services.runtime.metrics import Metrics
from services.runtime.redis_link import Pulse, open_redis, reachable
from services.runtime.settings import Settings

AT_ONCE = 200


class RedisFanout:
    """A retried publish may appear twice, under two offsets."""

    def __init__(self, url: str, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._client = open_redis(url, settings)
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._publish = self._client.register_script(PUBLISH)
        self._tops = self._client.register_script(TOPS)
        self._since = self._client.register_script(SINCE)
        self._pulse = Pulse(self._client, settings, clock)
        self._listeners: list[RedisListener] = []
        # Channels of publish/subscribe know no databases, so their names do.
        database = self._client.connection_pool.connection_kwargs.get("db", 0)
        self._prefix = f"fanout:{database}:"

    async def start(self) -> None:
        """Does not wait for Redis; `problem` says whether it is there."""
        await self._pulse.start()

    async def stop(self) -> None:
        for listener in self._listeners:
            await listener.close()
        await self._pulse.stop()
        await self._client.aclose()

    def problem(self) -> str | None:
        return self._pulse.problem()

    async def publish(self, channel: str, payload: bytes) -> Position:
        with reachable():
            epoch, offset = await self._publish(keys=_keys(channel), args=self._told(channel, payload))
        self._metrics.fanout_published.inc()
        return _position(epoch, offset)

    async def publish_all(self, entries: Sequence[tuple[str, bytes]]) -> None:
        for start in range(0, len(entries), AT_ONCE):
            some = entries[start : start + AT_ONCE]
            with reachable():
                async with self._client.pipeline(transaction=False) as line:
                    for channel, payloads in _by_channel(some).items():
                        told = self._told(channel, *payloads)
                        await self._publish(keys=_keys(channel), args=told, client=line)
                    await line.execute()
            self._metrics.fanout_published.inc(len(some))

    async def listen(self) -> RedisListener:
        connection = self._client.connection_pool.make_connection
        inbox = FanoutInbox(self._settings.fanout_queue, self._metrics)
        listener = RedisListener(connection, self._prefix, self.tops, inbox, self._settings, self._clock)
        self._listeners.append(listener)
        return listener

    async def tops(self, channels: Sequence[str]) -> Sequence[Position]:
        if not channels:
            return []
        keys = [key for channel in channels for key in _keys(channel)]
        with reachable():
            tops = await self._tops(keys=keys, args=self._epoch())
        return [_position(epoch, offset) for epoch, offset in tops]

    async def since(self, channel: str, after: Position) -> Sequence[Entry] | None:
        with reachable():
            payloads = await self._since(keys=_keys(channel), args=(after.epoch, after.offset))
        if payloads is None:
            return None
        return [
            Entry(channel, Position(after.epoch, offset), payload)
            for offset, payload in enumerate(payloads, after.offset + 1)
        ]

    def _told(self, channel: str, *payloads: bytes) -> tuple[str | int | bytes, ...]:
        kept = (self._settings.fanout_keep_entries, self._settings.fanout_keep_seconds)
        return (*self._epoch(), *kept, self._prefix + channel, *payloads)

    def _epoch(self) -> tuple[str, int]:
        return uuid4().hex[:16], self._settings.fanout_epoch_seconds


def _by_channel(entries: Sequence[tuple[str, bytes]]) -> Mapping[str, Sequence[bytes]]:
    found: dict[str, list[bytes]] = {}
    for channel, payload in entries:
        found.setdefault(channel, []).append(payload)
    return found


def _keys(channel: str) -> list[str]:
    return [f"fanout:top:{channel}", f"fanout:log:{channel}"]


def _position(epoch: Any, offset: Any) -> Position:
    return Position(epoch.decode(), int(offset))
