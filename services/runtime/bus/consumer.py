"""A worker in a task of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from services.runtime.bus.delivery import Delivered
from services.runtime.bus.worker import Worker


class Consumer(Generic[Delivered]):
    """Runs a worker until it is stopped or gives up, and says so afterwards."""

    def __init__(
        self,
        worker: Worker[Delivered],
        drain_seconds: float,
        on_end: Callable[[str | None], Awaitable[None]],
        link_problem: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`on_end` is awaited when the worker has ended: with its problem, or `None` when it was stopped.

        `link_problem` tells why nothing can arrive though the worker waits for it.
        """
        self._worker = worker
        self._drain_seconds = drain_seconds
        self._on_end = on_end
        self._link_problem = link_problem
        self._task = asyncio.create_task(self._run())

    def problem(self) -> str | None:
        return self._worker.problem() or self._link_problem()

    async def stop(self) -> None:
        self._worker.stop()
        done, _ = await asyncio.wait({self._task}, timeout=self._drain_seconds)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            await self._worker.run()
        finally:
            await self._on_end(self._worker.problem())
