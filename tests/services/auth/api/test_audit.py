"""The audit log: what is written, who reads it, and that nobody changes it unnoticed."""

import asyncio
import csv
import io
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from services.auth.audit import verify
from services.auth.tables import audit_entries
from services.contracts.audit import SessionNoted
from services.runtime.bus import Message
from tests.services.auth.world import PASSWORD, open_world
from tests.support.rows import every_row
from tests.support.waiting import eventually


@pytest.fixture
async def team(world):
    admin, body = await world.register("anna")
    return admin, body["user"]


async def entries(admin, user, **params):
    answer = await admin.get(f"/api/teams/{user['team_id']}/audit", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def actions(admin, user, **params):
    return [each["action"] for each in await entries(admin, user, **params)]


async def faults(world):
    return {str(chain.team_id): fault async for chain, fault in verify(world.database)}


async def test_what_happens_is_written_newest_first(world, team):
    admin, user = team
    path = f"/api/teams/{user['team_id']}"
    made = (await admin.post(f"{path}/invites", json={})).json()
    await admin.delete(f"{path}/invites/{made['id']}")
    await admin.put(path, json={"settings": {"timezone": "Europe/Oslo"}})
    token = await world.token(admin, "read")
    await admin.delete(f"/api/auth/tokens/{token['id']}")
    await world.browser().post("/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD})
    found = await entries(admin, user)
    assert [each["action"] for each in found] == [
        "login.begun", "token.revoked", "token.made", "team.changed", "invite.revoked", "invite.made",
        "login.begun", "team.made",
    ]  # fmt: skip
    assert {each["actor_name"] for each in found} == {"anna"}
    assert found[2]["target"] == found[1]["target"] == token["id"]
    assert found[3]["details"] == {"fields": ["settings"], "settings": ["timezone"]}
    assert [each["n"] for each in found] == list(range(8, 0, -1))
    assert set((await faults(world)).values()) == {None}


async def test_what_failed_leaves_no_entry(world, team):
    admin, user = team
    before = await actions(admin, user)
    await admin.delete(f"/api/teams/{user['team_id']}/members/{user['id']}")
    await admin.delete(f"/api/teams/{user['team_id']}/invites/{uuid4()}")
    assert await actions(admin, user) == before


async def test_members_and_roles_are_written(world, team):
    admin, user = team
    ben, other = await world.register("ben", team_name=None)
    path = f"/api/teams/{user['team_id']}/members"
    await admin.post(path, json={"email": "ben@example.com", "role": "viewer"})
    await admin.put(f"{path}/{other['user']['id']}", json={"role": "member"})
    await ben.delete(f"{path}/{other['user']['id']}")
    found = (await entries(admin, user))[:3]
    assert [each["action"] for each in found] == ["member.left", "member.role_changed", "member.added"]
    assert {each["target"] for each in found} == {other["user"]["id"]}
    assert found[1]["details"] == {"before": "viewer", "role": "member"}
    assert "ben@example.com" not in str(found)


async def test_filters_and_pages(world, team):
    admin, user = team
    for second in range(5):
        world.clock.advance(1)
        await admin.post(f"/api/teams/{user['team_id']}/invites", json={"max_uses": second + 1})
    assert await actions(admin, user, action=["team.made", "login.begun"]) == ["login.begun", "team.made"]
    assert len(await actions(admin, user, actor=user["id"])) == 7
    assert await actions(admin, user, actor=str(uuid4())) == []
    times = {"from": "2026-03-01T12:00:02Z", "to": "2026-03-01T12:00:04Z"}
    assert [each["details"]["max_uses"] for each in await entries(admin, user, **times)] == [3, 2]
    found, cursor = [], None
    for _ in range(4):
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(f"/api/teams/{user['team_id']}/audit", params=params)).json()
        found += [each["n"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (found, cursor) == ([7, 6, 5, 4, 3, 2, 1], None)


@pytest.mark.parametrize(
    ("query", "status"),
    [("cursor=x", 400), ("cursor=InhAMSI=", 400), ("from=soon", 422), ("actor=ben", 422), ("limit=0", 422)],
)
async def test_bad_questions_are_refused(team, query, status):
    admin, user = team
    assert (await admin.get(f"/api/teams/{user['team_id']}/audit?{query}")).status_code == status


async def test_admins_alone_read_it(world, team):
    admin, user = team
    ben, _ = await world.register("ben", team_name=None)
    stranger, _ = await world.register("eva")
    path = f"/api/teams/{user['team_id']}"
    await admin.post(f"{path}/members", json={"email": "ben@example.com", "role": "member"})
    for suffix in ("/audit", "/audit/export"):
        answers = [await each.get(path + suffix) for each in (world.browser(), ben, stranger)]
        assert [answer.status_code for answer in answers] == [401, 403, 404]


async def test_exports(world, team):
    admin, user = team
    await admin.put("/api/auth/me", json={"username": "=cmd()"})
    path = f"/api/teams/{user['team_id']}/audit/export"
    plain = await admin.get(path)
    assert [each["action"] for each in plain.json()] == ["audit.exported", "login.begun", "team.made"]
    table = await admin.get(path, params={"format": "csv", "action": "login.begun"})
    assert table.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["action"], row["actor_name"]) for row in rows] == [("login.begun", "'=cmd()")]
    assert (await actions(admin, user))[:2] == ["audit.exported"] * 2


async def noted(world, user, **changes):
    deed = {"deed": "visibility_changed", "visibility": "team"} | changes
    one = SessionNoted(
        event_id=uuid4(), team_id=UUID(user["team_id"]), actor_id=UUID(user["id"]),
        owner_id=UUID(user["id"]), session_id=uuid4(), at=world.clock.now(), **deed,
    )  # fmt: skip
    return one, Message(one.kind, one.model_dump_json().encode())


async def test_what_ingest_tells_is_written_once(world, team):
    admin, user = team
    one, message = await noted(world, user)
    other, deletion = await noted(world, user, deed="deleted", visibility=None)
    handle = world.bus.handlers["auth.audit"]
    answers = await handle([message, deletion, message, Message(one.kind, b"no"), Message("audit.x", b"")])
    assert [answer and answer.code for answer in answers] == [None, None, None, "invalid", None]
    await handle([message])
    found = (await entries(admin, user))[:3]
    assert [each["action"] for each in found] == [
        "session.deleted",
        "session.visibility_changed",
        "login.begun",
    ]
    assert found[0]["target"] == str(other.session_id)
    assert found[1]["details"] == {"owner": user["id"], "visibility": "team"}


@pytest.mark.parametrize("tampering", ["change", "drop", "cut", "wipe", "rebind"])
async def test_tampering_is_found(world, team, tampering):
    admin, user = team
    await admin.post(f"/api/teams/{user['team_id']}/invites", json={})
    mine = audit_entries.c.team_id == UUID(user["team_id"])
    statements = {
        "change": update(audit_entries).where(mine, audit_entries.c.n == 2).values(action="login.ended"),
        "drop": delete(audit_entries).where(mine, audit_entries.c.n == 2),
        "cut": delete(audit_entries).where(mine, audit_entries.c.n == 3),
        "wipe": delete(audit_entries).where(mine),
        "rebind": update(audit_entries).where(mine, audit_entries.c.n == 3).values(previous="0" * 64),
    }
    await world.register("ben")
    async with every_row(world.database) as connection:
        await connection.execute(statements[tampering])
    found = await faults(world)
    assert found.pop(user["team_id"]) is not None
    assert list(found.values()) == [None]


async def test_many_at_once_make_one_chain(world, team):
    admin, user = team
    path = f"/api/teams/{user['team_id']}/invites"
    answers = await asyncio.gather(*(admin.post(path, json={}) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert [each["n"] for each in await entries(admin, user)] == list(range(22, 0, -1))
    assert await faults(world) == {user["team_id"]: None}


async def test_old_entries_go_and_the_chain_stays_whole(database_url, tmp_path):
    async with open_world(database_url, tmp_path, audit_days=1) as world:
        admin, body = await world.register("anna")
        path = f"/api/teams/{body['user']['team_id']}/invites"
        for _ in range(60):
            await admin.post(path, json={})
        world.clock.advance(2 * 86_400)
        login = await world.browser().post(
            "/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD}
        )
        admin = world.bearer(login.json()["access_token"])
        for _ in range(40):
            assert (await admin.post(path, json={})).status_code == 201
        assert await faults(world) == {body["user"]["team_id"]: None}

        async def is_dropped():
            found = await entries(admin, body["user"], limit=200)
            return (found[0]["n"], found[-1]["n"]) == (103, 63)

        await eventually(is_dropped)
        assert await faults(world) == {body["user"]["team_id"]: None}


async def test_a_person_who_is_gone_has_no_name_there(world, team):
    admin, user = team
    ben, _ = await world.register("ben", team_name=None)
    await admin.post(
        f"/api/teams/{user['team_id']}/members", json={"email": "ben@example.com", "role": "viewer"}
    )
    assert (await ben.request("DELETE", "/api/auth/me", json={"password": PASSWORD})).status_code == 204
    (left, *_) = await entries(admin, user)
    assert (left["action"], left["actor_name"]) == ("member.left", None)
    assert set((await faults(world)).values()) == {None}
