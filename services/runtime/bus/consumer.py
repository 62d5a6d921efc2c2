"""A worker in a task of its own."""

import asyncio
from collections.abc import Callable
from typing import Generic

from services.runtime.bus.delivery import Delivered
from services.runtime.bus.worker import Worker


class Consumer(Generic[Delivered]):
    """Runs a worker until it is stopped or gives up, and says so afterwards."""

    def __init__(
        self,
        worker: Worker[Delivered],
        drain_seconds: float,
        link_problem: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`link_problem` tells why nothing can arrive though the worker waits for it."""
        self._worker = worker
        self._drain_seconds = drain_seconds
        self._link_problem = link_problem
        self._task = asyncio.create_task(worker.run())

    def problem(self) -> str | None:
        return self._worker.problem() or self._link_problem()

    async def stop(self) -> None:
        self._worker.stop()
        done, _ = await asyncio.wait({self._task}, timeout=self._drain_seconds)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task})
