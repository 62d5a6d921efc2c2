"""One agent at work: watch, read, spool, send."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from pathlib import Path
from typing import TypeVar

from llm_session_manager.collector import Collector
from llm_session_manager.config import Config
from llm_session_manager.sender import Sender
from llm_session_manager.spool.faults import SpoolBrokenError
from llm_session_manager.watch import changes

log = logging.getLogger(__name__)

T = TypeVar("T")


class Loop:
    """Runs a collector and a sender side by side until told to stop."""

    def __init__(self, config: Config, collector: Collector) -> None:
        self._config, self._collector = config, collector
        self._reading = asyncio.Lock()
        self._sender: Sender | None = None
        self._folders: list[Path] = []
        self._rewatch = asyncio.Event()

    async def reread(self) -> None:
        """Read everything anew, from what the spool still knows."""
        await self._read(self._collector.reset)

    async def scan(self, changed: Collection[Path] | None = None) -> None:
        """Read what is new and wake the sender when something waits."""
        await self._read(lambda: self._collector.refresh(changed))

    async def ask(self, step: Callable[[Collector], T]) -> T:
        """Look something up between two scans."""
        async with self._reading:
            return await asyncio.to_thread(step, self._collector)

    async def aside(self, step: Callable[[Collector], T]) -> T:
        """Have something done that scans need not wait for."""
        return await asyncio.to_thread(step, self._collector)

    async def tell(self, step: Callable[[Collector], int]) -> None:
        """Do what may make something wait between two scans, and wake the sender."""
        await self._read(lambda: step(self._collector))

    async def run(self, sender: Sender, stop: asyncio.Event, *more: Coroutine[None, None, None]) -> None:
        """Work until `stop` is set, and let `more` work as long.

        Raises SpoolBrokenError when the spool is damaged meanwhile.
        """
        self._sender = sender
        limits = self._config.limits
        jobs = (
            sender.run(),
            self._watch(),
            self._every(self._config.interval, self.scan),
            self._every(limits.status_interval, self._reconsider),
            self._every(limits.folder_interval, self._find_folders),
            self._notice_sleep(sender),
            *more,
        )
        running = [asyncio.create_task(job) for job in jobs]
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*running, stopping):
                task.cancel()
            await asyncio.gather(*running, stopping, return_exceptions=True)

    async def _read(self, step: Callable[[], int]) -> None:
        async with self._reading:
            waiting = await asyncio.to_thread(step)
            folders = await asyncio.to_thread(self._collector.folders)
        if waiting and self._sender is not None:
            self._sender.wake()
        if folders != self._folders:
            self._folders = folders
            self._rewatch.set()

    async def _reconsider(self) -> None:
        await self._read(self._collector.reconsider)

    async def _find_folders(self) -> None:
        # A folder that does not exist yet cannot be watched: a tool's first session makes it.
        if await asyncio.to_thread(self._collector.folders) != self._folders:
            await self.scan()

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await _steadily(step())

    async def _watch(self) -> None:
        await _steadily(self.scan())
        while True:
            self._rewatch.clear()
            stop = asyncio.Event()
            watching = asyncio.create_task(self._follow(self._folders, stop))
            again = asyncio.create_task(self._rewatch.wait())
            try:
                await self._catch_up()
                await asyncio.wait([watching, again], return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    watching.result()
                    await again
            finally:
                stop.set()
                again.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching

    async def _catch_up(self) -> None:
        # The watch stands once its task has run to its first wait; what changed before that is read now.
        await asyncio.sleep(0)
        await _steadily(self.scan())

    async def _follow(self, folders: list[Path], stop: asyncio.Event) -> None:
        if not folders:
            return
        async for changed in changes(folders, stop, debounce_ms=self._config.limits.watch_debounce_ms):
            await _steadily(self.scan(changed))
            if new := [path for path in changed if path.is_dir()]:
                # What was written into a new folder before the system watched it is announced by nothing.
                await asyncio.sleep(self._config.limits.new_folder_delay)
                await _steadily(self.scan(new))

    async def _notice_sleep(self, sender: Sender) -> None:
        apart = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(self._config.limits.clock_tick)
            now = time.time() - time.monotonic()
            if abs(now - apart) > self._config.limits.sleep_jump:
                log.info(
                    "The clock jumped by %.0f s, the machine slept perhaps: connecting anew.", now - apart
                )
                sender.reconnect()
            apart = now


async def _steadily(step: Awaitable[None]) -> None:
    """Await the step; an agent outlives a scan that fails, but not a broken spool."""
    try:
        await step
    except SpoolBrokenError:
        raise
    except Exception:
        log.exception("A scan failed; the next one tries again.")
