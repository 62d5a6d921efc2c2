"""Invitations: who makes them, whom they bring in, and what they tell a stranger."""

import asyncio
from uuid import uuid4

import pytest

from tests.services.auth.world import PASSWORD

ME = "/api/auth/me"
PREVIEW = "/api/auth/invites/preview"


@pytest.fixture
async def team(world):
    admin, body = await world.register("anna")
    return admin, body["user"]["team_id"]


async def invite(admin, team_id, **fields):
    answer = await admin.post(f"/api/teams/{team_id}/invites", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def registration(name, secret):
    return {"email": f"{name}@example.com", "username": name, "password": PASSWORD, "invite": secret}


async def register(world, name, secret):
    return await world.browser().post("/api/auth/register", json=registration(name, secret))


async def test_an_invitation_is_shown_once(team):
    admin, team_id = team
    made = await invite(admin, team_id, role="viewer", max_uses=3)
    assert made["url"] == f"http://127.0.0.1:8000/invite#{made['invite']}"
    assert made["expires_at"] == "2026-03-08T12:00:00Z"
    listed = (await admin.get(f"/api/teams/{team_id}/invites")).json()
    assert listed["items"] == [{key: made[key] for key in made.keys() - {"invite", "url"}}]
    assert (listed["items"][0]["state"], listed["items"][0]["uses"]) == ("open", 0)
    assert made["invite"] not in (await admin.get(f"/api/teams/{team_id}/invites")).text


async def test_whoever_registers_by_it_is_in_the_team(world, team):
    admin, team_id = team
    made = await invite(admin, team_id, role="viewer")
    answer = await register(world, "ben", made["invite"])
    assert answer.status_code == 201
    user = answer.json()["user"]
    assert (user["team_id"], user["role"]) == (team_id, "viewer")
    members = (await admin.get(f"/api/teams/{team_id}/members")).json()["items"]
    assert sorted(each["username"] for each in members) == ["anna", "ben"]
    await world.bus.until(4)
    assert world.bus.keys()[2:] == ["member.joined", "user.updated"]


async def test_somebody_signed_in_accepts_and_is_there_at_once(world, team):
    admin, team_id = team
    ben, body = await world.register("ben", team_name="Beta")
    made = await invite(admin, team_id, role="member")
    answer = await ben.post("/api/auth/accept-invite", json={"invite": made["invite"]})
    assert answer.status_code == 200
    assert (answer.json()["user"]["team_id"], answer.json()["user"]["role"]) == (team_id, "member")
    # The token of before still names the team of before.
    assert (await ben.get(ME)).json()["team_id"] == body["user"]["team_id"]
    again = await ben.post("/api/auth/accept-invite", json={"invite": made["invite"]})
    assert (again.status_code, again.json()["code"]) == (410, "invite_used_up")


async def test_a_member_uses_none_up(world, team):
    admin, team_id = team
    made = await invite(admin, team_id)
    answer = await admin.post("/api/auth/accept-invite", json={"invite": made["invite"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")
    assert (await register(world, "ben", made["invite"])).status_code == 201


async def test_it_ends(world, team):
    admin, team_id = team
    used, old, revoked = [await invite(admin, team_id) for _ in range(3)]
    assert (await register(world, "ben", used["invite"])).status_code == 201
    assert (await admin.delete(f"/api/teams/{team_id}/invites/{revoked['id']}")).status_code == 204
    assert (await admin.delete(f"/api/teams/{team_id}/invites/{revoked['id']}")).status_code == 404
    world.clock.advance(7 * 86_400)
    codes = [
        ((answer := await register(world, "eva", made["invite"])).status_code, answer.json()["code"])
        for made in (used, old, revoked)
    ]
    assert codes == [(410, "invite_used_up"), (410, "invite_expired"), (404, "not_found")]
    # Nothing is left of a registration that failed.
    assert (await register(world, "eva", "unknown")).status_code == 404
    plain = registration("eva", None) | {"invite": None}
    assert (await world.browser().post("/api/auth/register", json=plain)).status_code == 201


async def test_of_two_who_come_at_once_one_is_brought_in(world, team):
    admin, team_id = team
    made = await invite(admin, team_id, max_uses=1)
    answers = await asyncio.gather(*(register(world, name, made["invite"]) for name in ("ben", "eva", "ida")))
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410]
    members = (await admin.get(f"/api/teams/{team_id}/members")).json()["items"]
    assert len(members) == 2


async def test_a_preview_names_team_and_role_alone(world, team):
    admin, team_id = team
    made = await invite(admin, team_id, role="member")
    answer = await world.browser().post(PREVIEW, json={"invite": made["invite"]})
    assert answer.json() == {
        "team_name": "Alpha", "role": "member", "expires_at": made["expires_at"], "state": "open",
        "email": None,
    }  # fmt: skip
    assert (await world.browser().post(PREVIEW, json={"invite": "unknown"})).status_code == 404
    world.clock.advance(7 * 86_400)
    late = await world.browser().post(PREVIEW, json={"invite": made["invite"]})
    assert late.json()["state"] == "expired"


async def test_admins_alone_see_make_and_revoke(world, team):
    admin, team_id = team
    member, _ = await world.register("ben", team_name=None)
    made = await invite(admin, team_id, role="member", max_uses=2)
    await member.post("/api/auth/accept-invite", json={"invite": made["invite"]})
    stranger, _ = await world.register("eva")
    path = f"/api/teams/{team_id}/invites"
    for method, suffix, body in (("GET", "", None), ("POST", "", {}), ("DELETE", f"/{made['id']}", None)):
        extra = {} if body is None else {"json": body}
        assert (await member.request(method, path + suffix, **extra)).status_code == 403
        foreign = await stranger.request(method, path + suffix, **extra)
        absent = await stranger.request(method, f"/api/teams/{uuid4()}/invites" + suffix, **extra)
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert foreign.json() | {"correlation_id": ""} == absent.json() | {"correlation_id": ""}
        assert (await world.browser().request(method, path + suffix, **extra)).status_code == 401
    reader = world.bearer((await world.token(admin, "read"))["token"])
    assert (await reader.get(path)).status_code == 200
    assert (await reader.post(path, json={})).status_code == 403


async def test_a_viewer_elsewhere_is_the_admin_here(world, team):
    """Rights are those in the team that is asked about, not in the one that the token names."""
    admin, team_id = team
    ben, body = await world.register("ben", team_name="Beta")
    made = await invite(admin, team_id, role="viewer")
    answer = await ben.post("/api/auth/accept-invite", json={"invite": made["invite"]})
    ben.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    assert (await ben.get(ME)).json()["role"] == "viewer"
    assert (await ben.post(f"/api/teams/{body['user']['team_id']}/invites", json={})).status_code == 201
    assert (await ben.post(f"/api/teams/{team_id}/invites", json={})).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"role": "owner"},
        {"max_uses": 0},
        {"max_uses": 1001},
        {"max_uses": True},
        {"expires_at": "2026-03-01T12:00:00Z"},
        {"expires_at": "2026-04-01T12:00:00Z"},
        {"username": "ben"},
    ],
)
async def test_bad_invitations_are_refused(team, body):
    admin, team_id = team
    answer = await admin.post(f"/api/teams/{team_id}/invites", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in body


async def test_a_new_team_or_an_invitation_not_both(world):
    body = registration("ben", "x") | {"team_name": "Beta"}
    assert (await world.browser().post("/api/auth/register", json=body)).status_code == 422


async def test_invitations_come_in_pages(team):
    admin, team_id = team
    ids = [(await invite(admin, team_id))["id"] for _ in range(3)]
    path, found, cursor = f"/api/teams/{team_id}/invites", [], None
    for _ in range(3):
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(path, params=params)).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (sorted(found), cursor) == (sorted(ids), None)
