"""Collects a batch: until it is full, or a short while after its first message."""

import asyncio

from services.runtime.bus.delivery import Delivered
from services.runtime.bus.inbox import Inbox
from services.runtime.settings import Settings


async def collect(
    inbox: Inbox[Delivered], batch: list[Delivered], stopping: asyncio.Event, settings: Settings
) -> None:
    """Fill `batch`: wait for a first message however long it takes, then for more. Empty when stopping."""
    await _collect(inbox, batch, stopping, 1)
    try:
        async with asyncio.timeout(settings.batch_wait_ms / 1000):
            await _collect(inbox, batch, stopping, settings.batch_size)
    except TimeoutError:
        return


async def _collect(
    inbox: Inbox[Delivered], batch: list[Delivered], stopping: asyncio.Event, size: int
) -> None:
    while len(batch) < size and not stopping.is_set():
        delivery = inbox.take()
        if delivery is None:
            await inbox.wait()
        else:
            batch.append(delivery)
