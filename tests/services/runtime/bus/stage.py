"""What the conformance suite needs of a back end, and a handler that can be told what to do."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from services.runtime.bus import Bus, DeadLetter, Exchange, Message, Queue, Rejection
from services.runtime.bus.open import open_bus
from services.runtime.clock import SystemClock
from services.runtime.db import Database
from services.runtime.settings import Settings
from tests.support.servers.broker import Broker
from tests.support.waiting import eventually

EVENTS = Exchange("test-events", "topic")
COMMANDS = Exchange("test-commands", "direct")
ALL = Queue("test.all", ((EVENTS, "#"),))
STATES = Queue("test.states", ((EVENTS, "session.*"),))
ONE = Queue("test.one", ((COMMANDS, "one"),))
TOPOLOGY = (ALL, STATES, ONE)

Answer = Callable[[Message], Rejection | None]


class Stage:
    """Opens buses on one back end, each as a process of its own would, and stops them all."""

    def __init__(self, url: str, database: Database, broker: Broker | None = None) -> None:
        self.url = url
        self.database = database
        self.broker = broker
        self.buses: list[Bus] = []

    @property
    def is_memory(self) -> bool:
        return self.url.startswith("memory")

    async def open(self, topology: Sequence[Queue] = TOPOLOGY, **changes: Any) -> Bus:
        bus = open_bus(self.url, settings(**changes), self.database, SystemClock(), topology=topology)
        self.buses.append(bus)
        await bus.start()
        return bus

    async def limit(self, queue: Queue, messages: int) -> None:
        """Let a queue hold so few messages; in memory, `queue_capacity` does it."""
        if self.broker is not None:
            await asyncio.to_thread(self.broker.apply_policy, self.url, queue.name, max_length=messages)

    async def close(self) -> None:
        for bus in self.buses:
            await bus.stop()


def settings(**changes: Any) -> Settings:
    quick = {"retry_min_seconds": 0.001, "retry_max_seconds": 0.01, "outbox_poll_seconds": 0.05}
    return Settings(**(quick | {"reconnect_max_seconds": 0.2, "drain_seconds": 5.0} | changes))


class Recorder:
    """A handler that keeps what it gets; `answer` decides on each message or raises."""

    def __init__(self, answer: Answer = lambda _: None) -> None:
        self.answer = answer
        self.batches: list[list[Message]] = []
        self.handled: list[Message] = []
        self._changed = asyncio.Event()

    async def __call__(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        self.batches.append(list(messages))
        self._changed.set()
        answers = [self.answer(message) for message in messages]
        self.handled += messages
        self._changed.set()
        return answers

    @property
    def bodies(self) -> list[bytes]:
        return [message.body for message in self.handled]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a call after which the condition holds."""
        async with asyncio.timeout(60):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def has(self, *bodies: bytes) -> None:
        await self.until(lambda: set(bodies) <= set(self.bodies))


async def publish_all(bus: Bus, bodies: Sequence[bytes], key: str = "session.state") -> None:
    await asyncio.gather(*(bus.publish(EVENTS, key, body) for body in bodies))


async def letters_of(bus: Bus, queue: Queue = ALL) -> Sequence[DeadLetter]:
    return await bus.dead_letters(queue.name, 100)


async def until_dead(bus: Bus, count: int, queue: Queue = ALL) -> Sequence[DeadLetter]:
    async def enough() -> bool:
        return len(await letters_of(bus, queue)) >= count

    await eventually(enough)
    return await letters_of(bus, queue)
