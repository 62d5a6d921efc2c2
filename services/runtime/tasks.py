"""The end of tasks that run until they are told to stop."""

import asyncio

PATIENCE_SECONDS = 2.0


async def end(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel these tasks and wait until they are over, whatever they end with; `None` is over already.

    A driver may take a cancellation for an error of its connection, and the loop around it goes on. So who
    is not over after a while is told again.
    """
    left = {task for task in tasks if task is not None}
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=PATIENCE_SECONDS)
        for task in done:
            if not task.cancelled():
                task.exception()
