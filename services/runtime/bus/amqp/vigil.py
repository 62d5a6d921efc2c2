"""Notices a consumer that the broker has forgotten.

When a queue is deleted and another of its name follows at once, the broker neither cancels the consumer nor
delivers to it. It then sees messages waiting in the queue while it has nothing to do.
"""

from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


class Vigil:
    """Compares what waits in one queue with what its consumer got, from one check to the next."""

    def __init__(
        self,
        queue: str,
        is_idle: Callable[[], bool],
        received: Callable[[], int],
        revive: Callable[[], Awaitable[None]],
    ) -> None:
        self._queue = queue
        self._is_idle = is_idle
        self._received = received
        self._revive = revive
        self._starved_at: int | None = None

    async def check(self, waiting: int) -> None:
        """Revive the consumer when it has starved since the last check. Raises what reviving raises."""
        received = self._received()
        if waiting == 0 or not self._is_idle():
            self._starved_at = None
        elif self._starved_at != received:
            self._starved_at = received
        else:
            self._starved_at = None
            log.warning("consumer_revived", queue=self._queue, waiting=waiting)
            await self._revive()
