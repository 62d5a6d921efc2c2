"""Members: added, changed and removed by admins, gone at once, and never without an admin."""

import asyncio
from uuid import uuid4

import pytest

from tests.services.auth.world import open_world
from tests.support.waiting import eventually

ME = "/api/auth/me"


class Team:
    """Anna, its admin, and Ben, a member who has a team of his own besides."""

    def __init__(self, world, anna, body, ben, other) -> None:
        self.world = world
        self.id = body["user"]["team_id"]
        self.anna, self.anna_id = anna, body["user"]["id"]
        self.ben, self.ben_id = ben, other["user"]["id"]
        self.path = f"/api/teams/{self.id}/members"

    async def add(self, role="member", email="ben@example.com"):
        return await self.anna.post(self.path, json={"email": email, "role": role})

    async def choose(self, browser):
        answer = await browser.post("/api/auth/switch-team", json={"team_id": self.id})
        assert answer.status_code == 200
        browser.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def join(self, role="member"):
        assert (await self.add(role)).status_code == 201
        await self.choose(self.ben)
        return self

    async def change(self, role, user_id=None, by=None):
        return await (by or self.anna).put(f"{self.path}/{user_id or self.ben_id}", json={"role": role})


@pytest.fixture
async def team(world):
    anna, body = await world.register("anna")
    ben, other = await world.register("ben", team_name="Beta")
    return Team(world, anna, body, ben, other)


async def test_somebody_who_has_an_account_is_added(world, team):
    answer = await team.add("viewer", "BEN@example.com")
    assert answer.status_code == 201
    added = answer.json()
    assert (added["user_id"], added["username"], added["role"]) == (team.ben_id, "ben", "viewer")
    teams = (await team.ben.get("/api/teams")).json()["items"]
    assert {each["name"]: each["role"] for each in teams} == {"Alpha": "viewer", "Beta": "admin"}
    again = await team.add("admin")
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    await world.bus.until(6)
    assert world.bus.keys()[4:] == ["member.joined", "user.updated"]


async def test_an_address_without_an_account_is_a_reason_to_invite(team):
    answer = await team.add("member", "nobody@example.com")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_addable")
    assert "nobody" not in answer.text


async def test_questions_about_addresses_are_counted(database_url, tmp_path):
    async with open_world(database_url, tmp_path, member_lookups_per_hour=2) as world:
        anna, body = await world.register("anna")
        path = f"/api/teams/{body['user']['team_id']}/members"
        ask = {"email": "nobody@example.com", "role": "member"}
        answers = [await anna.post(path, json=ask) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [422, 422, 429]
        assert answers[2].headers["retry-after"] == "3600"


async def test_a_changed_role_holds_at_once(world, team):
    await team.join("viewer")
    assert (
        await team.ben.post("/api/auth/tokens", json={"name": "x", "scopes": ["agent"]})
    ).status_code == 403
    listener = await world.fanout.listen()
    await listener.add("control")
    changed = await team.change("admin")
    assert (changed.status_code, changed.json()["role"]) == (200, "admin")
    told = await anext(aiter(listener))
    assert team.ben_id.encode() in told.payload
    await listener.close()
    assert (await team.ben.get(ME)).json()["role"] == "admin"
    assert (await team.ben.put(f"/api/teams/{team.id}", json={"name": "Ours"})).status_code == 200
    assert "member.role_changed" in [key for _, key, _ in await world.bus.until(7)]


async def test_removal_ends_access_at_once(world, team):
    await team.join()
    token = world.bearer((await world.token(team.ben, "read"))["token"])
    assert (await token.get(ME)).status_code == (await team.ben.get(ME)).status_code == 200
    assert (await team.anna.delete(f"{team.path}/{team.ben_id}")).status_code == 204
    assert (await token.get(ME)).status_code == (await team.ben.get(ME)).status_code == 401
    assert (await team.anna.delete(f"{team.path}/{team.ben_id}")).status_code == 404
    # The account and its other team are as they were.
    again = await world.browser().post(
        "/api/auth/login", json={"email": "ben@example.com", "password": "correct horse battery"}
    )
    assert again.json()["user"]["role"] == "admin"
    await eventually(lambda: world.bus.keys().count("member.left") == 1)


async def test_anybody_may_leave(world, team):
    await team.join("viewer")
    assert (await team.ben.delete(f"{team.path}/{team.ben_id}")).status_code == 204
    assert (await team.ben.get(f"/api/teams/{team.id}")).status_code == 401
    members = (await team.anna.get(team.path)).json()["items"]
    assert [each["username"] for each in members] == ["anna"]


async def test_the_last_admin_stays(team):
    await team.join()
    for answer in (
        await team.anna.delete(f"{team.path}/{team.anna_id}"),
        await team.change("member", team.anna_id),
        await team.change("viewer", team.anna_id),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert (await team.change("admin", team.anna_id)).status_code == 200
    assert (await team.change("admin")).status_code == 200
    assert (await team.anna.delete(f"{team.path}/{team.anna_id}")).status_code == 204


async def test_two_admins_who_remove_each_other_leave_one(team):
    await team.join("admin")
    answers = await asyncio.gather(
        team.change("viewer", team.ben_id, team.anna), team.change("viewer", team.anna_id, team.ben)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 403]


async def test_members_and_strangers_change_nobody(world, team):
    await team.join("member")
    stranger, _ = await world.register("eva")
    for method, path, body in (
        ("POST", team.path, {"email": "eva@example.com", "role": "member"}),
        ("PUT", f"{team.path}/{team.anna_id}", {"role": "viewer"}),
        ("DELETE", f"{team.path}/{team.anna_id}", None),
        ("DELETE", f"/api/teams/{team.id}", None),
    ):
        extra = {} if body is None else {"json": body}
        assert (await team.ben.request(method, path, **extra)).status_code == 403
        foreign = await stranger.request(method, path, **extra)
        absent = await stranger.request(method, path.replace(team.id, str(uuid4())), **extra)
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert foreign.json() | {"correlation_id": ""} == absent.json() | {"correlation_id": ""}
        assert (await world.browser().request(method, path, **extra)).status_code == 401


async def test_an_api_token_needs_write(world, team):
    await team.join()
    reader = world.bearer((await world.token(team.anna, "read"))["token"])
    writer = world.bearer((await world.token(team.anna, "read", "write"))["token"])
    assert (await team.change("viewer", by=reader)).status_code == 403
    assert (await reader.delete(f"{team.path}/{team.anna_id}")).status_code == 403
    assert (await team.change("viewer", by=writer)).status_code == 200
    # What cannot be undone needs the person.
    assert (await writer.delete(f"/api/teams/{team.id}")).status_code == 403


async def test_a_deleted_team_is_gone_for_everybody(world, team):
    await team.join()
    assert (await team.anna.delete(f"/api/teams/{team.id}")).status_code == 204
    assert (await team.anna.get(ME)).status_code == (await team.ben.get(ME)).status_code == 401
    login = await world.browser().post(
        "/api/auth/login", json={"email": "anna@example.com", "password": "correct horse battery"}
    )
    assert (login.json()["user"]["team_id"], login.json()["user"]["role"]) == (None, None)
    assert (await world.bus.until(7))[6][1] == "team.deleted"


@pytest.mark.parametrize("body", [{"role": "owner"}, {"role": None}, {}, {"role": "admin", "x": 1}])
async def test_bad_roles_are_refused(team, body):
    await team.join()
    assert (await team.anna.put(f"{team.path}/{team.ben_id}", json=body)).status_code == 422
