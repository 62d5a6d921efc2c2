"""Long work on the event loop, in short pieces."""

import asyncio
import time
from collections.abc import Callable

LONGEST_SECONDS = 0.005


class Turns:
    """Of one piece of work: lets what else waits in this process go on now and then."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._since = now()

    async def give(self) -> None:
        """Let everything that is ready run once, where the last time was long enough ago."""
        if self._now() - self._since >= LONGEST_SECONDS:
            await asyncio.sleep(0)
            self._since = self._now()
