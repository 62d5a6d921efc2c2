"""Refresh tokens: rotated, bound to our own page, and what betrays a thief."""

import asyncio

from tests.services.auth.world import PAGE, PASSWORD

ME = "/api/auth/me"
REFRESH = "/api/auth/refresh"
LOGOUT = "/api/auth/logout"


async def refresh(browser, **headers):
    return await browser.post(REFRESH, json={}, headers=PAGE | headers)


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
    assert (await browser.post(REFRESH, json={})).status_code == 403
    for name in PAGE:
        half = {key: value for key, value in PAGE.items() if key != name}
        assert (await browser.post(REFRESH, json={}, headers=half)).status_code == 403
    assert (await refresh(browser, Origin="https://evil.example")).status_code == 403
    assert (await refresh(browser, Origin="http://127.0.0.1:9000")).status_code == 403
    assert (await refresh(browser, Origin="null")).status_code == 403
    form = await browser.post(REFRESH, data={"a": "b"}, headers=PAGE)
    assert form.status_code == 415
    assert (await browser.get(REFRESH, headers=PAGE)).status_code == 405
    assert (await refresh(browser)).status_code == 200


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
    page = {"Origin": "https://dash.example"}
    assert (await refresh(browser, **page)).status_code == 200
    # The name of plain HTTP is not listened to here.
    plain = world.browser("https://dash.example")
    plain.cookies = {"refresh-443": browser.cookies["__Host-refresh"]}
    assert (await refresh(plain, **page)).status_code == 401
