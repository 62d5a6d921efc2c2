"""How often somebody may try: delays that grow with failures, and bounds by address."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import Request

from services.auth.domain import email_key
from services.runtime.ephemeral import Ephemeral
from services.runtime.errors import Problem
from services.runtime.host.admission import host_of
from services.runtime.rates import MINUTE, Rates, address_of, digest
from services.runtime.settings import Settings

HOUR = 3600.0


class Attempts:
    """Counts are shared by all processes. Each method raises `Problem` 429 with when to come again.

    Of an account a few failures are free; then it takes one attempt in 1, 2, 4 … seconds, at most a minute.
    It is never locked, and one that does not exist is counted alike.
    """

    def __init__(self, counters: Ephemeral, rates: Rates, settings: Settings) -> None:
        self._counters = counters
        self._rates = rates
        self._free = settings.sign_in_free_failures
        self._longest = settings.sign_in_delay_max_seconds
        self._window = settings.sign_in_window_seconds
        self._per_minute = settings.sign_ins_per_minute
        self._per_second = settings.sign_ins_per_second
        self._lookups = settings.member_lookups_per_hour
        self._resets = settings.resets_per_hour
        self._reset_letters = settings.reset_letters_per_hour
        self._invite_letters = settings.invite_letters_per_hour
        self._letters_to_one = settings.letters_per_address_hour

    async def sign_in(self, request: Request) -> None:
        """Count a sign-in from this address, whoever's it is."""
        await self._rates.bound("sign-in", address_of(host_of(request.scope)), self._per_minute, MINUTE)
        await self._rates.bound("sign-in", "all", self._per_second, 1.0)

    @asynccontextmanager
    async def proving(self, request: Request) -> AsyncIterator[None]:
        """Count a request whose cookie proves nothing: like every anonymous one of its address."""
        try:
            yield
        except Problem as problem:
            if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                await self._rates.anonymous(host_of(request.scope))
            raise

    async def lookup(self, user_id: object) -> None:
        """Count a question whether an e-mail address has an account."""
        await self._rates.bound("lookup", str(user_id), self._lookups, HOUR)

    async def reset(self, request: Request) -> None:
        """Count a request for a new password from this address, whoever's it is."""
        await self._rates.bound("reset", address_of(host_of(request.scope)), self._resets, HOUR)

    async def may_have_reset(self, email: str) -> bool:
        """Count a letter for a new password to an account; whether there is one makes no difference."""
        try:
            await self._rates.bound("reset-letter", email_key(email), self._reset_letters, HOUR)
        except Problem:
            return False
        return True

    async def letter(self, user_id: object, team_id: object, email: str) -> None:
        """Count a letter that somebody has sent to an address of their choice."""
        await self._rates.bound("letter", str(user_id), self._invite_letters, HOUR)
        await self._rates.bound("letter-to", f"{team_id} {email_key(email)}", self._letters_to_one, HOUR)

    async def begin(self, email: str) -> None:
        """Ask before a password is checked: the attempt counts as failed until `succeed` is called."""
        account = digest(email_key(email))
        before = int(await self._counters.get(f"tries:{account}") or 0)
        if before >= self._free:
            delay = self._delay(before + 1)
            turn = await self._counters.increment(f"turn:{account}", delay)
            if turn.count > 1:
                raise _slow_down(turn.seconds_left)
        count = (await self._counters.increment(f"tries:{account}", self._window)).count
        if before < self._free < count:
            # Many came at once, and each saw that some were free.
            raise _slow_down(self._delay(count))
        if count == self._free:
            await self._counters.put(f"turn:{account}", b"1", self._delay(count))

    async def succeed(self, email: str) -> None:
        """Forget the failures of an account."""
        account = digest(email_key(email))
        await self._counters.take(f"tries:{account}")
        await self._counters.take(f"turn:{account}")

    def _delay(self, count: int) -> int:
        return int(min(self._longest, 2 ** min(count - self._free, 16)))


def _slow_down(seconds: float) -> Problem:
    wait = max(1, math.ceil(seconds))
    return Problem(429, "slow_down", "Too many failed attempts: wait before you try again.", retry_after=wait)
