"""Teams: what their members see, what their admin changes, and that nobody else knows of them."""

import asyncio
from uuid import UUID, uuid4

import pytest

from services.auth.store import memberships
from services.runtime.auth import ANONYMOUS
from tests.support.rows import every_row


async def join(world, body, team_id, role):
    async with every_row(world.database) as connection:
        await memberships.add(
            ANONYMOUS, connection, UUID(body["user"]["id"]), UUID(team_id), role, world.clock.now()
        )
    world.rights.drop()


@pytest.fixture
async def team(world):
    """A team with an admin, and a second member who has chosen it."""
    admin, body = await world.register("anna")
    team_id = body["user"]["team_id"]
    member, other = await world.register("ben", team_name=None)
    world.clock.advance(1)
    await join(world, other, team_id, "member")
    return team_id, admin, member


async def test_a_team_and_its_settings(team):
    team_id, admin, member = team
    answer = await admin.get(f"/api/teams/{team_id}")
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["role"], answer.json()["version"]) == ("Alpha", "admin", 1)
    assert answer.json()["settings"]["default_visibility"] == "private"
    assert (await member.get(f"/api/teams/{team_id}")).json()["role"] == "member"


async def test_the_admin_changes_name_and_some_settings(world, team):
    team_id, admin, member = team
    body = {"name": "Beta", "settings": {"timezone": "Europe/Berlin", "health_weights": {"errors": 2.5}}}
    answer = await admin.put(f"/api/teams/{team_id}", json=body)
    assert answer.status_code == 200
    changed = await admin.put(f"/api/teams/{team_id}", json={"settings": {"allow_public": True}})
    settings = changed.json()["settings"]
    assert (settings["timezone"], settings["allow_public"]) == ("Europe/Berlin", True)
    assert settings["health_weights"] == {"errors": 2.5}
    assert changed.json()["version"] == 3
    assert (await member.get(f"/api/teams/{team_id}")).json()["name"] == "Beta"
    sent = await world.bus.until(5)
    assert [key for _, key, _ in sent[3:]] == ["team.updated", "team.updated"]
    assert b"Europe/Berlin" in sent[4][2]


async def test_if_match(team):
    team_id, admin, _ = team
    seen = (await admin.get(f"/api/teams/{team_id}")).headers["etag"]
    codes = [
        (
            await admin.put(f"/api/teams/{team_id}", json={"name": name}, headers={"If-Match": seen})
        ).status_code
        for name in ("one", "two")
    ]
    assert codes == [200, 412]


async def test_of_those_who_change_it_at_the_same_time_one_wins_and_the_others_are_told_why(team):
    team_id, admin, member = team
    promoted = await admin.put(f"/api/teams/{team_id}/members/{await own_id(member)}", json={"role": "admin"})
    assert promoted.status_code == 200, promoted.text
    url = f"/api/teams/{team_id}"
    seen = {"If-Match": (await admin.get(url)).headers["etag"]}
    answers = await asyncio.gather(
        *(
            who.put(url, json={"settings": {"retention": {"details_days": days}}}, headers=seen)
            for days, who in enumerate((admin, member, admin, member), start=1)
        )
    )
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json() for answer in answers if answer.status_code == 412]
    assert [(one["code"], one["detail"]) for one in lost] == [
        ("version_mismatch", "It was changed meanwhile: read it again.")
    ] * 3
    now = (await member.get(url)).json()
    assert (now["settings"], now["version"]) == (won["settings"], won["version"])


async def own_id(browser):
    return (await browser.get("/api/auth/me")).json()["id"]


async def test_only_the_admin_changes_it(world, team):
    team_id, admin, member = team
    assert (await member.put(f"/api/teams/{team_id}", json={"name": "x"})).status_code == 403
    reader = world.bearer((await world.token(admin, "read"))["token"])
    assert (await reader.put(f"/api/teams/{team_id}", json={"name": "x"})).status_code == 403


@pytest.mark.parametrize("settings", [{"timezone": "Nowhere"}, {"unknown": 1}, {"token_limits": None}, 7])
async def test_bad_settings_are_refused(team, settings):
    team_id, admin, _ = team
    assert (await admin.put(f"/api/teams/{team_id}", json={"settings": settings})).status_code == 422


async def test_members_and_who_sees_addresses(team):
    team_id, admin, member = team
    seen = (await admin.get(f"/api/teams/{team_id}/members")).json()["items"]
    assert [(each["username"], each["role"], each["email"]) for each in seen] == [
        ("anna", "admin", "anna@example.com"),
        ("ben", "member", "ben@example.com"),
    ]
    seen = (await member.get(f"/api/teams/{team_id}/members")).json()["items"]
    assert [(each["username"], each["email"]) for each in seen] == [("anna", None), ("ben", None)]


async def test_members_and_teams_come_in_pages(team):
    team_id, admin, _ = team
    for _ in range(2):
        await admin.post("/api/teams", json={"name": "More"})
    for path, count in ((f"/api/teams/{team_id}/members", 2), ("/api/teams", 3)):
        whole = (await admin.get(path)).json()["items"]
        found, cursor = [], None
        for _ in range(count):
            page = (
                await admin.get(path, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
            ).json()
            found += page["items"]
            cursor = page["next_cursor"]
        assert (len(found), cursor) == (count, None)
        assert found == whole


async def test_another_teams_is_as_if_it_were_not(world, team):
    team_id, *_ = team
    stranger, _ = await world.register("eva")
    for method, suffix, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "x"}),
        ("GET", "/members", None),
    ):
        answers = [
            await stranger.request(method, f"/api/teams/{each}{suffix}", json=body)
            for each in (team_id, uuid4())
        ]
        bodies = [answer.json() | {"correlation_id": ""} for answer in answers]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert bodies[0] == bodies[1]


async def test_an_api_token_sees_its_own_team_only(world, team):
    team_id, admin, _ = team
    second = (await admin.post("/api/teams", json={"name": "Second"})).json()["id"]
    reader = world.bearer((await world.token(admin, "read"))["token"])
    assert [each["id"] for each in (await reader.get("/api/teams")).json()["items"]] == [team_id]
    assert (await reader.get(f"/api/teams/{second}")).status_code == 404
    assert (await reader.get(f"/api/teams/{second}/members")).status_code == 404
    assert (await admin.get(f"/api/teams/{second}")).status_code == 200


async def test_an_agents_token_sees_no_teams(world, team):
    team_id, admin, _ = team
    agent = world.bearer((await world.token(admin, "agent"))["token"])
    for path in ("/api/teams", f"/api/teams/{team_id}", f"/api/teams/{team_id}/members"):
        assert (await agent.get(path)).status_code == 403
