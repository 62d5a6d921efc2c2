"""What is to be done at some time, by one timer for all of it."""

import asyncio
import contextlib
import heapq
import itertools
import math
from collections.abc import Callable

import structlog

from services.runtime.clock import Clock

log = structlog.get_logger(__name__)

Call = Callable[[], None]


class Agenda:
    """Makes calls in the order of their times, never before them. One that fails is logged."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = itertools.count()
        self._later: list[tuple[float, int, Call]] = []
        self._soon: list[Call] = []
        self._timer: asyncio.Task[None] | None = None
        self._wakes_at = math.inf

    def at(self, when: float, call: Call) -> None:
        """Call at this time of the monotonic clock, or soon when that has passed."""
        heapq.heappush(self._later, (when, next(self._count), call))
        if when < self._wakes_at:
            self._arm()

    def soon(self, call: Call) -> None:
        """Call after whoever runs now has let go, so that what comes together is done together."""
        if not self._soon:
            asyncio.get_running_loop().call_soon(self._run_soon)
        self._soon.append(call)

    async def stop(self) -> None:
        """Forget everything."""
        self._later, self._soon = [], []
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer

    def _run_soon(self) -> None:
        calls, self._soon = self._soon, []
        for call in calls:
            _make(call)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._wakes_at = self._later[0][0]
        self._timer = asyncio.create_task(self._wait(self._wakes_at - self._clock.monotonic()))

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep(seconds)
        # What is added by the calls is looked at after them.
        self._timer, self._wakes_at = None, -math.inf
        now = self._clock.monotonic()
        while self._later and self._later[0][0] <= now:
            _make(heapq.heappop(self._later)[2])
        self._wakes_at = math.inf
        if self._later:
            self._arm()


def _make(call: Call) -> None:
    try:
        call()
    except Exception:
        log.exception("a call of the agenda failed")
