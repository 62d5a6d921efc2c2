"""Time that stands still until a test moves it."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, tzinfo=UTC)


class ManualClock:
    """Time stands still until `advance` moves it."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self._now)

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._count), done))
        await done

    async def advance(self, seconds: float) -> None:
        end = self._now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, done = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            if not done.done():
                done.set_result(None)
            await settle()
        self._now = end
        await settle()

    async def stall(self, seconds: float) -> None:
        """Let time pass in which nobody is woken, as on a machine with too much to do."""
        self._now += seconds
        await self.advance(0)


async def settle() -> None:
    """Let every task run until all of them wait. Nothing here waits for the outside."""
    for _ in range(60):
        await asyncio.sleep(0)
