"""Small values that go on within this process while the shared ones cannot be reached."""

import structlog

from services.runtime.clock import Clock
from services.runtime.ephemeral import Ephemeral
from services.runtime.ephemeral.memory import MemoryEphemeral

log = structlog.get_logger(__name__)
PAUSE_SECONDS = 5.0


class FallbackEphemeral:
    """For what must never be in the way, such as counters of attempts: no call raises.

    After a failure the shared store is left alone for some seconds. Starts and stops nothing: the shared
    store is its owner's.
    """

    def __init__(self, shared: Ephemeral, clock: Clock) -> None:
        self._shared = shared
        self._own = MemoryEphemeral(clock)
        self._clock = clock
        self._again_at = 0.0

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        await self._own.stop()

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        if self._reachable:
            try:
                await self._shared.put(key, value, seconds)
            except ConnectionError:
                self._lost()
            else:
                return
        await self._own.put(key, value, seconds)

    async def get(self, key: str) -> bytes | None:
        if self._reachable:
            try:
                return await self._shared.get(key)
            except ConnectionError:
                self._lost()
        return await self._own.get(key)

    async def take(self, key: str) -> bytes | None:
        if self._reachable:
            try:
                return await self._shared.take(key)
            except ConnectionError:
                self._lost()
        return await self._own.take(key)

    async def increment(self, key: str, seconds: float) -> int:
        if self._reachable:
            try:
                return await self._shared.increment(key, seconds)
            except ConnectionError:
                self._lost()
        return await self._own.increment(key, seconds)

    @property
    def _reachable(self) -> bool:
        return self._clock.monotonic() >= self._again_at

    def _lost(self) -> None:
        self._again_at = self._clock.monotonic() + PAUSE_SECONDS
        log.warning("counting within this process alone")
