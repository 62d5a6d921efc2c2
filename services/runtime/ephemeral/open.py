"""Chooses where small shared values live, by the fan-out's URL."""

from services.runtime.clock import Clock
from services.runtime.ephemeral import Ephemeral
from services.runtime.settings import Settings


def open_ephemeral(url: str, settings: Settings, clock: Clock) -> Ephemeral:
    """Open `memory://` or `redis://…` (`rediss://…`); connects when it is started."""
    scheme = url.partition("://")[0]
    if scheme == "memory":
        from services.runtime.ephemeral.memory import (  # noqa: PLC0415 - only the chosen one is loaded
            MemoryEphemeral,
        )

        return MemoryEphemeral(clock)
    if scheme in {"redis", "rediss"}:
        from services.runtime.ephemeral.redis import RedisEphemeral  # noqa: PLC0415

        return RedisEphemeral(url, settings)
    raise ValueError(f"FANOUT_URL: {scheme} is neither memory nor redis")
