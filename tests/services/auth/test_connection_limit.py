"""An agent has two connections at most, counted by the broker and, while they open, by ourselves."""

from uuid import UUID

import pytest

from services.auth.connection_limit import ConnectionLimit
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.settings import Settings
from tests.services.auth.test_cutoff import Broker
from tests.services.auth.world import ManualClock

AGENT, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def limit(broker, clock):
    return ConnectionLimit(broker, MemoryEphemeral(clock), Settings())


async def test_two_and_no_more(limit, broker, clock):
    for _ in range(2):
        assert await limit.has_room(AGENT)
        broker.open.setdefault(AGENT, []).append("open")
        clock.advance(60)
    assert not await limit.has_room(AGENT)
    assert await limit.has_room(OTHER)
    broker.open[AGENT].pop()
    clock.advance(60)
    assert await limit.has_room(AGENT)


async def test_many_at_once_are_counted_before_they_are_open(limit):
    assert [await limit.has_room(AGENT) for _ in range(5)] == [True, True, False, False, False]


async def test_what_opens_and_is_open_is_not_counted_twice(limit, broker):
    assert await limit.has_room(AGENT)
    broker.open[AGENT] = ["open"]
    assert await limit.has_room(AGENT)


async def test_without_the_management_agents_still_get_in(limit, broker, clock):
    """Only many at once are stopped; the sweep closes what is too much later."""
    broker.away = True
    for _ in range(3):
        assert await limit.has_room(AGENT)
        clock.advance(60)
    assert [await limit.has_room(AGENT) for _ in range(3)] == [True, True, False]
