"""The feeds that somebody hears, over one listener of the fan-out."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence

import structlog

from gateway.audience import Audience, Source
from gateway.feed import Feed
from gateway.flight import Flight
from gateway.track import Track
from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Fanout, Listener
from services.runtime.tasks import end

log = structlog.get_logger(__name__)

# The listener hands over what it has without a pause: senders get their turn in between.
ENTRIES_A_TURN = 32
RETRY_SECONDS = 2.0


class Feeds:
    """Opens a feed when the first asks for it, closes it some seconds after the last has left."""

    def __init__(
        self,
        fanout: Fanout,
        clock: Clock,
        make: Callable[[Source], Feed],
        control: Track,
        check_seconds: float,
    ) -> None:
        self._fanout = fanout
        self._clock = clock
        self._make = make
        self._control = control
        self._check_seconds = check_seconds
        self._feeds: dict[str, Feed] = {}
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to listen. A fan-out that cannot be reached yet is tried again until it can."""
        with contextlib.suppress(OSError):
            await self._connect()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._check())]

    async def stop(self) -> None:
        await end(*self._tasks)
        await asyncio.gather(*(track.stop() for track in self._tracks()))
        if self._listener:
            await self._listener.close()

    def problem(self) -> str | None:
        """Why changes do not arrive; `None` while they do."""
        listening = (
            self._listener is not None and self._tasks and not any(task.done() for task in self._tasks)
        )
        return None if listening else "the gateway does not listen to the fan-out"

    @contextlib.asynccontextmanager
    async def of(self, audience: Audience) -> AsyncIterator[list[Feed]]:
        """The feeds of an audience, heard from now on; they stay open within this block."""
        async with contextlib.AsyncExitStack() as stack:
            yield [await stack.enter_async_context(self._using(source)) for source in audience.sources]

    async def catch_up(self, feeds: Sequence[Feed]) -> None:
        """Hear of everything that was published by now. Raises `ConnectionError` when that cannot be told."""
        await self._compare([feed.track for feed in feeds])
        await asyncio.gather(*(feed.track.caught_up() for feed in feeds))

    @contextlib.asynccontextmanager
    async def _using(self, source: Source) -> AsyncIterator[Feed]:
        feed = await self._open(source)
        try:
            yield feed
        finally:
            feed.users -= 1

    async def _open(self, source: Source) -> Feed:
        """Open a feed, or join whoever is opening it: all of them succeed or fail at once."""
        feed = self._feeds.get(source.channel)
        if feed is None:
            feed = self._feeds[source.channel] = self._make(source)
            feed.opening = Flight(self._begin(feed))
        assert feed.opening is not None
        feed.users += 1
        try:
            await feed.opening.join()
        except BaseException:
            feed.users -= 1
            raise
        return feed

    async def _begin(self, feed: Feed) -> None:
        try:
            # Entries may come before the answer does.
            feed.track.begin(await self._must_listen().add(feed.channel))
        except BaseException:
            del self._feeds[feed.channel]
            raise

    async def _connect(self) -> None:
        listener = await self._fanout.listen()
        try:
            self._control.begin(await listener.add(self._control.channel))
        except BaseException:
            await listener.close()
            raise
        self._listener = listener

    async def _run(self) -> None:
        while self._listener is None:
            await self._clock.sleep(random.uniform(0, RETRY_SECONDS))
            with contextlib.suppress(OSError):
                await self._connect()
        taken = 0
        async for entry in self._listener:
            self._take(entry)
            taken += 1
            if taken % ENTRIES_A_TURN == 0:
                await asyncio.sleep(0)

    def _take(self, entry: Entry) -> None:
        feed = self._feeds.get(entry.channel)
        if feed is not None:
            feed.track.take(entry)
        elif entry.channel == self._control.channel:
            self._control.take(entry)

    async def _check(self) -> None:
        while True:
            await self._clock.sleep(self._check_seconds)
            if self._listener is None:
                continue
            try:
                await self._compare(self._tracks())
                await self._close_idle()
            except OSError as error:
                log.warning("fan-out not checked", error=type(error).__name__)

    async def _compare(self, tracks: Sequence[Track]) -> None:
        tops = await self._fanout.tops([track.channel for track in tracks])
        for track, top in zip(tracks, tops, strict=True):
            track.compare(top)

    async def _close_idle(self) -> None:
        for feed in list(self._feeds.values()):
            feed.forget_old()
            if feed.is_idle:
                # Whoever wants the channel again makes another feed, and asks for it after this.
                del self._feeds[feed.channel]
                await self._must_listen().remove(feed.channel)
                await feed.track.stop()

    def _tracks(self) -> Sequence[Track]:
        return [self._control, *(feed.track for feed in self._feeds.values())]

    def _must_listen(self) -> Listener:
        if self._listener is None:
            raise ConnectionError("the fan-out has not been reached yet")
        return self._listener
