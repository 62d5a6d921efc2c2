"""The bus within one process, with the promises of a broker."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from services.runtime.bus import DeadLetter, Exchange, Handler, Message, NotConfirmed, Queue, Unroutable
from services.runtime.bus.attempts import Attempts
from services.runtime.bus.consumer import Consumer
from services.runtime.bus.graves import Graves
from services.runtime.bus.lane import Lane, LaneDelivery, LaneFeed
from services.runtime.bus.routing import takers
from services.runtime.bus.scope import Scope
from services.runtime.bus.worker import Worker
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
REPLAYED_AT_ONCE = 100


class MemoryBus:
    """Keeps messages in memory: they are safe because their publishers wait until they are handled.

    Dead letters are rows. A replay is asked for in the database and done by the process that consumes the
    queue, so that it may be asked for by another one.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        topology: Sequence[Queue] = (),
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._graves = Graves(database, settings, clock)
        self._lanes = {queue.name: self._lane(queue) for queue in topology}
        self._consumers: list[Consumer[LaneDelivery]] = []
        self._consumed: set[str] = set()
        self._replaying: asyncio.Task[None] | None = None
        self._replays: dict[str, asyncio.Task[None]] = {}
        self._asked = asyncio.Event()
        self._is_stopping = False

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        self._is_stopping = True
        self._asked.set()
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))
        for lane in self._lanes.values():
            lane.refuse("the bus has stopped")
        await asyncio.gather(*(closing for lane in self._lanes.values() for closing in lane.closings))
        if self._replaying is not None:
            await self._replaying
        await asyncio.gather(*self._replays.values())

    def problem(self) -> str | None:
        return next((lane.refusal for lane in self._lanes.values() if lane.refusal), None)

    async def publish(
        self, exchange: Exchange, routing_key: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        message = Message(routing_key, body, dict(headers or {}))
        names = takers((lane.queue for lane in self._lanes.values()), exchange, routing_key)
        if not names:
            raise Unroutable(f"no queue takes {routing_key} from {exchange.name}")
        try:
            async with asyncio.timeout(self._settings.publish_timeout_seconds):
                lanes = [self._lanes[name] for name in names]
                await self._hand_over(message, [lane for lane in lanes if not lane.queue.outside])
        except TimeoutError as error:
            raise NotConfirmed(f"{routing_key} was not handled in time") from error
        self._metrics.events_published.labels(exchange.name).inc()

    async def declare(self, queue: Queue) -> None:
        lane = self._lanes.setdefault(queue.name, self._lane(queue))
        lane.queue = queue

    async def subscribe(self, queue: Queue, handler: Handler) -> Consumer[LaneDelivery]:
        await self.declare(queue)
        lane = self._lanes[queue.name]
        attempts = Attempts(self._database, queue.name, self._settings, self._clock)
        feed = LaneFeed(lane, handler)
        worker = Worker(queue.name, feed, attempts, self._settings, self._clock, self._metrics)
        consumer = Consumer(worker, self._settings.drain_seconds)
        self._consumers.append(consumer)
        self._consumed.add(queue.name)
        if self._replaying is None:
            self._replaying = asyncio.create_task(self._replay_on_demand())
        return consumer

    async def dead_letters(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        return await self._graves.list(queue, limit)

    async def replay(self, queue: str, ids: Sequence[str]) -> int:
        count = await self._graves.ask_replay(queue, ids)
        self._asked.set()
        return count

    async def purge(self, queue: str, ids: Sequence[str] | None = None) -> int:
        return await self._graves.drop(queue, ids)

    def _lane(self, queue: Queue) -> Lane:
        return Lane(queue, self._graves, self._settings)

    async def _hand_over(self, message: Message, lanes: Sequence[Lane]) -> None:
        scope = Scope.current()
        finished = [await lane.add(message) for lane in lanes]
        if scope is not None:
            for each in finished:
                scope.add(each)
            return
        if finished:
            await asyncio.wait(finished)
        for each in finished:
            each.result()

    async def _replay_on_demand(self) -> None:
        while not self._is_stopping:
            self._asked.clear()
            try:
                for name in await self._graves.awaited() & self._consumed:
                    self._begin_replay(name)
            except Exception as error:  # noqa: BLE001 - the letters stay, and the next round looks for them
                log.warning("replays_wait", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.outbox_poll_seconds):
                    await self._asked.wait()

    def _begin_replay(self, name: str) -> None:
        # Each queue for itself: one whose handler cannot go on holds up no other.
        if name not in self._replays or self._replays[name].done():
            self._replays[name] = asyncio.create_task(self._replay(self._lanes[name]))

    async def _replay(self, lane: Lane) -> None:
        try:
            await self._replay_asked(lane)
        except NotConfirmed as error:
            log.info("replay_waits", queue=lane.queue.name, error=str(error))
        except Exception:
            log.exception("replay_failed", queue=lane.queue.name)

    async def _replay_asked(self, lane: Lane) -> None:
        while letters := await self._graves.awaiting_replay(lane.queue.name, REPLAYED_AT_ONCE):
            for letter in letters:
                message = Message(letter.routing_key, letter.body, letter.headers)
                await (await lane.add(message))
                await self._graves.drop(lane.queue.name, [letter.id])
