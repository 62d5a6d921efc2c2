"""Registering, logging in, refreshing, switching and logging out, as a browser sees it."""

import asyncio
import threading
from uuid import UUID

import pytest
from pwdlib import PasswordHash

from services.auth.store import memberships
from services.runtime.auth import ANONYMOUS
from tests.services.auth.world import PAGE, PASSWORD, open_world
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


async def test_log_in_notes_the_time(world):
    await world.register("anna")
    world.clock.advance(3600)
    answer = await world.browser().post(
        "/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD}
    )
    assert answer.json()["user"]["last_login"] == "2026-03-01T13:00:00Z"
    assert answer.json()["user"]["role"] == "admin"


async def test_refresh_rotates_the_cookie(world):
    browser, body = await world.register("anna")
    before = browser.cookies["refresh-8000"]
    world.clock.advance(590)
    answer = await refresh(browser)
    assert answer.status_code == 200
    assert browser.cookies["refresh-8000"] != before
    assert answer.json()["user"] == body["user"]
    world.clock.advance(590)
    bearer = world.bearer(answer.json()["access_token"])
    assert (await bearer.get(ME)).status_code == 200
    assert (await browser.get(ME)).status_code == 401


async def test_two_pages_that_refresh_at_once_both_stay(world):
    browser, _ = await world.register("anna")
    answers = await asyncio.gather(refresh(browser), refresh(browser))
    assert [answer.status_code for answer in answers] == [200, 200]
    world.clock.advance(60)
    assert (await refresh(browser)).status_code == 200


async def test_a_lost_answer_may_be_asked_for_again_for_ten_seconds(world):
    browser, _ = await world.register("anna")
    old = dict(browser.cookies)
    assert (await refresh(browser)).status_code == 200
    world.clock.advance(10)
    browser.cookies = old
    assert (await refresh(browser)).status_code == 200
    assert (await refresh(browser)).status_code == 200


async def test_reuse_after_the_grace_ends_the_whole_family(world):
    browser, _ = await world.register("anna")
    thief = world.browser()
    thief.cookies = dict(browser.cookies)
    renewed = await refresh(browser)
    world.clock.advance(11)
    caught = await refresh(thief)
    assert (caught.status_code, caught.json()["code"]) == (401, "refresh_reused")
    assert (await refresh(browser)).status_code == 401
    assert (await world.bearer(renewed.json()["access_token"]).get(ME)).status_code == 401


async def test_within_the_grace_a_thief_gains_no_second_family(world):
    """Both hold a successor of the same token; when one is used, the other betrays its holder."""
    browser, _ = await world.register("anna")
    thief = world.browser()
    thief.cookies = dict(browser.cookies)
    assert (await refresh(browser)).status_code == 200
    assert (await refresh(thief)).status_code == 200
    assert (await refresh(browser)).status_code == 200
    assert (await refresh(thief)).status_code == 401
    assert (await refresh(browser)).status_code == 401


async def test_a_used_token_whose_successor_was_used_has_no_grace(world):
    browser, _ = await world.register("anna")
    old = dict(browser.cookies)
    await refresh(browser)
    await refresh(browser)
    browser.cookies = old
    assert (await refresh(browser)).json()["code"] == "refresh_reused"


async def test_refresh_ends_when_idle_or_old(world):
    idle, _ = await world.register("anna")
    busy, _ = await world.register("ben")
    for _ in range(5):
        world.clock.advance(6 * 86_400 - 60)
        assert (await refresh(busy)).status_code == 200
    assert (await refresh(idle)).status_code == 401
    world.clock.advance(600)
    assert (await refresh(busy)).status_code == 401


async def test_refresh_needs_our_own_page(world):
    browser, _ = await world.register("anna")
    own = {"Origin": "http://127.0.0.1:8000"}
    assert (await browser.post(REFRESH, json={})).status_code == 403
    assert (await refresh(browser, Origin="https://evil.example")).status_code == 403
    assert (await refresh(browser, Origin="http://127.0.0.1:9000")).status_code == 403
    assert (await refresh(browser, Origin="null")).status_code == 403
    form = await browser.post(REFRESH, data={"a": "b"}, headers=PAGE)
    assert form.status_code == 415
    assert (await browser.get(REFRESH, headers=PAGE)).status_code == 405
    assert (await refresh(browser, **own)).status_code == 200


async def test_refresh_without_a_cookie_is_401(world):
    assert (await refresh(world.browser())).status_code == 401
    stranger = world.browser()
    stranger.cookies = {"refresh-8000": "made-up"}
    assert (await refresh(stranger)).status_code == 401


async def test_the_cookie_over_https_is_bound_to_the_host(world):
    browser = world.browser("https://dash.example")
    body = {"email": "anna@example.com", "username": "anna", "password": PASSWORD}
    answer = await browser.post("/api/auth/register", json=body)
    cookie = answer.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-refresh"
    assert {"secure", "httponly", "samesite=strict", "path=/", "max-age=1209600"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)
    assert (await refresh(browser)).status_code == 200
    # The name of plain HTTP is not listened to here.
    plain = world.browser("https://dash.example")
    plain.cookies = {"refresh-443": browser.cookies["__Host-refresh"]}
    assert (await refresh(plain)).status_code == 401


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
    async with world.database.write() as connection:
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
