"""The ways in and out while somebody else changes the same persons: neither waits for the other forever."""

import asyncio
from datetime import timedelta

from services.auth.audit import AuditLog
from services.auth.hashing import Hashing
from services.auth.store import memberships
from tests.services.auth.api.test_account import sign_in
from tests.services.auth.world import PAGE, PASSWORD
from tests.support.waiting import held_up


async def test_somebody_switches_to_a_team_while_their_role_in_it_is_changed(world, monkeypatch):
    anna, body = await world.register("anna")
    ben, other = await world.register("ben", team_name="Beta")
    team_id = body["user"]["team_id"]
    path = f"/api/teams/{team_id}/members"
    await anna.post(path, json={"email": "ben@example.com", "role": "member"})
    begun = held_up(monkeypatch, world.database, memberships, "set_role")
    changing = asyncio.create_task(anna.put(f"{path}/{other['user']['id']}", json={"role": "viewer"}))
    await begun()
    switched = await ben.post("/api/auth/switch-team", json={"team_id": team_id})
    assert (await changing).status_code == 200
    assert switched.status_code == 200
    assert switched.json()["user"]["role"] == "viewer"


async def test_somebody_logs_in_while_a_log_in_that_has_run_out_logs_out(world, monkeypatch):
    old, _ = await world.register("anna")
    del old.headers["Authorization"]
    world.clock.advance(timedelta(days=world.settings.refresh_absolute_days).total_seconds())
    begun = held_up(monkeypatch, world.database, AuditLog, "note_of_person")
    leaving = asyncio.create_task(old.post("/api/auth/logout", json={}, headers=PAGE))
    await begun()
    _, signed_in = await sign_in(world)
    assert (await leaving).status_code == 204
    assert signed_in.status_code == 200


async def test_somebody_logs_in_to_an_account_that_goes_in_the_same_moment(world, monkeypatch):
    anna, _ = await world.register("anna")
    real = Hashing.verify

    async def verify(self, password, encoded):
        answer = await real(self, password, encoded)
        monkeypatch.setattr(Hashing, "verify", real)
        gone = await anna.request("DELETE", "/api/auth/me", json={"password": PASSWORD})
        assert gone.status_code == 204
        return answer

    monkeypatch.setattr(Hashing, "verify", verify)
    _, answer = await sign_in(world)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
