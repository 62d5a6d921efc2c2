"""Collects a batch: until it is full, or a short while after its first message."""

import asyncio

from services.runtime.bus.delivery import Delivered
from services.runtime.bus.inbox import Inbox
from services.runtime.settings import Settings


async def collect(
    inbox: Inbox[Delivered],
    batch: list[Delivered],
    stopping: asyncio.Event,
    settings: Settings,
    wait_ms: int | None = None,
) -> None:
    """Fill `batch`: wait for a first message however long it takes, then for more. Empty when stopping.

    It waits for more `wait_ms`, or as long as is usual.
    """
    await _collect(inbox, batch, stopping, 1)
    seconds = (settings.batch_wait_ms if wait_ms is None else wait_ms) / 1000
    await _collect_for(seconds, inbox, batch, stopping, settings.batch_size)


async def gather(
    inbox: Inbox[Delivered], batch: list[Delivered], stopping: asyncio.Event, settings: Settings
) -> None:
    """Fill `batch` with all that comes for some seconds, or until nothing more does."""
    await _collect(inbox, batch, stopping, 1)
    end = asyncio.get_running_loop().time() + settings.gather_seconds
    quiet, before = settings.gather_quiet_ms / 1000, 0
    while before < len(batch) and asyncio.get_running_loop().time() < end:
        before = len(batch)
        await _collect_for(quiet, inbox, batch, stopping, settings.prefetch)


async def _collect_for(
    seconds: float, inbox: Inbox[Delivered], batch: list[Delivered], stopping: asyncio.Event, size: int
) -> None:
    try:
        async with asyncio.timeout(seconds):
            await _collect(inbox, batch, stopping, size)
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
