"""Something done again and again, with a pause in between."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.runtime.clock import Clock

log = structlog.get_logger(__name__)


class Rounds:
    """Calls `step` every `seconds`, and at once after one that answers that there is more to do.

    A step that raises is logged under `name` and tried again in the next round.
    """

    def __init__(self, name: str, step: Callable[[], Awaitable[bool]], seconds: float, clock: Clock) -> None:
        self._name = name
        self._step = step
        self._seconds = seconds
        self._clock = clock
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Finish the step in hand."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                while await self._step() and not self._stopping.is_set():
                    pass
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("round failed", what=self._name, error=type(error).__name__)
            await self._pause()

    async def _pause(self) -> None:
        waits = [
            asyncio.create_task(self._clock.sleep(self._seconds), name=self._name),
            asyncio.ensure_future(self._stopping.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
