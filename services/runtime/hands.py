"""Tasks that work off what waits in a table, several at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)
Item = TypeVar("Item")


class Hands(Generic[Item]):
    """Calls `take` when woken and every `seconds`, and `handle` with what it gives, `count` at once.

    One looks first, and calls another as soon as it has found something: where nothing waits, one question
    is asked, however many hands there are. What raises is logged under `name` and left to the next round.
    """

    def __init__(
        self,
        name: str,
        take: Callable[[], Awaitable[Item | None]],
        handle: Callable[[Item], Awaitable[None]],
        *,
        count: int,
        seconds: float,
    ) -> None:
        self._name = name
        self._take = take
        self._handle = handle
        self._count = count
        self._seconds = seconds
        self._call: asyncio.Queue[None] = asyncio.Queue(1)
        self._stopping = asyncio.Event()
        self._rounds: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name=self._name) for _ in range(self._count)]
        self._rounds = asyncio.create_task(self._look_again(), name=self._name)

    async def stop(self, patience: float) -> None:
        """Finish what is in hand, for `patience` seconds at most."""
        self._stopping.set()
        if self._rounds is None:
            return
        await self._rounds
        self.wake()
        await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look now, not in the next round."""
        if not self._call.full():
            self._call.put_nowait(None)

    async def _look_again(self) -> None:
        while not self._stopping.is_set():
            self.wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._stopping.wait()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._call.get()
            try:
                while not self._stopping.is_set() and (item := await self._take()) is not None:
                    self.wake()
                    await self._handle(item)
            except Exception as error:  # noqa: BLE001 - it waits on, and the next round looks for it
                log.warning("work waits", what=self._name, error=type(error).__name__)
        self.wake()
