"""Waits for what is in the way, and stops waiting when the process ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from services.runtime.bus.obstacle import is_transient
from services.runtime.clock import Clock
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Stopped(BaseException):
    """The worker ends; what it has in hand goes back. It passes those who catch errors, as a cancellation."""


class Patience:
    """Retries in place, with pauses that double between the two limits of the settings."""

    def __init__(self, settings: Settings, clock: Clock, stopping: asyncio.Event) -> None:
        self._shortest = settings.retry_min_seconds
        self._longest = settings.retry_max_seconds
        self._clock = clock
        self._stopping = stopping

    async def until_clear(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """Repeat while something transient is in the way; other errors pass. Raises `Stopped`."""
        return await self._repeat(action, is_transient)

    async def until_kept(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """Repeat until it succeeds, whatever it raises. Raises `Stopped`."""
        return await self._repeat(action, lambda _: True)

    async def pause(self, tries: int) -> None:
        """Wait as long as after so many tries. Raises `Stopped` as soon as the worker is told to stop."""
        seconds = min(self._longest, self._shortest * 2 ** min(tries, 16))
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({sleep, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            stop.cancel()
        if self._stopping.is_set():
            raise Stopped

    async def _repeat(
        self, action: Callable[[], Awaitable[Result]], again: Callable[[BaseException], bool]
    ) -> Result:
        tries = 0
        while True:
            try:
                return await action()
            except asyncio.CancelledError as error:
                # A dying connection cancels those who wait on it: that is no wish to end this task.
                if _is_cancelled():
                    raise
                log.info("retry", error=repr(error), tries=tries)
            except Exception as error:
                if not again(error):
                    raise
                log.info("retry", error=f"{type(error).__name__}: {error}"[:300], tries=tries)
            await self.pause(tries)
            tries += 1


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
