"""A queue in this process from which nothing is ever lost by cancelling a wait."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """Waiting and taking are two steps: any number may wait, and who waits takes nothing."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._stirred = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def first(self) -> Item:
        return self._items[0]

    def put(self, item: Item) -> None:
        self._items.append(item)
        self._stirred.set()

    def put_back(self, item: Item) -> None:
        """Put it in front of all others."""
        self._items.appendleft(item)
        self._stirred.set()

    def take(self) -> Item | None:
        return self._items.popleft() if self._items else None

    async def wait(self) -> None:
        """Return when there may be something to take, or after `wake`."""
        if not self._items:
            self._stirred.clear()
            await self._stirred.wait()

    def wake(self) -> None:
        """Let all who wait look at the world again."""
        self._stirred.set()
