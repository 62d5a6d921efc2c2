"""Sends the letters that wait in a table: none is lost by a crash, and no answer waits for one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import structlog

from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.hands import Hands
from services.runtime.mail import Letter, Mailer, UndeliveredError
from services.runtime.mail.queue import Item, Order, Queue
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
LATE = "It could not be sent in time."


@dataclass(frozen=True, slots=True)
class Fate:
    """What an attempt came to. `queued` is tried again, `reason` is a sentence."""

    state: Literal["queued", "sent", "failed"]
    at: datetime
    reason: str | None = None


class Writer(Protocol):
    """Knows what the letters of a service say, and who wants to hear what became of them."""

    async def compose(self, order: Order) -> Letter | None:
        """Write it now, secrets included: `None` where there is nobody to write to.

        Raises `UndeliveredError` for what is not to be sent any more. It may be called again for one order.
        """

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        """Note what became of it, in the transaction that ends or puts off the order."""


class Post:
    """At least once: a letter whose fate was not learnt is written and sent again.

    Any number of processes may share a table. Without a mailer, what is added waits for one that has it.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        mailer: Mailer | None,
        writer: Writer,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
    ) -> None:
        self._database = database
        self._queue = queue
        self._mailer = mailer
        self._writer = writer
        self._clock = clock
        self._metrics = metrics
        self._settings = settings
        self._hands = Hands(
            "letters",
            self._take,
            self._handle,
            count=settings.mail_at_once,
            seconds=settings.mail_poll_seconds,
        )

    @property
    def is_on(self) -> bool:
        """Whether letters can be sent at all."""
        return self._mailer is not None

    async def start(self) -> None:
        if self._mailer is not None:
            await self._hands.start()

    async def stop(self) -> None:
        """Finish the letters in hand, shortly; what was not sent stays in the table."""
        await self._hands.stop(self._settings.outbox_stop_seconds)

    async def add(self, connection: Connection, order: Order) -> None:
        """Add a letter to the caller's transaction. Call `wake` once that is committed."""
        await self._queue.add(connection, order, self._clock.now())

    async def drop(self, connection: Connection, kind: str, about: str) -> None:
        """Take back, in the caller's transaction, what has not been sent about this.

        Call it before anything is locked that the writer's `settle` changes: the letter is locked first.
        """
        await self._queue.drop(connection, kind, about)

    def wake(self) -> None:
        """Look into the table now, not at the next poll."""
        self._hands.wake()

    async def _take(self) -> Item | None:
        now = self._clock.now()
        async with self._database.read(NOBODY) as connection:
            if not await self._queue.is_due(connection, now):
                return None
        lease_until = now + timedelta(seconds=self._settings.mail_lease_seconds)
        async with self._database.write(NOBODY) as connection:
            return await self._queue.take(connection, now, lease_until)

    async def _handle(self, item: Item) -> None:
        fate = await self._try(item)
        async with self._database.write(NOBODY) as connection:
            if fate is None or fate.state != "queued":
                stands = await self._queue.remove(connection, item)
            else:
                stands = await self._queue.put_off(connection, item, self._next(item))
            if fate is not None and stands:
                await self._writer.settle(connection, item.order, fate)
        outcome = fate.state if fate else "dropped"
        self._metrics.letters.labels(item.order.kind, outcome).inc()
        log.info("letter", kind=item.order.kind, outcome=outcome, attempt=item.attempts)

    async def _try(self, item: Item) -> Fate | None:
        assert self._mailer is not None
        if item.order.until <= self._clock.now():
            return Fate("failed", self._clock.now(), LATE)
        try:
            letter = await self._writer.compose(item.order)
            if letter is None:
                return None
            await self._mailer.send(letter)
        except UndeliveredError as error:
            over = error.final or self._next(item) >= item.order.until
            return Fate("failed" if over else "queued", self._clock.now(), error.reason)
        return Fate("sent", self._clock.now())

    def _next(self, item: Item) -> datetime:
        pause = self._settings.mail_retry_seconds * 2 ** min(item.attempts - 1, 16)
        return self._clock.now() + timedelta(seconds=min(pause, self._settings.mail_retry_max_seconds))
