"""While the shared store is away, the values of this process are used, and no call raises."""

import asyncio

import pytest

from services.runtime.ephemeral.fallback import PAUSE_SECONDS, FallbackEphemeral
from services.runtime.ephemeral.memory import MemoryEphemeral
from tests.support.compositions import MovableClock


class Away(MemoryEphemeral):
    """A store that can be cut off."""

    def __init__(self, clock) -> None:
        super().__init__(clock)
        self.is_away = False
        self.asked = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise ConnectionError

    async def put(self, key, value, seconds):
        self._ask()
        await super().put(key, value, seconds)

    async def get(self, key):
        self._ask()
        return await super().get(key)

    async def take(self, key):
        self._ask()
        return await super().take(key)

    async def increment(self, key, seconds):
        self._ask()
        return await super().increment(key, seconds)


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
def shared(clock):
    return Away(clock)


@pytest.fixture
def store(shared, clock):
    return FallbackEphemeral(shared, clock, 1.0)


async def test_what_is_shared_is_used_while_it_is_there(store, shared):
    await store.put("a", b"1", 60)
    assert await shared.get("a") == await store.get("a") == b"1"
    assert (await store.increment("n", 60)).count == 1
    assert (await shared.increment("n", 60)).count == 2
    assert await store.take("a") == b"1"
    assert await shared.get("a") is None


@pytest.mark.parametrize("first", ["put", "get", "take", "increment"])
async def test_no_call_raises(store, shared, first):
    shared.is_away = True
    arguments = {"put": ("a", b"1", 60), "get": ("a",), "take": ("a",), "increment": ("n", 60)}
    await getattr(store, first)(*arguments[first])
    await store.put("b", b"2", 60)
    assert await store.get("b") == b"2"
    assert await store.take("b") == b"2"
    assert (await store.increment("m", 60)).count == 1
    assert (await store.increment("m", 60)).count == 2
    assert shared.asked == 1


async def test_it_is_tried_again_after_a_pause(store, shared, clock):
    await shared.put("a", b"shared", 3600)
    shared.is_away = True
    assert await store.get("a") is None
    shared.is_away = False
    assert await store.get("a") is None
    clock.advance(seconds=PAUSE_SECONDS)
    assert await store.get("a") == b"shared"


async def test_after_the_pause_one_call_tries_for_all(store, shared, clock):
    shared.is_away = True
    await store.get("a")
    clock.advance(seconds=PAUSE_SECONDS)
    await asyncio.gather(*(store.increment("n", 60) for _ in range(10)))
    assert shared.asked == 2


async def test_a_shared_store_that_hangs_is_not_waited_for(clock):
    class Frozen(Away):
        async def get(self, key):
            self._ask()
            await asyncio.Event().wait()

    shared = Frozen(clock)
    store = FallbackEphemeral(shared, clock, 0.01)
    await store.put("a", b"1", 60)
    assert await store.get("a") is None
    assert (await store.increment("n", 60)).count == 1
    assert shared.asked == 2
