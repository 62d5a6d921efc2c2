import asyncio

import pytest

from services.runtime.ephemeral.redis import RedisEphemeral
from services.runtime.settings import Settings
from tests.support.servers.redis import Redis


async def test_an_unreachable_redis_is_a_connection_error_and_comes_back(redis_server: Redis):
    store = RedisEphemeral(redis_server.fresh_database(), Settings(redis_timeout_seconds=1))
    await store.put("ticket", b"x", 60)
    await asyncio.to_thread(redis_server.kill)
    calls = (store.put("a", b"", 1), store.get("a"), store.take("a"), store.increment("a", 1))
    for call in calls:
        with pytest.raises(ConnectionError):
            await call
    await asyncio.to_thread(redis_server.start)
    assert await store.take("ticket") is None
    assert (await store.increment("a", 1)).count == 1
    await store.stop()
