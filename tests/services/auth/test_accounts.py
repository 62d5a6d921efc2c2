"""The ways in and out while somebody else changes the same persons: neither waits for the other forever."""

import asyncio

from services.auth.store import memberships
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
