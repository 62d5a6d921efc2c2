"""Registering, logging in, refreshing, switching and logging out, as a browser sees it."""

import asyncio
import threading
from uuid import UUID

import pytest
from pwdlib import PasswordHash

from services.auth.store import memberships
from services.runtime.auth import ANONYMOUS
from tests.services.auth.world import PAGE, PASSWORD, open_world
from tests.support.rows import every_row
from tests.support.waiting import eventually

ME = "/api/auth/me"
REFRESH = "/api/auth/refresh"
LOGOUT = "/api/auth/logout"


async def refresh(browser, **headers):
    return await browser.post(REFRESH, json={}, headers=PAGE | headers)


async def test_register_makes_a_person_and_their_team(world):
    browser, body = await world.register("anna")
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    user = body["user"]
    assert (user["email"], user["username"], user["role"]) == ("anna@example.com", "anna", "admin")
    assert user["created_at"] == user["last_login"] == "2026-03-01T12:00:00Z"
    me = await browser.get(ME)
    assert me.status_code == 200
    assert me.json() == user
    teams = (await browser.get("/api/teams")).json()
    assert [(team["id"], team["name"]) for team in teams["items"]] == [(user["team_id"], "Alpha")]


async def test_no_cache_keeps_a_secret(world):
    browser, _ = await world.register("anna")
    login = {"email": "anna@example.com", "password": PASSWORD}
    token = {"name": "laptop", "scopes": ["read"]}
    for path, body in (
        ("/api/auth/login", login),
        (REFRESH, {}),
        ("/api/auth/tokens", token),
        ("/api/auth/ws-ticket", {}),
    ):
        answer = await browser.post(path, json=body, headers=PAGE)
        assert answer.is_success
        assert answer.headers["cache-control"] == "no-store"


async def test_without_a_team_name_there_is_no_team(world):
    browser, body = await world.register("solo", team_name=None)
    assert (body["user"]["team_id"], body["user"]["role"]) == (None, None)
    made = await browser.post("/api/teams", json={"name": "First"})
    assert made.status_code == 201
    # The token names no team, yet its person is in their first one at once.
    me = (await browser.get(ME)).json()
    assert (me["team_id"], me["role"]) == (made.json()["id"], "admin")


