"""A shared snapshot by itself."""

import asyncio

import pytest

from gateway.changes import Changed, Gone, card_of
from gateway.mirror import Content, Mirror
from tests.gateway.stage import ANNA, make_session, session_id
from tests.gateway.stopwatch import ManualClock, settle


class Loads:
    """Answers when told to, with what it was told."""

    def __init__(self):
        self.waiting = []

    async def __call__(self):
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        return await answer

    def answer(self, *versions):
        cards = [card_of(make_session(n, version=version)) for n, version in enumerate(versions)]
        self.waiting.pop(0).set_result(Content(cards, truncated=False))


@pytest.fixture
def loads():
    return Loads()


@pytest.fixture
def mirror(loads):
    return Mirror(loads, ManualClock(), 1.0)


def versions(mirror):
    return sorted(card.version for card in mirror.cards)


async def test_what_was_missed_while_it_was_loaded_has_it_loaded_again(mirror, loads):
    asked = asyncio.create_task(mirror.fresh())
    await settle()
    mirror.spoil()
    loads.answer(1)
    await settle()
    assert not mirror.ready
    loads.answer(2)
    await asked
    assert versions(mirror) == [2]


async def test_changes_count_only_where_they_are_newer(mirror, loads):
    asked = asyncio.create_task(mirror.fresh())
    await settle()
    mirror.apply(Changed(card_of(make_session(0, version=3))))
    mirror.apply(Gone(session_id(1), ANNA, 9, deleted=True))
    mirror.apply(Changed(card_of(make_session(1, version=9))))
    loads.answer(5, 8)
    await asked
    assert versions(mirror) == [5]
    mirror.apply(Changed(card_of(make_session(0, version=6))))
    assert versions(mirror) == [6]


async def test_a_failure_is_everybodys_and_the_next_asks_again(mirror, loads):
    asked = [asyncio.create_task(mirror.fresh()) for _ in range(3)]
    await settle()
    loads.waiting.pop().set_exception(ConnectionError("away"))
    for one in asked:
        with pytest.raises(ConnectionError):
            await one
    again = asyncio.create_task(mirror.fresh())
    await settle()
    loads.answer(1)
    await again
    assert mirror.ready


async def test_one_who_goes_away_takes_the_answer_from_nobody(mirror, loads):
    first, second = asyncio.create_task(mirror.fresh()), asyncio.create_task(mirror.fresh())
    await settle()
    first.cancel()
    await settle()
    loads.answer(1)
    await second
    assert versions(mirror) == [1]
