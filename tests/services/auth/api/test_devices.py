"""Where a person is signed in, and the machines they enrol."""

import asyncio
import re

from services.runtime.auth.api_token import ApiToken
from tests.services.auth.world import PAGE, PASSWORD

ME = "/api/auth/me"
LOGINS = "/api/auth/logins"
CODES = "/api/auth/enrolment-codes"
ENROL = "/api/auth/enrol"


async def sign_in(world, name="anna", **headers):
    browser = world.browser()
    body = {"email": f"{name}@example.com", "password": PASSWORD}
    answer = await browser.post("/api/auth/login", json=body, headers=headers)
    browser.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return browser


async def test_log_ins_bear_the_browsers_name(world):
    first, _ = await world.register("anna")
    world.clock.advance(60)
    await sign_in(world, **{"User-Agent": "Firefox\x7f on a laptop" + "x" * 300})
    world.clock.advance(60)
    await first.post("/api/auth/refresh", json={}, headers=PAGE)
    items = (await first.get(LOGINS)).json()["items"]
    assert [each["current"] for each in items] == [True, False]
    assert items[0]["last_at"] == "2026-03-01T12:02:00Z"
    assert items[1]["created_at"] == items[1]["last_at"] == "2026-03-01T12:01:00Z"
    assert items[1]["label"].startswith("Firefox on a laptop")
    assert len(items[1]["label"]) == 200


async def test_one_log_in_ends(world):
    first, _ = await world.register("anna")
    world.clock.advance(1)
    second = await sign_in(world)
    (_, other) = (await first.get(LOGINS)).json()["items"]
    assert (await first.delete(f"{LOGINS}/{other['id']}")).status_code == 204
    assert (await second.get(ME)).status_code == 401
    assert (await second.post("/api/auth/refresh", json={}, headers=PAGE)).status_code == 401
    assert (await first.get(ME)).status_code == 200
    assert (await first.delete(f"{LOGINS}/{other['id']}")).status_code == 404
    assert len((await first.get(LOGINS)).json()["items"]) == 1


async def test_all_others_end(world):
    first, _ = await world.register("anna")
    others = [await sign_in(world) for _ in range(3)]
    stranger, _ = await world.register("ben")
    assert (await first.delete(LOGINS)).status_code == 204
    assert [(await each.get(ME)).status_code for each in (first, stranger, *others)] == [200, 200] + [401] * 3


async def test_log_ins_of_others_are_not_there(world):
    first, _ = await world.register("anna")
    stranger, _ = await world.register("ben")
    (own,) = (await first.get(LOGINS)).json()["items"]
    assert (await stranger.delete(f"{LOGINS}/{own['id']}")).status_code == 404
    assert (await first.get(ME)).status_code == 200
    reader = world.bearer((await world.token(first, "read"))["token"])
    assert (await reader.get(LOGINS)).status_code == 403


async def test_a_code_becomes_a_token_once(world):
    anna, body = await world.register("anna")
    code = (await anna.post(CODES)).json()
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", code["code"])
    assert code["expires_at"] == "2026-03-01T12:15:00Z"
    machine = world.browser()
    answer = await machine.post(ENROL, json={"code": code["code"].lower(), "hostname": "anna-mbp"})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["scopes"]) == ("anna-mbp", ["agent"])
    assert ApiToken.parse(made["token"])
    caller = await world.gate.check(made["token"])
    assert (str(caller.user_id), str(caller.team_id)) == (body["user"]["id"], body["user"]["team_id"])
    again = await machine.post(ENROL, json={"code": code["code"], "hostname": "anna-mbp"})
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert [each["name"] for each in (await anna.get("/api/auth/tokens")).json()["items"]] == ["anna-mbp"]


async def test_of_two_machines_with_one_code_one_is_enrolled(world):
    anna, _ = await world.register("anna")
    body = {"code": (await anna.post(CODES)).json()["code"], "hostname": "h"}
    answers = await asyncio.gather(*(world.browser().post(ENROL, json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404]


async def test_a_code_ends_with_its_time_and_its_maker(world):
    anna, body = await world.register("anna")
    ben, other = await world.register("ben", team_name=None)
    path = f"/api/teams/{body['user']['team_id']}/members"
    await anna.post(path, json={"email": "ben@example.com", "role": "member"})
    codes = [(await ben.post(CODES)).json()["code"] for _ in range(2)]
    old = (await anna.post(CODES)).json()["code"]
    await anna.put(f"{path}/{other['user']['id']}", json={"role": "viewer"})
    assert (await ben.post(CODES)).status_code == 403
    assert await enrol(world, codes[0]) == 404
    await anna.delete(f"{path}/{other['user']['id']}")
    assert await enrol(world, codes[1]) == 404
    world.clock.advance(900)
    assert await enrol(world, old) == 404
    assert await enrol(world, "AAAA-AAAA-AAAA") == 404


async def enrol(world, code):
    return (await world.browser().post(ENROL, json={"code": code, "hostname": "h"})).status_code


async def test_without_a_team_there_is_no_code(world):
    solo, _ = await world.register("solo", team_name=None)
    assert (await solo.post(CODES)).status_code == 403
    assert (await world.browser().post(CODES)).status_code == 401
