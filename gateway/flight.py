"""Work that many wait for, done once."""

import asyncio
from collections.abc import Coroutine


class Flight:
    """Under way from its making. One who stops waiting does not stop the others."""

    def __init__(self, work: Coroutine[None, None, None]) -> None:
        self._task = asyncio.create_task(work)
        self._task.add_done_callback(_look)

    @property
    def is_over(self) -> bool:
        return self._task.done()

    async def join(self) -> None:
        """Wait for the end. Raises what the work raised, to everybody."""
        await asyncio.shield(self._task)


def _look(task: asyncio.Task[None]) -> None:
    """Take note of a failure for which nobody waits any more."""
    if not task.cancelled():
        task.exception()
