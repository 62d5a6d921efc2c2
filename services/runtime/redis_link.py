"""The client of Redis: how long it waits, how it retries, and what its errors mean."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from services.runtime.clock import Clock
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


def open_redis(url: str, settings: Settings) -> Redis:
    """Make a client that connects when it is used.

    After a restart of Redis each pooled connection fails once, so every call is tried again a few times.
    """
    backoff = ExponentialWithJitterBackoff(cap=settings.redis_timeout_seconds / 4, base=0.02)
    return Redis.from_url(
        url,
        protocol=2,
        socket_timeout=settings.redis_timeout_seconds,
        socket_connect_timeout=settings.redis_timeout_seconds,
        retry=Retry(backoff, settings.redis_retries),
    )


@contextmanager
def reachable() -> Iterator[None]:
    """Turn whatever the client raises into `ConnectionError`."""
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise ConnectionError(f"Redis: {type(error).__name__}: {error}") from error


class Pulse:
    """Asks Redis from time to time whether it is there."""

    def __init__(self, client: Redis, settings: Settings, clock: Clock) -> None:
        self._client = client
        self._seconds = settings.redis_ping_seconds
        self._clock = clock
        self._problem: str | None = "not connected to Redis"
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False

    def problem(self) -> str | None:
        return self._problem

    async def start(self) -> None:
        await self._beat()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        # The driver may lose a cancellation, so there is a flag beside it.
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._is_stopped:
            await self._clock.sleep(self._seconds)
            await self._beat()

    async def _beat(self) -> None:
        try:
            with reachable():
                await self._client.ping()
        except ConnectionError as error:
            if self._problem is None:
                log.warning("redis_lost", error=str(error))
            self._problem = str(error)
        else:
            self._problem = None
