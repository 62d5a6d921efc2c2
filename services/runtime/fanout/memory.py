"""The fan-out within one process."""

from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from uuid import uuid4

from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Position
from services.runtime.fanout.inbox import FanoutInbox
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


class MemoryFanout:
    """Keeps the last entries of each channel for a while; a new process is a new epoch."""

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._epoch = uuid4().hex[:16]
        self._channels: dict[str, Channel] = {}
        self._listeners: set[MemoryListener] = set()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        for listener in tuple(self._listeners):
            await listener.close()

    def problem(self) -> str | None:
        return None

    async def publish(self, channel: str, payload: bytes) -> Position:
        entry = self.channel(channel).append(payload, self._clock.monotonic())
        for listener in self._listeners:
            listener.offer(entry)
        self._metrics.fanout_published.inc()
        return entry.position

    async def publish_all(self, entries: Sequence[tuple[str, bytes]]) -> None:
        for channel, payload in entries:
            await self.publish(channel, payload)

    async def listen(self) -> "MemoryListener":
        listener = MemoryListener(self, FanoutInbox(self._settings.fanout_queue, self._metrics))
        self._listeners.add(listener)
        return listener

    async def tops(self, channels: Sequence[str]) -> Sequence[Position]:
        return [self.channel(channel).top for channel in channels]

    async def since(self, channel: str, after: Position) -> Sequence[Entry] | None:
        kept = self.channel(channel)
        kept.forget(self._clock.monotonic() - self._settings.fanout_keep_seconds)
        return kept.since(after)

    def channel(self, name: str) -> "Channel":
        if name not in self._channels:
            top = Position(self._epoch, 0)
            self._channels[name] = Channel(name, top, self._settings.fanout_keep_entries)
        return self._channels[name]

    def leave(self, listener: "MemoryListener") -> None:
        self._listeners.discard(listener)


class Channel:
    """The kept entries of one channel, oldest first, each with the time it came."""

    def __init__(self, name: str, top: Position, keep: int) -> None:
        self.name = name
        self.top = top
        self._entries: deque[tuple[float, Entry]] = deque(maxlen=keep)

    def append(self, payload: bytes, now: float) -> Entry:
        self.top = Position(self.top.epoch, self.top.offset + 1)
        entry = Entry(self.name, self.top, payload)
        self._entries.append((now, entry))
        return entry

    def forget(self, before: float) -> None:
        while self._entries and self._entries[0][0] < before:
            self._entries.popleft()

    def since(self, after: Position) -> Sequence[Entry] | None:
        missing = self.top.offset - after.offset
        if after.epoch != self.top.epoch or not 0 <= missing <= len(self._entries):
            return None
        return list(self._newest(missing))

    def _newest(self, count: int) -> Iterator[Entry]:
        return (entry for _, entry in islice(self._entries, len(self._entries) - count, None))


class MemoryListener:
    """Hears the channels it was told to."""

    def __init__(self, fanout: MemoryFanout, inbox: FanoutInbox) -> None:
        self._fanout = fanout
        self._inbox = inbox
        self._channels: set[str] = set()

    @property
    def dropped(self) -> int:
        return self._inbox.dropped

    async def add(self, channel: str) -> Position:
        self._channels.add(channel)
        return self._fanout.channel(channel).top

    async def remove(self, channel: str) -> None:
        self._channels.discard(channel)

    def __aiter__(self) -> AsyncIterator[Entry]:
        return self._inbox.entries()

    async def close(self) -> None:
        self._fanout.leave(self)
        self._inbox.close()

    def offer(self, entry: Entry) -> None:
        if entry.channel in self._channels:
            self._inbox.put(entry)
