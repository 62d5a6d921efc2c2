"""Connections to the broker, and what its driver's errors mean."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from aio_pika.exceptions import (
    AMQPError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    DeliveryError,
    PublishError,
)

from services.runtime.bus import NotConfirmed, Unroutable
from services.runtime.settings import Settings


async def connect(url: str, name: str, settings: Settings) -> AbstractRobustConnection:
    """Connect, however long the broker takes to be there. A lost connection comes back by itself."""
    return await aio_pika.connect_robust(
        url,
        timeout=settings.connect_timeout_seconds,
        client_properties={"connection_name": name},
        fail_fast="0",
        reconnect_interval=str(settings.reconnect_seconds),
        heartbeat=str(settings.heartbeat_seconds),
    )


@asynccontextmanager
async def channel_of(connection: AbstractRobustConnection, seconds: float) -> AsyncIterator[AbstractChannel]:
    """Open a channel for a few commands, once the connection is there. Raises `NotConfirmed`."""
    with not_confirmed():
        async with asyncio.timeout(seconds):
            await connection.ready()
        async with connection.channel() as channel:
            yield channel


@contextmanager
def not_confirmed() -> Iterator[None]:
    """Turn whatever a lost connection, a refusal or a time-out surfaces as into `NotConfirmed`.

    A dying connection cancels those who wait on it, so a cancellation that nobody asked for is one of them.
    One that somebody asked for stays one, whatever it made of what it interrupted.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if _is_cancelled():
            raise
        raise NotConfirmed("the connection was lost") from error
    except Exception as error:
        if _is_cancelled():
            raise asyncio.CancelledError from error
        told = _told(error)
        if told is None:
            raise
        raise told from error


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _told(error: Exception) -> NotConfirmed | None:
    """What to make of the driver's error; `None`: it is none of these."""
    if isinstance(error, (PublishError, ChannelNotFoundEntity)):
        return Unroutable(str(error))
    if isinstance(error, DeliveryError):
        return NotConfirmed(f"refused by the broker: {error}")
    if isinstance(error, (ChannelInvalidStateError, AMQPError, TimeoutError, OSError, RuntimeError)):
        return NotConfirmed(f"{type(error).__name__}: {error}")
    # aiormq ends what waits for a lost channel with a bare one.
    return NotConfirmed(f"the connection was lost: {error}") if type(error) is Exception else None
