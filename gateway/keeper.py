"""Asks every socket for a sign of life, by one timer for all of them."""

import asyncio
from typing import Protocol

from services.runtime.clock import Clock
from services.runtime.tasks import end

LOOK_SECONDS = 1.0


class Kept(Protocol):
    def keep(self, now: float) -> None:
        """Ask, or give up, when it is time to."""


class Keeper:
    """Looks at its sockets once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sockets: set[Kept] = set()
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._watch = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end(self._watch)

    def add(self, socket: Kept) -> None:
        self._sockets.add(socket)

    def remove(self, socket: Kept) -> None:
        self._sockets.discard(socket)

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            now = self._clock.monotonic()
            for socket in tuple(self._sockets):
                socket.keep(now)
