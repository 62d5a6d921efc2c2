import asyncio

import pytest

from services.runtime.turns import LONGEST_SECONDS, Turns


@pytest.mark.parametrize(("pieces_in_a_turn", "expected"), [(0.5, 10), (1, 10), (2, 5), (5, 2), (11, 0)])
async def test_others_have_a_turn_whenever_the_work_took_long(pieces_in_a_turn: float, expected: int) -> None:
    now, had = 0.0, 0

    async def other() -> None:
        nonlocal had
        while True:
            await asyncio.sleep(0)
            had += 1

    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    turns = Turns(lambda: now)
    for piece in range(1, 11):
        now = piece * LONGEST_SECONDS / pieces_in_a_turn * 1.001
        await turns.give()
    task.cancel()
    assert had == expected
