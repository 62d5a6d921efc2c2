"""Takes batches from a queue, calls the handler, settles each message exactly once; alike on every bus."""

import asyncio
from collections.abc import Sequence
from typing import Generic

import structlog

from services.runtime.bus import Rejection
from services.runtime.bus.attempts import Attempts
from services.runtime.bus.batch import collect, gather
from services.runtime.bus.brake import Brake
from services.runtime.bus.delivery import Delivered, Delivery, Feed
from services.runtime.bus.patience import Patience, Stopped
from services.runtime.clock import Clock
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
SUSPECT = 2  # deliveries before this one: one is a restart somewhere, two are a pattern


class Worker(Generic[Delivered]):
    """One batch at a time. Runs until it is stopped or its brake is on; `problem` says which.

    One that `gathers` waits for more, and for much more while its batches are slow.
    """

    def __init__(
        self,
        queue: str,
        feed: Feed[Delivered],
        attempts: Attempts,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        *,
        gathers: bool = False,
    ) -> None:
        self._gathers = gathers
        self._slow = False
        self._queue = queue
        self._feed = feed
        self._attempts = attempts
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._brake = Brake(settings)
        self._stopping = asyncio.Event()
        self._patience = Patience(settings, clock, self._stopping)
        self._unsettled: list[Delivered] = []

    def problem(self) -> str | None:
        return self._brake.reason and f"{self._queue} is paused: {self._brake.reason}"

    @property
    def is_idle(self) -> bool:
        """Whether it has no message, neither in hand nor waiting."""
        return not self._unsettled and not len(self._feed.inbox)

    def stop(self) -> None:
        """Let the batch in hand finish, begin no other; what cannot finish now is given back."""
        self._stopping.set()
        self._feed.inbox.wake()

    async def run(self) -> None:
        """Work until stopped or braked, then give back what is in hand."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._next()
                except Exception:
                    log.exception("worker_failed", queue=self._queue)
                    while self._unsettled:
                        await self._unsettled.pop().give_back()
                    await self._patience.pause(0)
        except Stopped:
            log.info("worker_stopped", queue=self._queue, reason=self._brake.reason)
        finally:
            await self._feed.close(self._unsettled, self.problem())

    async def _next(self) -> None:
        await self._fill()
        batch = tuple(self._unsettled)
        group = [delivery for delivery in batch if not _is_suspect(delivery)]
        if group:
            await self._work(group)
        for delivery in batch:
            if _is_suspect(delivery):
                await self._work_suspect(delivery)

    async def _fill(self) -> None:
        settings = self._settings
        taking = self._feed.inbox, self._unsettled, self._stopping, settings
        if self._gathers and self._slow:
            await gather(*taking)
        else:
            await collect(*taking, settings.gather_wait_ms if self._gathers else settings.batch_wait_ms)

    async def _work(self, group: Sequence[Delivered]) -> None:
        try:
            answers = await self._patience.until_clear(lambda: self._call(group))
        except Exception as error:  # noqa: BLE001 - a handler may raise anything
            if len(group) == 1:
                await self._retry(group[0], error)
                return
            log.warning("batch_halved", queue=self._queue, size=len(group), error=type(error).__name__)
            middle = len(group) // 2
            await self._work(group[:middle])
            await self._work(group[middle:])
        else:
            await self._settle(group, answers)

    async def _retry(self, delivery: Delivered, error: Exception) -> None:
        for _ in range(1, self._settings.poison_attempts):
            await self._patience.pause(0)
            try:
                answers = await self._patience.until_clear(lambda: self._call([delivery]))
            except Exception as again:  # noqa: BLE001
                error = again
            else:
                await self._settle([delivery], answers)
                return
        log.error("message_failed", queue=self._queue, exc_info=error)
        await self._bury(delivery, Rejection("handler_failed", f"{type(error).__name__}: {error}"))

    async def _work_suspect(self, delivery: Delivered) -> None:
        """Run it alone, each attempt noted before it begins and taken back once it is survived."""
        if delivery.forged:
            await self._bury(delivery, Rejection("forged", delivery.forged))
            return
        try:
            answers = await self._patience.until_clear(lambda: self._noted_call(delivery))
        except Exception as error:  # noqa: BLE001
            await self._retry(delivery, error)
        else:
            await self._settle([delivery], answers)

    async def _noted_call(self, delivery: Delivered) -> Sequence[Rejection | None]:
        before = await self._attempts.note(delivery.message)
        try:
            if before >= self._settings.poison_attempts:
                return [Rejection("poison", f"the process ended {before} times while it worked on this")]
            return await self._call([delivery])
        finally:
            await self._patience.until_kept(lambda: self._attempts.forget(delivery.message))

    async def _call(self, group: Sequence[Delivered]) -> Sequence[Rejection | None]:
        began = self._clock.monotonic()
        answers = await self._feed.call(group)
        if len(answers) != len(group):
            raise ValueError(f"the handler answered {len(answers)} times for {len(group)} messages")
        self._metrics.batch_size.labels(self._queue).observe(len(group))
        took = self._clock.monotonic() - began
        self._slow = took > self._settings.gather_slow_seconds
        self._metrics.batch_seconds.labels(self._queue).observe(took)
        return answers

    async def _settle(self, group: Sequence[Delivered], answers: Sequence[Rejection | None]) -> None:
        done: list[Delivered] = []
        for delivery, rejection in zip(group, answers, strict=True):
            if rejection is None:
                self._brake.valid()
                done.append(delivery)
            else:
                await self._done(done)
                done.clear()
                await self._bury(delivery, rejection)
        await self._done(done)

    async def _done(self, deliveries: Sequence[Delivered]) -> None:
        if deliveries:
            await self._feed.done(deliveries)
            settled = set(map(id, deliveries))
            self._unsettled[:] = [each for each in self._unsettled if id(each) not in settled]

    async def _bury(self, delivery: Delivered, rejection: Rejection) -> None:
        if not self._brake.invalid(delivery.message.routing_key):
            log.error("brake", queue=self._queue, reason=self._brake.reason)
            raise Stopped
        await self._patience.until_kept(lambda: delivery.bury(rejection))
        self._unsettled.remove(delivery)
        self._metrics.dead_letters.labels(self._queue, rejection.code).inc()


def _is_suspect(delivery: Delivery) -> bool:
    return delivery.message.attempt >= SUSPECT or delivery.forged is not None
