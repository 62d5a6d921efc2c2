"""The bounded queue of one listener."""

import asyncio
from collections.abc import AsyncIterator

from services.runtime.fanout import Entry
from services.runtime.metrics import Metrics


class FanoutInbox:
    """Drops what comes while it is full, and counts it: the reader sees a hole in the offsets."""

    def __init__(self, size: int, metrics: Metrics) -> None:
        self._entries: asyncio.Queue[Entry | None] = asyncio.Queue()
        self._size = size
        self._metrics = metrics
        self._is_closed = False
        self.dropped = 0

    def put(self, entry: Entry) -> None:
        if self._is_closed:
            return
        if self._entries.qsize() >= self._size:
            self.dropped += 1
            self._metrics.frames_dropped.inc()
            return
        self._entries.put_nowait(entry)

    def close(self) -> None:
        """End the iteration after what is already here."""
        if not self._is_closed:
            self._is_closed = True
            self._entries.put_nowait(None)

    async def entries(self) -> AsyncIterator[Entry]:
        while (entry := await self._entries.get()) is not None:
            yield entry
        self._entries.put_nowait(None)
