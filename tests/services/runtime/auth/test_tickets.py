"""Tickets: one use, half a minute, and exactly their maker's rights."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.runtime.auth import Caller
from services.runtime.auth.tickets import put_ticket, take_ticket
from services.runtime.ephemeral.memory import MemoryEphemeral
from tests.services.auth.world import ManualClock


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def ephemeral(clock):
    return MemoryEphemeral(clock)


def caller(**changes):
    plain = {"user_id": uuid4(), "team_id": uuid4(), "role": "member", "sid": "s", "username": "anna"}
    return Caller(**(plain | changes))


async def test_a_ticket_is_its_makers(ephemeral):
    made = caller(scopes=frozenset({"read"}), via="token", expires_at=datetime(2026, 5, 1, tzinfo=UTC))
    ticket = await put_ticket(ephemeral, made, 30)
    assert await take_ticket(ephemeral, ticket) == made


async def test_a_ticket_of_somebody_without_a_team(ephemeral):
    made = caller(team_id=None, role=None)
    assert await take_ticket(ephemeral, await put_ticket(ephemeral, made, 30)) == made


async def test_of_many_takers_one_gets_it(ephemeral):
    ticket = await put_ticket(ephemeral, caller(), 30)
    taken = await asyncio.gather(*(take_ticket(ephemeral, ticket) for _ in range(20)))
    assert sum(each is not None for each in taken) == 1


async def test_a_ticket_expires(ephemeral, clock):
    ticket = await put_ticket(ephemeral, caller(), 30)
    clock.advance(31)
    assert await take_ticket(ephemeral, ticket) is None


@pytest.mark.parametrize("ticket", ["", "x", "x" * 43, "é" * 43, "\ud800" * 43, "x" * 10_000])
async def test_what_is_no_ticket_opens_nothing(ephemeral, ticket):
    assert await take_ticket(ephemeral, ticket) is None


async def test_the_ticket_itself_is_not_kept(ephemeral):
    ticket = await put_ticket(ephemeral, caller(), 30)
    assert await ephemeral.get(f"ticket:{ticket}") is None
