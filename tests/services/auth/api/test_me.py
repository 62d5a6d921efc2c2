"""The caller's account, API tokens and tickets."""

import re

import pytest

from services.runtime.auth.tickets import take_ticket

ME = "/api/auth/me"
TOKENS = "/api/auth/tokens"


async def test_a_new_name_is_seen_at_once_and_told(world):
    browser, body = await world.register("anna")
    answer = await browser.put(ME, json={"username": "  Anna Smith "})
    assert answer.status_code == 200
    assert answer.json() == body["user"] | {"username": "Anna Smith"}
    caller = await world.gate.check(body["access_token"])
    assert caller.username == "Anna Smith"
    sent = await world.bus.until(3)
    assert sent[2][1] == "user.updated"
    assert b'"Anna Smith"' in sent[2][2]


async def test_if_match(world):
    browser, _ = await world.register("anna")
    seen = (await browser.get(ME)).headers["etag"]
    first = await browser.put(ME, json={"username": "one"}, headers={"If-Match": seen})
    second = await browser.put(ME, json={"username": "two"}, headers={"If-Match": seen})
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await browser.get(ME)).json()["username"] == "one"
    assert (await browser.get(ME)).headers["etag"] == first.headers["etag"] != seen


@pytest.mark.parametrize(
    "body", [{}, {"username": None}, {"username": "x", "role": "admin"}, {"username": "x" * 65}, [], 7]
)
async def test_bad_changes_are_refused(world, body):
    browser, _ = await world.register("anna")
    assert (await browser.put(ME, json=body)).status_code == 422


async def test_a_token_is_shown_once(world):
    browser, _ = await world.register("anna")
    made = await world.token(browser, "read", "agent", "read")
    assert re.fullmatch(r"lsm_[0-9A-Za-z_]+", made["token"])
    assert made["scopes"] == ["agent", "read"]
    assert made["expires_at"] == "2027-03-01T12:00:00Z"
    listed = (await browser.get(TOKENS)).json()
    assert listed == {"items": [{k: v for k, v in made.items() if k != "token"}], "next_cursor": None}


async def test_a_revoked_token_stops_at_once(world):
    browser, _ = await world.register("anna")
    made = await world.token(browser, "read")
    bearer = world.bearer(made["token"])
    assert (await bearer.get(ME)).status_code == 200
    assert (await browser.delete(f"{TOKENS}/{made['id']}")).status_code == 204
    assert (await bearer.get(ME)).status_code == 401
    assert (await browser.get(TOKENS)).json()["items"] == []
    assert (await browser.delete(f"{TOKENS}/{made['id']}")).status_code == 404


async def test_tokens_of_others_are_not_there(world):
    browser, _ = await world.register("anna")
    other, _ = await world.register("ben")
    made = await world.token(browser, "read")
    assert (await other.get(TOKENS)).json()["items"] == []
    answer = await other.delete(f"{TOKENS}/{made['id']}")
    absent = await other.delete(f"{TOKENS}/AAAAAAAAAAAA")
    assert (answer.status_code, absent.status_code) == (404, 404)
    assert answer.json()["detail"] == absent.json()["detail"]
    assert (await world.bearer(made["token"]).get(ME)).status_code == 200


async def test_a_token_makes_no_tokens(world):
    browser, _ = await world.register("anna")
    bearer = world.bearer((await world.token(browser, "read", "write", "agent"))["token"])
    made = await bearer.post(TOKENS, json={"name": "x", "scopes": ["agent"]})
    assert (made.status_code, made.json()["code"]) == (403, "sign_in_needed")
    assert (await bearer.get(TOKENS)).status_code == 403
    assert (await bearer.post("/api/auth/logout")).status_code == 403
    assert (await bearer.put(ME, json={"username": "x"})).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": "read"},
        {"name": ""},
        {"expires_at": "2026-03-01T12:00:00Z"},
        {"expires_at": "2027-03-01T12:00:00"},
        {"expires_at": 1900000000},
        {"expires_at": "1900000000"},
        {"expires_at": "soon"},
        {"expires_at": True},
        {"user_id": "x"},
    ],
)
async def test_bad_tokens_are_refused(world, change):
    browser, _ = await world.register("anna")
    answer = await browser.post(TOKENS, json={"name": "x", "scopes": ["read"]} | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] in change


async def test_without_a_team_there_are_no_tokens(world):
    browser, _ = await world.register("solo", team_name=None)
    answer = await browser.post(TOKENS, json={"name": "x", "scopes": ["agent"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "no_team")


async def test_tokens_come_in_pages(world):
    browser, _ = await world.register("anna")
    made = [(await world.token(browser, "read"))["id"] for _ in range(5)]
    found, cursor = [], None
    for _ in range(3):
        page = (
            await browser.get(TOKENS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        found += [token["id"] for token in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(found) == sorted(made)


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=", "cursor=WzEsMl0=", "cursor=%C3%A9", "cursor=WyIyIiw0XQ=="],
)
async def test_a_cursor_that_is_not_ours_is_refused(world, query):
    browser, _ = await world.register("anna")
    for path in (TOKENS, "/api/teams"):
        answer = await browser.get(f"{path}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_a_ticket_is_bound_to_its_maker(world):
    browser, body = await world.register("anna")
    answer = await browser.post("/api/auth/ws-ticket")
    assert answer.json()["expires_in"] == 30
    taken = await take_ticket(world.ephemeral, answer.json()["ticket"])
    assert taken == await world.gate.check(body["access_token"])
    assert await take_ticket(world.ephemeral, answer.json()["ticket"]) is None


async def test_an_agents_token_gets_no_ticket_and_reads_no_account(world):
    browser, _ = await world.register("anna")
    bearer = world.bearer((await world.token(browser, "agent"))["token"])
    assert (await bearer.post("/api/auth/ws-ticket")).status_code == 403
    assert (await bearer.get(ME)).status_code == 403
    reader = world.bearer((await world.token(browser, "read"))["token"])
    assert (await reader.post("/api/auth/ws-ticket")).status_code == 200


async def test_the_published_keys_check_our_tokens(world):
    keys = (await world.browser().get("/api/auth/jwks.json")).json()["keys"]
    assert [(key["purpose"], key["kid"]) for key in keys] == [
        ("access", world.access_key.kid),
        ("command", world.command_key.kid),
    ]
    assert not any("d" in key for key in keys)
