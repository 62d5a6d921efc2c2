"""A connection of its own that hears channels, and comes back when it is lost."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Position
from services.runtime.fanout.inbox import FanoutInbox
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
LOST = (RedisError, OSError, TimeoutError)


class RedisListener:
    """Only its own task reads the connection; whoever adds a channel waits for the answer it reads."""

    def __init__(
        self,
        connect: Callable[[], AbstractConnection],
        prefix: str,
        tops: Callable[[Sequence[str]], Awaitable[Sequence[Position]]],
        inbox: FanoutInbox,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._connect = connect
        self._prefix = prefix
        self._tops = tops
        self._inbox = inbox
        self._settings = settings
        self._clock = clock
        self._wanted: set[str] = set()
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._connection: AbstractConnection | None = None
        self._is_quiet = False
        self._is_closed = False
        self._task = asyncio.create_task(self._run())

    @property
    def dropped(self) -> int:
        return self._inbox.dropped

    async def add(self, channel: str) -> Position:
        """Raises `ConnectionError` when Redis does not answer in time; the channel is not heard then."""
        self._wanted.add(channel)
        answer = self._answers.setdefault(channel, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(self._settings.redis_timeout_seconds * 2):
                await self._send("SUBSCRIBE", channel)
                await asyncio.shield(answer)
            return (await self._tops([channel]))[0]
        except (TimeoutError, ConnectionError) as error:
            await self.remove(channel)
            raise ConnectionError("Redis does not answer a subscription") from error

    async def remove(self, channel: str) -> None:
        self._wanted.discard(channel)
        await self._send("UNSUBSCRIBE", channel)

    def __aiter__(self) -> AsyncIterator[Entry]:
        return self._inbox.entries()

    async def close(self) -> None:
        # The driver may lose a cancellation, so there is a flag beside it, and nothing left to read.
        self._is_closed = True
        self._task.cancel()
        if self._connection is not None:
            await self._connection.disconnect(nowait=True)
        await asyncio.gather(self._task, return_exceptions=True)
        self._inbox.close()

    async def _send(self, command: str, *channels: str) -> None:
        """Send on the live connection. Where there is none, the next one subscribes to all that is wanted."""
        connection = self._connection
        # A dead connection would connect again by itself, and hear nothing but this one channel.
        if connection is not None and connection.is_connected:
            with suppress(*LOST):
                await connection.send_command(
                    command, *(self._prefix + name for name in channels), check_health=False
                )

    async def _run(self) -> None:
        failures = 0
        while not self._is_closed:
            connection = self._connect()
            try:
                await connection.connect()  # type: ignore[no-untyped-call]  # the driver's own gap
                self._connection, failures = connection, 0
                await self._listen(connection)
            except LOST as error:
                log.info("listener_lost", error=f"{type(error).__name__}: {error}"[:200])
            finally:
                self._connection = None
                with suppress(*LOST):
                    await connection.disconnect(nowait=True)
            await self._clock.sleep(random.uniform(0, self._longest_pause(failures)))
            failures += 1

    def _longest_pause(self, failures: int) -> float:
        doubled = self._settings.retry_min_seconds * 2 ** min(failures, 16)
        return float(min(self._settings.retry_max_seconds, doubled))

    async def _listen(self, connection: AbstractConnection) -> None:
        if self._wanted:
            await self._send("SUBSCRIBE", *self._wanted)
        pinging = asyncio.create_task(self._ping(connection))
        try:
            while not self._is_closed:
                answer = await connection.read_response(timeout=math.inf, push_request=True)
                self._is_quiet = False
                self._take(answer)
        finally:
            pinging.cancel()

    async def _ping(self, connection: AbstractConnection) -> None:
        """Cut a connection on which nothing comes, not even an answer: its other end is gone."""
        while connection.is_connected:
            self._is_quiet = True
            await self._send("PING")
            await self._clock.sleep(self._settings.redis_ping_seconds)
            if self._is_quiet:
                await connection.disconnect(nowait=True)

    def _take(self, answer: Any) -> None:
        if not isinstance(answer, list):
            return
        kind, name, content = answer[0], answer[1], answer[2] if len(answer) > 2 else None
        channel = name.decode().removeprefix(self._prefix)
        if kind == b"subscribe":
            waiting = self._answers.pop(channel, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)
        elif kind == b"message" and channel in self._wanted and isinstance(content, bytes):
            epoch, offset, payload = content.split(b":", 2)
            self._inbox.put(Entry(channel, Position(epoch.decode(), int(offset)), payload))
