"""A link to a new password is made while the person chooses one: neither waits for the other forever."""

import asyncio
from datetime import timedelta

from services.auth.store import resets, users
from services.runtime.auth import ANONYMOUS
from tests.services.auth.api.test_account import ME, NEW
from tests.services.auth.world import PASSWORD
from tests.support.waiting import held_up


async def add(world, digest, minutes):
    """Keep a secret of Anna's that ends so many minutes from now."""
    now = world.clock.now()
    async with world.database.write(ANONYMOUS) as connection:
        anna = await users.by_address(ANONYMOUS, connection, "anna@example.com")
        ends = now + timedelta(minutes=minutes)
        await resets.add(ANONYMOUS, connection, digest, anna.user_id, now, ends)


async def test_one_that_has_run_out_is_forgotten_while_the_password_is_changed(world, monkeypatch):
    anna, _ = await world.register("anna")
    await add(world, "old", 1)
    world.clock.advance(120)
    begun = held_up(monkeypatch, world.database, users, "change")
    changing = asyncio.create_task(anna.put(ME, json={"password": NEW, "current_password": PASSWORD}))
    await begun()
    await add(world, "new", 60)
    assert (await changing).status_code == 200
