"""Waits for what announces itself by no event."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


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
