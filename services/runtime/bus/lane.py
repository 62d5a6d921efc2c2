"""One queue of the bus in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.runtime.bus import Handler, Message, NotConfirmed, Queue, Rejection
from services.runtime.bus.graves import Graves
from services.runtime.bus.inbox import Inbox
from services.runtime.bus.scope import Scope
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


class Lane:
    """Holds `queue_capacity` unsettled messages, then its publishers wait."""

    def __init__(self, queue: Queue, graves: Graves, settings: Settings) -> None:
        self.queue = queue
        self.inbox: Inbox[LaneDelivery] = Inbox()
        self.graves = graves
        self.delivery_limit = settings.delivery_limit
        self.closings: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(settings.queue_capacity)
        self._unfinished: set[asyncio.Future[None]] = set()
        self._refusal: str | None = None

    @property
    def refusal(self) -> str | None:
        return self._refusal

    async def add(self, message: Message) -> asyncio.Future[None]:
        """Wait for room, then take the message in; the answer is done when the message is finished.

        A handler's publish needs no room: waiting for a place that its own batch holds would never end.
        Raises `NotConfirmed` when the lane takes nothing more.
        """
        needs_room = Scope.current() is None
        if needs_room and not self._refusal:
            await self._room.acquire()
        if self._refusal:
            raise NotConfirmed(self._refusal)
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unfinished.add(finished)
        finished.add_done_callback(lambda _: self._leave(finished, frees_room=needs_room))
        self.inbox.put(LaneDelivery(self, message, finished))
        return finished

    def refuse(self, reason: str) -> None:
        """Confirm nothing any more: neither what waits now nor what comes."""
        self._refusal = reason
        for finished in tuple(self._unfinished):
            if not finished.done():
                finished.set_exception(NotConfirmed(reason))

    def _leave(self, finished: asyncio.Future[None], *, frees_room: bool) -> None:
        finished.exception()  # read it, for its publisher may have gone away
        self._unfinished.discard(finished)
        if frees_room:
            self._room.release()


class LaneDelivery:
    """A message in a lane, and the promise to its publisher."""

    def __init__(self, lane: Lane, message: Message, finished: asyncio.Future[None]) -> None:
        self.message = message
        self.forged: str | None = None
        self.scope: Scope | None = None
        self._lane = lane
        self._finished = finished

    async def done(self) -> None:
        if self.scope is None or self.scope.is_finished:
            self._finish(None)
            return
        closing = asyncio.ensure_future(self._finish_after(self.scope))
        self._lane.closings.add(closing)
        closing.add_done_callback(self._lane.closings.discard)

    async def bury(self, rejection: Rejection) -> None:
        await self._lane.graves.add(self._lane.queue.name, self.message, rejection)
        await self.done()

    async def give_back(self) -> None:
        if self.message.attempt < self._lane.delivery_limit:
            self._return()
            return
        try:
            await self.bury(
                Rejection("delivery_limit", f"delivered {self.message.attempt + 1} times in vain")
            )
        except Exception:
            log.exception("dead_letter_not_kept", queue=self._lane.queue.name)
            self._return()

    def _return(self) -> None:
        again = replace(self.message, attempt=self.message.attempt + 1)
        self._lane.inbox.put_back(LaneDelivery(self._lane, again, self._finished))

    async def _finish_after(self, scope: Scope) -> None:
        try:
            await scope.finished()
        except NotConfirmed as error:
            self._finish(error)
        else:
            self._finish(None)

    def _finish(self, error: NotConfirmed | None) -> None:
        if self._finished.done():
            return
        if error is None:
            self._finished.set_result(None)
        else:
            self._finished.set_exception(error)


class LaneFeed:
    """Calls one handler with what comes out of a lane."""

    def __init__(self, lane: Lane, handler: Handler) -> None:
        self._handler = handler
        self._lane = lane
        self.inbox = lane.inbox

    async def call(self, deliveries: Sequence[LaneDelivery]) -> Sequence[Rejection | None]:
        with Scope() as scope:
            answers = await self._handler([delivery.message for delivery in deliveries])
        for delivery in deliveries:
            delivery.scope = scope
        return answers

    async def done(self, deliveries: Sequence[LaneDelivery]) -> None:
        for delivery in deliveries:
            await delivery.done()

    async def close(self, deliveries: Sequence[LaneDelivery], problem: str | None) -> None:
        for delivery in reversed(deliveries):
            await delivery.give_back()
        if problem:
            self._lane.refuse(problem)
