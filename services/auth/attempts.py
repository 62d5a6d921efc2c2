"""How often somebody may try: delays that grow with failures, and bounds by address."""

import hashlib
from ipaddress import ip_address, ip_network

from fastapi import Request

from services.auth.domain import email_key
from services.runtime.ephemeral import Ephemeral
from services.runtime.errors import Problem
from services.runtime.settings import Settings

MINUTE, HOUR = 60.0, 3600.0


class Attempts:
    """Counts are shared by all processes. Each method raises `Problem` 429 with when to come again.

    Of an account a few failures are free; then it takes one attempt in 1, 2, 4 … seconds, at most a minute.
    It is never locked, and one that does not exist is counted alike.
    """

    def __init__(self, ephemeral: Ephemeral, settings: Settings) -> None:
        self._ephemeral = ephemeral
        self._free = settings.sign_in_free_failures
        self._longest = settings.sign_in_delay_max_seconds
        self._window = settings.sign_in_window_seconds
        self._per_minute = settings.sign_ins_per_minute
        self._per_second = settings.sign_ins_per_second
        self._anonymous = settings.anonymous_per_minute
        self._lookups = settings.member_lookups_per_hour

    async def sign_in(self, request: Request) -> None:
        """Count a sign-in from this address, whoever's it is."""
        await self._bound("sign-in", address_of(request), self._per_minute, MINUTE)
        await self._bound("sign-in", "all", self._per_second, 1.0)

    async def anonymous(self, request: Request) -> None:
        """Count a request from this address by somebody who has not signed in."""
        await self._bound("anonymous", address_of(request), self._anonymous, MINUTE)

    async def lookup(self, user_id: object) -> None:
        """Count a question whether an e-mail address has an account."""
        await self._bound("lookup", str(user_id), self._lookups, HOUR)

    async def begin(self, email: str) -> None:
        """Ask before a password is checked: the attempt counts as failed until `succeed` is called."""
        account = _digest(email_key(email))
        before = int(await self._ephemeral.get(f"tries:{account}") or 0)
        if before >= self._free:
            delay = self._delay(before + 1)
            if await self._ephemeral.increment(f"turn:{account}", delay) > 1:
                raise _slow_down(self._delay(before))
        count = await self._ephemeral.increment(f"tries:{account}", self._window)
        if before < self._free < count:
            # Many came at once, and each saw that some were free.
            raise _slow_down(self._delay(count))
        if count == self._free:
            await self._ephemeral.put(f"turn:{account}", b"1", self._delay(count))

    async def succeed(self, email: str) -> None:
        """Forget the failures of an account."""
        account = _digest(email_key(email))
        await self._ephemeral.take(f"tries:{account}")
        await self._ephemeral.take(f"turn:{account}")

    def _delay(self, count: int) -> int:
        return int(min(self._longest, 2 ** min(count - self._free, 16)))

    async def _bound(self, what: str, whose: str, most: int, seconds: float) -> None:
        if await self._ephemeral.increment(f"rate:{what}:{_digest(whose)}", seconds) > most:
            raise Problem(429, "too_many", "Too many requests: wait a moment.", retry_after=int(seconds))


def address_of(request: Request) -> str:
    """Whoever asks, as the front door names them; of IPv6 it is the network, which is one customer's."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ip_network((int(address), 64), strict=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def _slow_down(seconds: int) -> Problem:
    return Problem(
        429, "slow_down", "Too many failed attempts: wait before you try again.", retry_after=seconds
    )
