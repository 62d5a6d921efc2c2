"""Small values that expire, within one process."""

from dataclasses import dataclass

from services.runtime.clock import Clock
from services.runtime.ephemeral import Counted

SWEEP_AT = 1_000


@dataclass(slots=True)
class Kept:
    value: bytes
    until: float


class MemoryEphemeral:
    """Values end with the process. What has expired is swept out as the store grows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self._sweep_at = SWEEP_AT

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        self._kept.clear()

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self._sweep()
        self._kept[key] = Kept(value, self._clock.monotonic() + seconds)

    async def get(self, key: str) -> bytes | None:
        kept = self._living(key)
        return kept.value if kept else None

    async def take(self, key: str) -> bytes | None:
        kept = self._living(key)
        self._kept.pop(key, None)
        return kept.value if kept else None

    async def increment(self, key: str, seconds: float) -> Counted:
        kept = self._living(key)
        if kept is None:
            await self.put(key, b"1", seconds)
            return Counted(1, seconds)
        count = int(kept.value) + 1
        kept.value = b"%d" % count
        return Counted(count, kept.until - self._clock.monotonic())

    def _living(self, key: str) -> Kept | None:
        kept = self._kept.get(key)
        return kept if kept and kept.until > self._clock.monotonic() else None

    def _sweep(self) -> None:
        if len(self._kept) < self._sweep_at:
            return
        now = self._clock.monotonic()
        self._kept = {key: kept for key, kept in self._kept.items() if kept.until > now}
        self._sweep_at = max(SWEEP_AT, 2 * len(self._kept))
