from services.runtime.fanout.memory import MemoryFanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.services.runtime.fanout.stage import SteppedClock


async def test_entries_are_forgotten_after_a_while():
    clock = SteppedClock()
    fanout = MemoryFanout(Settings(fanout_keep_seconds=600), clock, Metrics())
    first = await fanout.publish("team:1", b"1")
    clock.elapsed = 599
    second = await fanout.publish("team:1", b"2")
    clock.elapsed = 601
    assert [entry.payload for entry in await fanout.since("team:1", first)] == [b"2"]
    clock.elapsed = 1_300
    assert await fanout.since("team:1", first) is None
    assert await fanout.since("team:1", second) == []
    assert await fanout.tops(["team:1"]) == [second]


async def test_another_process_is_another_epoch():
    one, other = (MemoryFanout(Settings(), SteppedClock(), Metrics()) for _ in range(2))
    assert (await one.publish("a", b"")).epoch != (await other.publish("a", b"")).epoch
