"""An account is changed or deleted while others are at the same rows: neither waits for the other forever."""

import asyncio
from itertools import count
from uuid import UUID

from services.auth import accounts
from services.auth.audit import AuditLog
from services.auth.store import broker, memberships
from tests.services.auth.api.test_account import ME, NEW, sign_in
from tests.services.auth.colleagues import agent_of_ben, gather
from tests.services.auth.world import PASSWORD
from tests.support.waiting import held_up


async def delete(browser):
    return await browser.request("DELETE", ME, json={"password": PASSWORD})


async def test_the_password_is_changed_while_another_browser_logs_out(world, monkeypatch):
    anna, _ = await world.register("anna")
    other, _ = await sign_in(world)
    begun = held_up(monkeypatch, world.database, AuditLog, "note_of_person")
    leaving = asyncio.create_task(other.post("/api/auth/logout"))
    await begun()
    changed = await anna.put(ME, json={"password": NEW, "current_password": PASSWORD})
    assert changed.status_code == 200
    assert (await leaving).status_code == 204


async def test_somebody_with_an_agent_goes_while_an_admin_removes_them(world, monkeypatch):
    both = await gather(world)
    await agent_of_ben(world, both)
    begun = held_up(monkeypatch, world.database, broker, "cut")
    removing = asyncio.create_task(both.anna.delete(both.of_ben))
    await begun()
    assert (await delete(both.ben)).status_code == 204
    assert (await removing).status_code == 204


async def test_somebody_with_a_team_of_their_own_goes_while_their_role_in_another_changes(world, monkeypatch):
    ids = count(1)
    # The own team comes first in the order of ids.
    monkeypatch.setattr(accounts, "uuid4", lambda: UUID(int=next(ids)))
    both = await gather(world, team_name="Beta")
    begun = held_up(monkeypatch, world.database, memberships, "set_role")
    changing = asyncio.create_task(both.anna.put(both.of_ben, json={"role": "viewer"}))
    await begun()
    assert (await delete(both.ben)).status_code == 204
    assert (await changing).status_code == 200


async def test_somebody_goes_while_they_log_out_elsewhere(world, monkeypatch):
    both = await gather(world)
    other, _ = await sign_in(world, "ben")
    begun = held_up(monkeypatch, world.database, AuditLog, "note_of_person")
    leaving = asyncio.create_task(other.post("/api/auth/logout"))
    await begun()
    assert (await delete(both.ben)).status_code == 204
    assert (await leaving).status_code == 204


async def test_a_team_one_was_just_removed_from_does_not_end_with_the_account(world, monkeypatch):
    both = await gather(world)
    begun = held_up(monkeypatch, world.database, memberships, "remove")
    removing = asyncio.create_task(both.anna.delete(both.of_ben))
    await begun()
    assert (await delete(both.ben)).status_code == 204
    assert (await removing).status_code == 204
    assert [each["username"] for each in (await both.anna.get(both.members)).json()["items"]] == ["anna"]
