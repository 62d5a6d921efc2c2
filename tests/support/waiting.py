"""Waits for what announces itself by no event."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from services.runtime.db import Database
from services.runtime.reach import NOBODY

T = TypeVar("T")
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def eventually(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 60) -> None:
    """Ask until the condition holds. Raises TimeoutError when it never did."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.005)


def until(ask: Callable[[], T | None], *, seconds: float = 60, every: float = 0.02) -> T:
    """Ask from plain code until there is an answer, and give it. Raises TimeoutError when there never was."""
    end = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(every)
    return answer


async def somebody_waits(database: Database) -> bool:
    """Whether a transaction in this database of PostgreSQL waits for another's lock."""
    async with database.read(NOBODY) as connection:
        return (await connection.execute(WAITING)).scalar_one() > 0


def held_up(
    patch: pytest.MonkeyPatch, database: Database, owner: Any, name: str
) -> Callable[[], Awaitable[None]]:
    """Have the first call of `owner.name` wait, before it does anything, until somebody waits for a lock.

    What is answered waits until it has begun. On SQLite it waits for nobody: its transaction holds the one
    lock there.
    """
    begun, real = asyncio.Event(), getattr(owner, name)

    async def slow(*args: Any, **kwargs: Any) -> Any:
        if not begun.is_set():
            begun.set()
            if database.dialect == "postgresql":
                await eventually(lambda: somebody_waits(database))
        return await real(*args, **kwargs)

    patch.setattr(owner, name, slow)
    return lambda: eventually(begun.is_set)
