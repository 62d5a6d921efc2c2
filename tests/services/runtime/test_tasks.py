import asyncio

import pytest

from services.runtime import tasks
from services.runtime.tasks import end


async def test_it_waits_until_all_are_over() -> None:
    ended: list[str] = []

    async def run(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append(name)

    running = [asyncio.create_task(run(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    await end(*running, None)
    assert sorted(ended) == ["a", "b"]
    assert all(task.cancelled() for task in running)


async def test_who_takes_it_for_something_else_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PATIENCE_SECONDS", 0.01)
    losses = 3

    async def run() -> None:
        nonlocal losses
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                losses -= 1
                if losses == 0:
                    raise

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    await end(task)
    assert (losses, task.cancelled()) == (0, True)


async def test_what_it_ends_with_is_nobodys_concern() -> None:
    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    await end(task)
    assert task.done()


async def test_nothing_to_end_is_nothing_to_wait_for() -> None:
    await end()
    await end(None)
