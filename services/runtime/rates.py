"""How often somebody may ask; all processes count together."""

import hashlib
import math
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Literal
from urllib.parse import parse_qs

from services.runtime.auth import Caller
from services.runtime.ephemeral import Ephemeral
from services.runtime.errors import Problem
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

MINUTE = 60.0
SYNC = "/api/sessions/sync"
READING = frozenset({"GET", "HEAD", "OPTIONS"})

Rate = Literal["requests", "writes", "searches", "exports", "syncs"]


class Rates:
    """Each method counts one request, and raises `Problem` 429 with when to come again beyond its rate.

    What is counted together begins anew some time after the first of it. `counters` must be such that no call
    raises.
    """

    def __init__(self, counters: Ephemeral, settings: Settings, metrics: Metrics) -> None:
        self._counters = counters
        self._metrics = metrics
        self._anonymous = settings.anonymous_per_minute
        self._most: dict[Rate, int] = {
            "requests": settings.user_per_minute,
            "writes": settings.user_writes_per_minute,
            "searches": settings.user_searches_per_minute,
            "exports": settings.user_exports_per_minute,
            "syncs": settings.agent_syncs_per_minute,
        }

    async def anonymous(self, host: str) -> None:
        """Count a request from this address by somebody who has not proved who they are."""
        await self.bound("anonymous", address_of(host), self._anonymous, MINUTE)

    async def refresh(self, host: str) -> None:
        """Count a request that may prove by its cookie who asks."""
        await self.bound("refreshes", address_of(host), self._most["requests"], MINUTE)

    async def caller(self, caller: Caller, method: str, path: str, query: bytes) -> None:
        """Count a request of this person, wherever they are and with whichever of their tokens.

        Agents have a rate of their own for what they report, each token another.
        """
        for rate in rates_of(method, path, query):
            whose = caller.sid if rate == "syncs" else str(caller.user_id)
            await self.bound(rate, whose, self._most[rate], MINUTE)

    async def bound(self, what: str, whose: str, most: int, seconds: float) -> None:
        """Count one of these for somebody; `most` are good in so many seconds."""
        counted = await self._counters.increment(f"rate:{what}:{digest(whose)}", seconds)
        if counted.count > most:
            self._metrics.requests_limited.labels(what).inc()
            wait = max(1, math.ceil(counted.seconds_left))
            raise Problem(429, "too_many", "Too many requests: wait a moment.", retry_after=wait)


def rates_of(method: str, path: str, query: bytes) -> Iterator[Rate]:
    """Under which rates a request falls, the narrowest first."""
    if path == SYNC:
        yield "syncs"
        return
    if path.endswith("/export"):
        yield "exports"
    if method not in READING:
        yield "writes"
    elif query and "q" in parse_qs(query.decode("latin-1")):
        yield "searches"
    yield "requests"


def address_of(host: str) -> str:
    """Whoever asks; of IPv6 it is the network, which is one customer's."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((int(address), 64), strict=False))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
