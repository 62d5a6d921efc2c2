"""What the conformance suite needs of a back end."""

import asyncio
from datetime import UTC, datetime

from services.runtime.fanout import Fanout
from services.runtime.fanout.open import open_fanout
from services.runtime.settings import Settings


class SteppedClock:
    """Time that moves when told; sleeping is real, for a second at most."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.elapsed, UTC)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 1.0))


class Stage:
    """Opens fan-outs that share one back end. In memory that is one object, for there is one process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = SteppedClock()
        self.opened: list[Fanout] = []

    @property
    def is_memory(self) -> bool:
        return self.url.startswith("memory")

    async def open(self, **changes) -> Fanout:
        if self.is_memory and self.opened:
            return self.opened[0]
        fanout = open_fanout(self.url, Settings(**changes), self.clock)
        await fanout.start()
        self.opened.append(fanout)
        return fanout

    async def close(self) -> None:
        for fanout in self.opened:
            await fanout.stop()
