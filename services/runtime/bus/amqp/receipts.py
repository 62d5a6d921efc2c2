"""What the broker is told of deliveries: of many at once where nothing before them is open."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Collection, Sequence

import structlog
from aiormq.abc import AbstractChannel

log = structlog.get_logger(__name__)


class Ledger:
    """The tags of a channel's deliveries that are not settled; they come in rising order."""

    def __init__(self) -> None:
        self._open: deque[int] = deque()
        self._settled: set[int] = set()

    def add(self, tag: int) -> None:
        self._open.append(tag)

    def settle(self, tags: Collection[int]) -> tuple[int | None, Sequence[int]]:
        """Note that these are settled.

        Answers the one of them up to which nothing is left open, so that it can stand for all of those, and
        the others, which come after something that is.
        """
        these = frozenset(tags)
        self._settled |= these
        whole = None
        while self._open and self._open[0] in self._settled:
            tag = self._open.popleft()
            self._settled.remove(tag)
            whole = tag if tag in these else whole
        return whole, sorted(tag for tag in these if whole is None or tag > whole)


class Receipts:
    """Settles deliveries on the channel they came by. Once that is dead, the broker delivers them anew."""

    def __init__(self, queue: str, channel: AbstractChannel) -> None:
        self.channel = channel
        self._queue = queue
        self._ledger = Ledger()

    @property
    def is_void(self) -> bool:
        return self.channel.is_closed

    def add(self, tag: int) -> None:
        self._ledger.add(tag)

    async def done(self, tags: Collection[int]) -> None:
        """Acknowledge. Never raises."""
        whole, others = self._ledger.settle(tags)
        if whole is not None:
            await self._say(self.channel.basic_ack(whole, multiple=True))
        for tag in others:
            await self._say(self.channel.basic_ack(tag))

    async def give_back(self, tag: int) -> None:
        """Let it be delivered again. Never raises."""
        self._ledger.settle([tag])
        await self._say(self.channel.basic_nack(tag, requeue=True))

    async def _say(self, answer: Awaitable[None]) -> None:
        try:
            await answer
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
        except Exception as error:  # noqa: BLE001 - the channel is dead, and the messages come again
            log.info("not_settled", queue=self._queue, error=repr(error))
