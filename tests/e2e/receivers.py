"""Receivers of webhooks on this machine, for scenarios that do not run in an event loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.insight.receiver import Receiver, receiving


@contextmanager
def listening(shape: str) -> Iterator[Receiver]:
    """A receiver shaped as Slack's (`slack`) or Teams' (`teams`), in a thread of its own."""
    receiver, ready = Receiver(shape), threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def listen() -> None:
        async with receiving(receiver):
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(listen()))
    thread.start()
    try:
        assert ready.wait(20)
        yield receiver
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
