"""Password hashing in threads: a few at a time, a few waiting, and no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.runtime.errors import Problem
from services.runtime.settings import Settings

T = TypeVar("T")


class Hashing:
    """argon2id with the settings' parameters. Each call raises `Problem` 429 when too many are waiting."""

    def __init__(self, settings: Settings) -> None:
        hasher = Argon2Hasher(
            time_cost=settings.hash_passes,
            memory_cost=settings.hash_memory_kib,
            parallelism=settings.hash_lanes,
        )
        self._hash = PasswordHash((hasher,))
        self._threads = ThreadPoolExecutor(settings.hashes_at_once, thread_name_prefix="hashing")
        self._room = settings.hashes_at_once + settings.hashes_waiting
        self._nobody = ""

    async def start(self) -> None:
        """Make the hash that stands in for accounts that do not exist."""
        self._nobody = await self.hash("nobody's password")

    async def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        return await self._in_thread(lambda: self._hash.hash(password))

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password fits, and its new hash when the stored one has outdated parameters.

        Without a stored hash the answer is no, after the same work.
        """
        known = stored or self._nobody
        fits, renewed = await self._in_thread(lambda: self._hash.verify_and_update(password, known))
        return (fits, renewed) if stored else (False, None)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._room == 0:
            raise Problem(429, "busy", "Too many sign-ins at this moment.", retry_after=1)
        self._room -= 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Not when the caller stops waiting, but when the thread is free.
        future.add_done_callback(self._left)
        return await asyncio.shield(future)

    def _left(self, _future: "asyncio.Future[T]") -> None:
        self._room += 1
