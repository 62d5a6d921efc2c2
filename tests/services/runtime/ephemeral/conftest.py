import asyncio

import pytest

from services.runtime.ephemeral.open import open_ephemeral
from services.runtime.settings import Settings
from tests.services.runtime.fanout.stage import SteppedClock


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def later(clock: SteppedClock, request: pytest.FixtureRequest):
    """Let time pass: at once in memory, really where the server has a clock of its own."""

    async def pass_time(seconds: float) -> None:
        clock.elapsed += seconds
        if "redis" in request.node.name:
            await asyncio.sleep(seconds)

    return pass_time


@pytest.fixture(params=["memory", "redis"])
async def ephemeral(request: pytest.FixtureRequest, clock: SteppedClock):
    url = "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")
    ephemeral = open_ephemeral(url, Settings(), clock)
    await ephemeral.start()
    yield ephemeral
    await ephemeral.stop()
