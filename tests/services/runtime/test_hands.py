"""Several hands and one table: what waits is done at once, and where nothing waits one of them looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.runtime.hands import Hands
from tests.support.waiting import eventually

NEVER = 3600.0


class Work:
    """Items that wait, each handled once `go_on` is set."""

    def __init__(self, *items: str | Exception) -> None:
        self.items = list(items)
        self.looks = 0
        self.begun: list[str] = []
        self.done: list[str] = []
        self.go_on = asyncio.Event()

    async def take(self) -> str | None:
        self.looks += 1
        item = self.items.pop(0) if self.items else None
        if isinstance(item, Exception):
            raise item
        return item

    async def handle(self, item: str) -> None:
        self.begun.append(item)
        await self.go_on.wait()
        if item == "broken":
            raise ValueError(item)
        self.done.append(item)

    @asynccontextmanager
    async def by(
        self, count: int, seconds: float = NEVER, patience: float = 60.0
    ) -> AsyncIterator[Hands[str]]:
        hands = Hands("work", self.take, self.handle, count=count, seconds=seconds)
        await hands.start()
        try:
            yield hands
        finally:
            await hands.stop(patience)


async def test_what_waits_is_done_by_as_many_as_there_are_hands() -> None:
    work = Work("a", "b", "c", "d")
    async with work.by(3):
        await eventually(lambda: len(work.begun) == 3)
        work.go_on.set()
        await eventually(lambda: sorted(work.done) == ["a", "b", "c", "d"])


async def test_where_nothing_waits_one_looks() -> None:
    work = Work()
    async with work.by(4) as hands:
        await eventually(lambda: work.looks == 1)
        for count in (2, 3):
            hands.wake()
            await eventually(lambda count=count: work.looks == count)
            await asyncio.sleep(0.01)
        assert work.looks == 3


async def test_who_is_woken_before_anybody_could_look_looks_once() -> None:
    work = Work()
    async with work.by(1) as hands:
        await eventually(lambda: work.looks == 1)
        for _ in range(10):
            hands.wake()
        await eventually(lambda: work.looks == 2)
        await asyncio.sleep(0.01)
        assert work.looks == 2


async def test_what_comes_while_all_hands_are_full_is_done_next() -> None:
    work = Work("a")
    async with work.by(1) as hands:
        await eventually(lambda: work.begun == ["a"])
        work.items.append("b")
        hands.wake()
        work.go_on.set()
        await eventually(lambda: work.done == ["a", "b"])


async def test_a_failure_ends_nobodys_work_and_the_next_round_looks_again() -> None:
    work = Work(OSError("away"), "broken", "a")
    work.go_on.set()
    async with work.by(2, seconds=0.01):
        await eventually(lambda: work.done == ["a"])


async def test_it_ends_when_what_is_in_hand_is_done() -> None:
    work = Work("a", "b")
    async with work.by(1):
        await eventually(lambda: work.begun == ["a"])
        asyncio.get_running_loop().call_later(0.01, work.go_on.set)
    assert work.done == ["a"]
    assert work.items == ["b"]


async def test_it_ends_in_time_whatever_is_in_hand() -> None:
    work = Work("a")
    async with work.by(2, patience=0.01):
        await eventually(lambda: work.begun == ["a"])
    assert work.done == []
