"""Chooses the bus by its URL."""

from collections.abc import Sequence

from services.runtime.bus import Bus, Queue
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


def open_bus(
    url: str,
    settings: Settings,
    database: Database,
    clock: Clock,
    metrics: Metrics | None = None,
    *,
    topology: Sequence[Queue] = (),
) -> Bus:
    """Open `memory://` or `amqp://…`; connects when it is started.

    The queues of `topology` exist from the start, so that what is published before their consumer runs waits
    for it. On `memory://` the tables of `services/runtime/tables.py` must be there.
    """
    scheme = url.partition("://")[0]
    if scheme == "memory":
        from services.runtime.bus.memory import MemoryBus  # noqa: PLC0415 - only the chosen one is loaded

        return MemoryBus(settings, database, clock, metrics or Metrics(), topology)
    if scheme in {"amqp", "amqps"}:
        from services.runtime.bus.amqp.bus import AmqpBus  # noqa: PLC0415

        return AmqpBus(url, settings, database, clock, metrics or Metrics(), topology)
    raise ValueError(f"BUS_URL: {scheme} is neither memory nor amqp")
