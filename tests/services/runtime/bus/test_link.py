import asyncio
from collections.abc import Callable

import pytest
from aio_pika.exceptions import ChannelInvalidStateError, ChannelNotFoundEntity

from services.runtime.bus import NotConfirmed, Unroutable
from services.runtime.bus.amqp.link import not_confirmed


@pytest.mark.parametrize(
    "error",
    [ChannelInvalidStateError("closed"), TimeoutError(), OSError(), RuntimeError(), Exception("lost")],
)
async def test_whatever_a_lost_connection_surfaces_as_is_not_confirmed(error: Exception) -> None:
    with pytest.raises(NotConfirmed), not_confirmed():
        raise error


async def test_what_no_queue_takes_is_unroutable() -> None:
    with pytest.raises(Unroutable), not_confirmed():
        raise ChannelNotFoundEntity("no queue")


async def test_a_fault_of_ours_stays_what_it_is() -> None:
    with pytest.raises(KeyError), not_confirmed():
        raise KeyError


async def test_a_cancellation_that_nobody_asked_for_is_a_lost_connection() -> None:
    with pytest.raises(NotConfirmed), not_confirmed():
        raise asyncio.CancelledError


@pytest.mark.parametrize("made_of_it", [asyncio.CancelledError, RuntimeError, ChannelInvalidStateError])
async def test_a_task_that_is_cancelled_ends_whatever_is_made_of_it(
    made_of_it: Callable[[], BaseException],
) -> None:
    """A channel that is being left may raise instead of the cancellation: the task must not go on."""

    async def leave() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise made_of_it()

    async def keep() -> None:
        while True:
            try:
                with not_confirmed():
                    await leave()
            except NotConfirmed:
                continue

    task = asyncio.create_task(keep())
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=60)
    assert done
    assert task.cancelled()
