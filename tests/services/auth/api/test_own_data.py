"""What a person takes along is all that the auth service holds of them, and nothing of anybody else's."""

from uuid import uuid4

import pytest

from services.auth import tables
from services.auth.store.own_data import SECRET
from services.contracts.audit import DataExported
from services.runtime.bus import Message
from tests.services.auth.world import PASSWORD

PATH = "/api/auth/me/export"
# Where the rows of each table that names a person are found.
PLACES = {
    "users": "account", "memberships": "memberships", "logins": "log_ins", "api_tokens": "api_tokens",
    "enrolment_codes": "enrolment_codes", "password_resets": "password_resets", "invites": "invitations_made",
    "audit_entries": "audit_log", "broker_logins": "agents_at_broker",
}  # fmt: skip
# Digests of secrets alone; letters and messages on their way for minutes; what is of the team, or of nobody.
NOT_OF_A_PERSON = {
    "refresh_tokens", "invite_letters", "teams", "audit_chains", "signing_keys", "broker_cuts", "auth_outbox",
    "auth_mail", "letters_heard",
}  # fmt: skip


async def taken(browser):
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def anna(world):
    browser, _ = await world.register("anna")
    return browser


async def test_one_of_everything(world, anna):
    await anna.post("/api/teams", json={"name": "Garden"})
    token = await world.token(anna, "read")
    await world.token(anna, "agent")
    await anna.delete(f"/api/auth/tokens/{token['id']}")
    team_id = (await anna.get("/api/auth/me")).json()["team_id"]
    await anna.post(f"/api/teams/{team_id}/invites", json={"role": "viewer"})
    await anna.post("/api/auth/enrolment-codes")
    await world.browser().post("/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD})
    found = await taken(anna)
    assert (found["account"]["email"], found["account"]["username"]) == ("anna@example.com", "anna")
    places = [(one["team_name"], one["role"]) for one in found["memberships"]]
    assert sorted(places) == [
        ("Alpha", "admin"), ("Garden", "admin"),
    ]  # fmt: skip
    assert len(found["log_ins"]) == 2
    assert sorted(one["revoked_at"] is None for one in found["api_tokens"]) == [False, True]
    assert [one["role"] for one in found["invitations_made"]] == ["viewer"]
    assert len(found["enrolment_codes"]) == 1
    actions = {one["action"] for one in found["audit_log"]}
    assert {"team.made", "token.made", "token.revoked", "login.begun", "account.exported"} <= actions


async def test_every_table_that_names_a_person_has_its_place(world, anna):
    found = await taken(anna)
    named = {table.name for table in tables.metadata.sorted_tables} - NOT_OF_A_PERSON
    assert named == set(PLACES)
    assert set(PLACES.values()) <= set(found)


async def test_no_secret_is_in_it(world, anna):
    token = await world.token(anna, "read")
    code = (await anna.post("/api/auth/enrolment-codes")).json()["code"]
    answer = await anna.get(PATH)
    assert not [word for word in SECRET if f'"{word}"' in answer.text]
    for secret in (token["token"], token["token"][-20:], code, PASSWORD, "$argon2"):
        assert secret not in answer.text
    digests = {
        column.name
        for name in PLACES
        for column in tables.metadata.tables[name].columns
        if "hash" in column.name
    }
    assert digests <= SECRET | {"hash"}


async def test_others_are_not_in_it_but_where_they_did_something_to_one(world, anna):
    ben, body = await world.register("ben", team_name=None)
    team_id = (await anna.get("/api/auth/me")).json()["team_id"]
    members = f"/api/teams/{team_id}/members"
    await anna.post(members, json={"email": "ben@example.com", "role": "viewer"})
    await anna.put(f"{members}/{body['user']['id']}", json={"role": "member"})
    await anna.post(f"/api/teams/{team_id}/invites", json={})
    found = await taken(ben)
    assert "anna" not in str(found)
    assert [one["action"] for one in found["audit_log"]] == [
        "member.added", "member.role_changed", "account.exported",
    ]  # fmt: skip
    assert found["invitations_made"] == []


async def test_a_long_log_is_read_in_steps(world, anna, monkeypatch):
    monkeypatch.setattr("services.auth.own_data.ENTRIES_AT_ONCE", 2)
    for _ in range(4):
        await world.token(anna, "read")
    log = (await taken(anna))["audit_log"]
    assert [one["n"] for one in log] == list(range(1, 8))


async def test_somebody_in_no_team_has_data_too(world):
    browser, _ = await world.register("solo", team_name=None)
    found = await taken(browser)
    assert (found["memberships"], found["audit_log"], len(found["log_ins"])) == ([], [], 1)


async def test_an_api_token_will_not_do(world, anna):
    token = await world.token(anna, "read", "write")
    answer = await world.bearer(token["token"]).get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_needed")


async def test_a_copy_of_the_sessions_is_an_entry_in_every_team(world, anna):
    """Told by ingest, twice at that."""
    second = (await anna.post("/api/teams", json={"name": "Garden"})).json()["id"]
    me = (await anna.get("/api/auth/me")).json()
    told = DataExported(event_id=uuid4(), user_id=me["id"], of="sessions", at=world.clock.now())
    message = Message(told.kind, told.model_dump_json().encode())
    handle = world.bus.handlers["auth.audit"]
    assert await handle([message]) == [None]
    assert await handle([message, Message(told.kind, b"{}")]) != [None, None]
    for team_id in (me["team_id"], second):
        log = (await anna.get(f"/api/teams/{team_id}/audit")).json()["items"]
        exported = [one for one in log if one["action"] == "account.exported"]
        assert [one["details"] for one in exported] == [{"of": "sessions"}]
