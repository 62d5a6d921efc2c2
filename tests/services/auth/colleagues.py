"""Two people of one team, of whom one does something while something is done to them."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.services.auth.api.test_broker import Agent
from tests.services.auth.world import World


@dataclass
class Colleagues:
    """Anna, the admin, and Ben, a member whose browser is in her team."""

    anna: httpx.AsyncClient
    ben: httpx.AsyncClient
    team: dict[str, Any]
    ben_id: str

    @property
    def members(self) -> str:
        return f"/api/teams/{self.team['team_id']}/members"

    @property
    def of_ben(self) -> str:
        return f"{self.members}/{self.ben_id}"


async def gather(world: World, **bens: Any) -> Colleagues:
    """Both registered, Ben first; `bens` are of his registration."""
    ben, other = await world.register("ben", **{"team_name": None} | bens)
    anna, body = await world.register("anna")
    made = Colleagues(anna, ben, body["user"], other["user"]["id"])
    added = await anna.post(made.members, json={"email": "ben@example.com", "role": "member"})
    assert added.status_code == 201
    switched = await ben.post("/api/auth/switch-team", json={"team_id": made.team["team_id"]})
    ben.headers["Authorization"] = f"Bearer {switched.json()['access_token']}"
    return made


async def agent_of_ben(world: World, both: Colleagues) -> Agent:
    """An agent of Ben's in the team, that the broker knows."""
    body = {"user": both.team | {"id": both.ben_id}}
    agent = Agent(world, both.ben, body, await world.token(both.ben, "agent"))
    assert await agent.log_in() == "allow"
    return agent
