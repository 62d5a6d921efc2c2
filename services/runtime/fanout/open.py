"""Chooses the fan-out by its URL."""

from services.runtime.clock import Clock
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


def open_fanout(url: str, settings: Settings, clock: Clock, metrics: Metrics | None = None) -> Fanout:
    """Open `memory://` or `redis://…` (`rediss://…`); connects when it is started."""
    scheme = url.partition("://")[0]
    if scheme == "memory":
        from services.runtime.fanout.memory import MemoryFanout  # noqa: PLC0415 - only the chosen one is loaded

        return MemoryFanout(settings, clock, metrics or Metrics())
    if scheme in {"redis", "rediss"}:
        from services.runtime.fanout.redis import RedisFanout  # noqa: PLC0415

        return RedisFanout(url, settings, clock, metrics or Metrics())
    raise ValueError(f"FANOUT_URL: {scheme} is neither memory nor redis")
