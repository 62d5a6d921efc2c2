"""A machine is enrolled while its person goes: neither waits for the other forever."""

import asyncio

from services.auth.store import tokens
from tests.services.auth.api.test_devices import CODES, ENROL
from tests.services.auth.colleagues import gather
from tests.support.waiting import held_up


async def test_a_code_is_redeemed_while_its_maker_is_removed(world, monkeypatch):
    both = await gather(world)
    code = (await both.ben.post(CODES)).json()["code"]
    begun = held_up(monkeypatch, world.database, tokens, "add")
    body = {"code": code, "hostname": "ben-mbp"}
    enrolling = asyncio.create_task(world.browser().post(ENROL, json=body))
    await begun()
    assert (await both.anna.delete(both.of_ben)).status_code == 204
    assert (await enrolling).status_code == 201
