"""Small values that go on within this process while the shared ones cannot be reached."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from services.runtime.clock import Clock
from services.runtime.ephemeral import Counted, Ephemeral
from services.runtime.ephemeral.memory import MemoryEphemeral

log = structlog.get_logger(__name__)
PAUSE_SECONDS = 5.0

T = TypeVar("T")


class FallbackEphemeral:
    """For what must never be in the way, such as counters of attempts: no call raises.

    A call waits `wait_seconds` at most for the shared store. After a failure that is left alone for some
    seconds; then one call tries it, and the others follow if it is there. Starts and stops nothing: the
    shared store is its owner's.
    """

    def __init__(self, shared: Ephemeral, clock: Clock, wait_seconds: float) -> None:
        self._shared = shared
        self._own = MemoryEphemeral(clock)
        self._clock = clock
        self._wait = wait_seconds
        self._again_at: float | None = None

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        await self._own.stop()

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        await self._either(lambda store: store.put(key, value, seconds))

    async def get(self, key: str) -> bytes | None:
        return await self._either(lambda store: store.get(key))

    async def take(self, key: str) -> bytes | None:
        return await self._either(lambda store: store.take(key))

    async def increment(self, key: str, seconds: float) -> Counted:
        return await self._either(lambda store: store.increment(key, seconds))

    async def _either(self, call: Callable[[Ephemeral], Coroutine[Any, Any, T]]) -> T:
        if self._again_at is None or self._clock.monotonic() >= self._again_at:
            if self._again_at is not None:
                self._pause()
            try:
                async with asyncio.timeout(self._wait):
                    answer = await call(self._shared)
            except (ConnectionError, TimeoutError):
                if self._again_at is None:
                    log.warning("counting within this process alone")
                self._pause()
            else:
                self._again_at = None
                return answer
        return await call(self._own)

    def _pause(self) -> None:
        self._again_at = self._clock.monotonic() + PAUSE_SECONDS
