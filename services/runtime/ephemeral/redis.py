"""Small values that expire, in Redis."""

from services.runtime.ephemeral import Counted
from services.runtime.redis_link import open_redis, reachable
from services.runtime.settings import Settings

PREFIX = "ephemeral:"

# Counting and its expiry are one step: a counter that was left without one would stay for ever.
INCREMENT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""


class RedisEphemeral:
    """Values shared by all processes on one Redis; they end with it."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._client = open_redis(url, settings)
        self._increment = self._client.register_script(INCREMENT)

    async def start(self) -> None:
        """Connects at the first call."""

    async def stop(self) -> None:
        await self._client.aclose()

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        with reachable():
            await self._client.set(PREFIX + key, value, px=_milliseconds(seconds))

    async def get(self, key: str) -> bytes | None:
        with reachable():
            return _bytes(await self._client.get(PREFIX + key))

    async def take(self, key: str) -> bytes | None:
        with reachable():
            return _bytes(await self._client.getdel(PREFIX + key))

    async def increment(self, key: str, seconds: float) -> Counted:
        with reachable():
            count, left = await self._increment(keys=[PREFIX + key], args=[_milliseconds(seconds)])
        return Counted(int(count), int(left) / 1000)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _bytes(value: object) -> bytes | None:
    assert value is None or isinstance(value, bytes)
    return value
