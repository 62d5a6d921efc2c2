import asyncio
from contextlib import suppress

from services.runtime.bus import Message, Queue
from services.runtime.bus.batch import collect, gather
from services.runtime.bus.inbox import Inbox
from services.runtime.bus.worker import Worker
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.services.runtime.bus.stage import ALL, EVENTS, Recorder, Stage
from tests.support.compositions import MovableClock
from tests.support.waiting import eventually

LIMITS = {
    "batch_size": 3, "prefetch": 8, "batch_wait_ms": 1, "gather_wait_ms": 1, "gather_quiet_ms": 50,
}  # fmt: skip


def inbox(count: int) -> Inbox:
    made = Inbox()
    for n in range(count):
        made.put(n)
    return made


async def taken(fill, box, stopping=None, **changes) -> list[int]:
    batch: list[int] = []
    await fill(box, batch, stopping or asyncio.Event(), Settings(**LIMITS | changes))
    return batch


async def test_a_batch_is_full_at_its_size():
    assert await taken(collect, inbox(10)) == [0, 1, 2]


async def test_a_batch_is_waited_for_as_long_as_is_said():
    box, batch = inbox(1), []
    taking = asyncio.create_task(collect(box, batch, asyncio.Event(), Settings(**LIMITS), 600_000))
    await asyncio.sleep(0.02)
    for n in (1, 2):
        box.put(n)
    await taking
    assert batch == [0, 1, 2]


async def test_what_gathers_takes_as_much_as_the_broker_hands_out():
    assert await taken(gather, inbox(10)) == list(range(8))


async def test_what_gathers_waits_for_more_until_no_more_comes():
    box = inbox(1)

    async def come() -> None:
        for n in (1, 2):
            await asyncio.sleep(0.002)
            box.put(n)

    coming = asyncio.create_task(come())
    assert await taken(gather, box, gather_quiet_ms=500) == [0, 1, 2]
    await coming


async def test_what_gathers_does_not_wait_for_ever():
    box = inbox(1)

    async def come() -> None:
        while True:
            await asyncio.sleep(0)
            box.put(1)

    coming = asyncio.create_task(come())
    assert await taken(gather, box, prefetch=10**9, gather_seconds=0.1)
    coming.cancel()
    with suppress(asyncio.CancelledError):
        await coming


async def test_what_is_to_stop_gathers_no_longer():
    stopping = asyncio.Event()
    stopping.set()
    assert await taken(gather, inbox(0), stopping, gather_seconds=10**6) == []


class SlowFeed:
    """Its first batches take a second each, by the clock; the later ones no time at all."""

    def __init__(self, clock: MovableClock, slow: int) -> None:
        self.inbox = inbox(0)
        self.sizes: list[int] = []
        self._clock = clock
        self._slow = slow

    async def call(self, deliveries):
        self.sizes.append(len(deliveries))
        if len(self.sizes) <= self._slow:
            self._clock.pass_by(1)
        return [None] * len(deliveries)

    async def done(self, deliveries):
        pass

    async def close(self, deliveries, problem):
        assert (deliveries, problem) == ([], None)


class Delivery:
    message = Message("key", b"")
    forged = None


class PassingClock(MovableClock):
    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds

    def monotonic(self) -> float:
        return self.passed


async def sizes_of(count: int, *, slow: int, gathers: bool) -> list[int]:
    """The batches that a worker takes so many messages in, the first of which are slow."""
    clock = PassingClock()
    feed = SlowFeed(clock, slow)
    worker = Worker("queue", feed, None, Settings(**LIMITS), clock, Metrics(), gathers=gathers)
    for _ in range(count):
        feed.inbox.put(Delivery())
    running = asyncio.create_task(worker.run())
    await eventually(lambda: sum(feed.sizes) == count)
    worker.stop()
    await running
    return feed.sizes


async def test_a_worker_gathers_while_its_batches_are_slow():
    assert await sizes_of(17, slow=1, gathers=True) == [3, 8, 3, 3]


async def test_a_worker_that_is_not_to_gather_does_not():
    assert await sizes_of(9, slow=9, gathers=False) == [3, 3, 3]


async def test_a_queue_that_gathers_hands_over_more_at_once_when_its_consumer_is_slow(
    amqp_url, broker, database
):
    gathered = Queue("test.gathered", ((EVENTS, "#"),), gathers=True)
    patient = {"batch_size": 2, "gather_slow_seconds": 0, "gather_quiet_ms": 1_000, "gather_seconds": 60}
    stage = Stage(amqp_url, database, broker)
    bus = await stage.open((ALL, gathered), **patient)
    plain, patiently = Recorder(), Recorder()
    await bus.subscribe(ALL, plain)
    await bus.subscribe(gathered, patiently)
    await bus.publish(EVENTS, "a", b"first")
    await eventually(lambda: patiently.bodies == [b"first"])
    for n in range(5):
        await bus.publish(EVENTS, "a", b"%d" % n)
    await eventually(lambda: len(patiently.bodies) == len(plain.bodies) == 6)
    assert [len(batch) for batch in patiently.batches] == [1, 5]
    assert max(len(batch) for batch in plain.batches) <= 2
    await stage.close()
