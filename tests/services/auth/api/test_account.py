"""A person's account: changed with the password only, and deleted with all that is theirs alone."""

import pytest

from tests.services.auth.world import PAGE, PASSWORD

ME = "/api/auth/me"
LOGIN = "/api/auth/login"
NEW = "a different mountain lake"


async def sign_in(world, name="anna", password=PASSWORD, email=None):
    browser = world.browser()
    answer = await browser.post(LOGIN, json={"email": email or f"{name}@example.com", "password": password})
    if answer.status_code == 200:
        browser.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return browser, answer


async def test_a_new_password_ends_all_other_log_ins(world):
    browser, _ = await world.register("anna")
    other, _ = await sign_in(world)
    token = world.bearer((await world.token(browser, "read"))["token"])
    answer = await browser.put(ME, json={"password": NEW, "current_password": PASSWORD})
    assert answer.status_code == 200
    assert (await browser.get(ME)).status_code == 200
    assert (await browser.post("/api/auth/refresh", json={}, headers=PAGE)).status_code == 200
    assert (await other.get(ME)).status_code == 401
    assert (await other.post("/api/auth/refresh", json={}, headers=PAGE)).status_code == 401
    assert (await token.get(ME)).status_code == 200
    assert (await sign_in(world))[1].status_code == 401
    assert (await sign_in(world, password=NEW))[1].status_code == 200


async def test_a_new_address_needs_the_password_too(world):
    browser, _ = await world.register("anna")
    other, _ = await sign_in(world)
    bare = await browser.put(ME, json={"email": "new@example.com"})
    wrong = await browser.put(ME, json={"email": "new@example.com", "current_password": "no"})
    for answer in (bare, wrong):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "current_password"
    assert wrong.json()["code"] == "wrong_password"
    right = await browser.put(ME, json={"email": "new@example.com", "current_password": PASSWORD})
    assert right.json()["email"] == "new@example.com"
    assert (await other.get(ME)).status_code == 401
    assert (await sign_in(world))[1].status_code == 401
    assert (await sign_in(world, email="NEW@example.com"))[1].status_code == 200


async def test_an_address_of_somebody_elses_is_taken(world):
    browser, _ = await world.register("anna")
    await world.register("ben")
    answer = await browser.put(ME, json={"email": "Ben@example.com", "current_password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    own = await browser.put(ME, json={"email": "ANNA@example.com", "current_password": PASSWORD})
    assert own.status_code == 200


@pytest.mark.parametrize("password", ["short", "anna@example.com", "password1", "Qwertyuiop", "pass-word-1"])
async def test_a_bad_new_password_is_refused(world, password):
    browser, _ = await world.register("anna")
    answer = await browser.put(ME, json={"password": password, "current_password": PASSWORD})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "password"
    assert (await sign_in(world))[1].status_code == 200


async def test_guessing_the_current_password_is_slowed_down(world):
    browser, _ = await world.register("anna")
    body = {"password": NEW, "current_password": "guess"}
    codes = [(await browser.put(ME, json=body)).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


async def test_deleting_the_account_takes_what_is_theirs_alone(world):
    browser, body = await world.register("anna")
    token = world.bearer((await world.token(browser, "agent"))["token"])
    wrong = await browser.request("DELETE", ME, json={"password": "no"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    assert (await browser.request("DELETE", ME, json={"password": PASSWORD})).status_code == 204
    assert (await browser.get(ME)).status_code == (await token.get(ME)).status_code == 401
    assert "refresh-8000" not in browser.cookies
    assert (await sign_in(world))[1].status_code == 401
    sent = await world.bus.until(4)
    assert [key for _, key, _ in sent[2:]] == ["team.deleted", "user.deleted"]
    assert body["user"]["team_id"].encode() in sent[2][2]
    # The address is free again.
    assert (await world.register("anna"))[1]["user"]["id"] != body["user"]["id"]


async def test_others_are_not_left_without_an_admin(world):
    anna, body = await world.register("anna")
    ben, other = await world.register("ben", team_name=None)
    path = f"/api/teams/{body['user']['team_id']}/members"
    await anna.post(path, json={"email": "ben@example.com", "role": "member"})
    refused = await anna.request("DELETE", ME, json={"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert (await anna.get(ME)).status_code == 200
    await anna.put(f"{path}/{other['user']['id']}", json={"role": "admin"})
    assert (await anna.request("DELETE", ME, json={"password": PASSWORD})).status_code == 204
    members = (await ben.get(path)).json()["items"]
    assert [each["username"] for each in members] == ["ben"]


async def test_an_api_token_deletes_nobody(world):
    browser, _ = await world.register("anna")
    writer = world.bearer((await world.token(browser, "read", "write"))["token"])
    assert (await writer.request("DELETE", ME, json={"password": PASSWORD})).status_code == 403
    assert (await browser.request("DELETE", ME, json={})).status_code == 422
