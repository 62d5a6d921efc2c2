from services.runtime.ephemeral.memory import SWEEP_AT, MemoryEphemeral
from tests.services.runtime.fanout.stage import SteppedClock


async def test_expired_values_take_no_room_for_ever():
    clock = SteppedClock()
    store = MemoryEphemeral(clock)
    for n in range(5 * SWEEP_AT):
        clock.elapsed += 1
        await store.put(f"ticket:{n}", b"x", 10)
    assert len(store._kept) <= SWEEP_AT
