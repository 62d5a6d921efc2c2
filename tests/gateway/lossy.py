"""A fan-out that fails in every way it may."""

import itertools
from collections.abc import Iterator, Sequence
from uuid import uuid4

from services.runtime.fanout import Entry, Position
from services.runtime.fanout.memory import MemoryFanout


class LossyFanout(MemoryFanout):
    """Keeps everything, but what it announces may be lost, doubled or late; it may also forget it all."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.fates: Iterator[str] = itertools.repeat("heard")
        self.away = False
        self._late: list[Entry] = []

    async def publish(self, channel: str, payload: bytes) -> Position:
        entry = self.channel(channel).append(payload, self._clock.monotonic())
        fate = next(self.fates)
        if fate == "late":
            self._late.append(entry)
        for _ in range({"heard": 1, "doubled": 2}.get(fate, 0)):
            self._announce(entry)
        return entry.position

    def catch_up(self) -> None:
        """Announce what was late, the last first."""
        while self._late:
            self._announce(self._late.pop())

    def forget_everything(self) -> None:
        self._epoch = uuid4().hex
        self._channels.clear()

    async def since(self, channel: str, after: Position) -> Sequence[Entry] | None:
        self._reach()
        return await super().since(channel, after)

    async def tops(self, channels: Sequence[str]) -> Sequence[Position]:
        self._reach()
        return await super().tops(channels)

    def _reach(self) -> None:
        if self.away:
            raise ConnectionError("away")

    def _announce(self, entry: Entry) -> None:
        for listener in self._listeners:
            listener.offer(entry)