async def test_an_address_is_taken_in_any_case(world):
    await world.register("anna")
    body = {"email": "ANNA@Example.com", "username": "other", "password": PASSWORD}
    answer = await world.browser().post("/api/auth/register", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    login = await world.browser().post(
        "/api/auth/login", json={"email": "Anna@EXAMPLE.com", "password": PASSWORD}
    )
    assert login.status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"password": "short"},
        {"password": "a" * 1025},
        {"password": "Anna@example.com"},
        {"password": "a-l-p-h-a b e t", "username": "Alpha bet"},
        {"password": "nul\x00 in the middle"},
        {"email": "no address"},
        {"email": "a@b@c"},
        {"email": "x" * 300 + "@example.com"},
        {"username": ""},
        {"username": "   "},
        {"username": "a\u202eb"},
        {"username": 7},
        {"team_name": "line\nbreak"},
        {"role": "admin"},
        {"team_id": "5f0c1f6e-0000-0000-0000-000000000000"},
    ],
)
async def test_bad_registrations_are_refused_with_the_field(world, change):
    body = {"email": "anna@example.com", "username": "anna", "password": PASSWORD} | change
    answer = await world.browser().post("/api/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in change


async def test_a_wrong_password_and_an_unknown_address_answer_the_same(world):
    await world.register("anna")
    wrong = {"email": "anna@example.com", "password": "not the password"}
    unknown = {"email": "nobody@example.com", "password": "not the password"}
    answers = [await world.browser().post("/api/auth/login", json=body) for body in (wrong, unknown)]
    assert [answer.status_code for answer in answers] == [401, 401]
    first, second = (answer.json() for answer in answers)
    for body in (first, second):
        body.pop("correlation_id")
    assert first == second
    assert first["code"] == "wrong_credentials"


async def test_an_unknown_address_takes_the_same_work(world, monkeypatch):
    await world.register("anna")
    worked = []
    real = PasswordHash.verify_and_update

    def counted(self, password, stored):
        worked.append(stored.split("$")[1:4])
        return real(self, password, stored)

    monkeypatch.setattr(PasswordHash, "verify_and_update", counted)
    for name in ("anna", "nobody"):
        body = {"email": f"{name}@example.com", "password": "not the password"}
        assert (await world.browser().post("/api/auth/login", json=body)).status_code == 401
    assert worked[0] == worked[1]
    assert len(worked) == 2


@pytest.mark.parametrize("field", ["email", "password"])
async def test_what_no_account_can_have_is_not_looked_up(world, field):
    await world.register("anna")
    body = {"email": "anna@example.com", "password": PASSWORD}
    answer = await world.browser().post("/api/auth/login", json=body | {field: body[field] + "\x00"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_log_in_notes_the_time(world):
    await world.register("anna")
    world.clock.advance(3600)
    answer = await world.browser().post(
        "/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD}
    )
    assert answer.json()["user"]["last_login"] == "2026-03-01T13:00:00Z"
    assert answer.json()["user"]["role"] == "admin"


async def test_log_out_ends_access_at_once(world):
    browser, _ = await world.register("anna")
    assert (await browser.get(ME)).status_code == 200
    answer = await browser.post(LOGOUT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await browser.get(ME)).status_code == 401
    assert "refresh-8000" not in browser.cookies


async def test_log_out_ends_the_refresh_token_too(world):
    browser, _ = await world.register("anna")
    kept = dict(browser.cookies)
    await browser.post(LOGOUT)
    browser.cookies = kept
    assert (await refresh(browser)).status_code == 401


async def test_log_out_by_the_cookie_alone(world):
    browser, _ = await world.register("anna")
    bearer = browser.headers.pop("Authorization")
    assert (await browser.post(LOGOUT, json={})).status_code == 403
    assert (await browser.post(LOGOUT, json={}, headers=PAGE)).status_code == 204
    assert (await browser.get(ME, headers={"Authorization": bearer})).status_code == 401


async def test_other_log_ins_stay(world):
    browser, _ = await world.register("anna")
    other = world.browser()
    login = await other.post("/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD})
    await browser.post(LOGOUT)
    assert (await world.bearer(login.json()["access_token"]).get(ME)).status_code == 200
    assert (await refresh(other)).status_code == 200


async def test_switch_team_names_the_other_team(world):
    browser, body = await world.register("anna")
    second = (await browser.post("/api/teams", json={"name": "Beta"})).json()["id"]
    assert (await browser.get(ME)).json()["team_id"] == body["user"]["team_id"]
    answer = await browser.post("/api/auth/switch-team", json={"team_id": second})
    assert answer.json()["user"]["team_id"] == second
    assert (await world.bearer(answer.json()["access_token"]).get(ME)).json()["team_id"] == second
    assert (await refresh(browser)).json()["user"]["team_id"] == second


async def test_a_foreign_team_cannot_be_switched_to(world):
    browser, _ = await world.register("anna")
    _, other = await world.register("ben")
    for team in (other["user"]["team_id"], "5f0c1f6e-0000-4000-8000-000000000000"):
        answer = await browser.post("/api/auth/switch-team", json={"team_id": team})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_second_sign_in_is_in_the_team_chosen_last(world):
    browser, _ = await world.register("anna")
    second = (await browser.post("/api/teams", json={"name": "Beta"})).json()["id"]
    await browser.post("/api/auth/switch-team", json={"team_id": second})
    login = await world.browser().post(
        "/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD}
    )
    assert login.json()["user"]["team_id"] == second


async def test_registration_is_told_on_the_bus(world):
    _, body = await world.register("anna")
    sent = await world.bus.until(2)
    assert [(exchange, key) for exchange, key, _ in sent] == [
        ("events", "team.updated"),
        ("events", "user.updated"),
    ]
    assert body["user"]["team_id"].encode() in sent[1][2]


async def test_a_team_joined_meanwhile_is_named_by_the_next_token(world):
    browser, body = await world.register("solo", team_name=None)
    _, other = await world.register("ben")
    team = other["user"]["team_id"]
    async with every_row(world.database) as connection:
        await memberships.add(
            ANONYMOUS, connection, UUID(body["user"]["id"]), UUID(team), "viewer", world.clock.now()
        )
    user = (await refresh(browser)).json()["user"]
    assert (user["team_id"], user["role"]) == (team, "viewer")


async def test_too_many_at_once_are_told_to_wait(database_url, tmp_path, monkeypatch):
    busy, done = threading.Event(), threading.Event()
    real = PasswordHash.verify_and_update

    def held(self, password, stored):
        busy.set()
        done.wait(20)
        return real(self, password, stored)

    async with open_world(database_url, tmp_path, hashes_at_once=1, hashes_waiting=0) as world:
        monkeypatch.setattr(PasswordHash, "verify_and_update", held)
        body = {"email": "anna@example.com", "password": PASSWORD}
        first = asyncio.create_task(world.browser().post("/api/auth/login", json=body))
        await eventually(busy.is_set)
        second = await world.browser().post("/api/auth/login", json=body)
        assert (second.status_code, second.json()["code"]) == (429, "busy")
        assert second.headers["retry-after"] == "1"
        done.set()
        assert (await first).status_code == 401
        assert (await world.browser().post("/api/auth/login", json=body)).status_code == 401
