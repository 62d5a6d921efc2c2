"""Incidents: who sees them, and what people do about them."""

from datetime import timedelta

from tests.services.ingest.api.team import code

FULL = {"context_used": 195_000}


async def alert(forum, of=None, native_id="full", *, shared=True):
    """An incident of a session of Ben's, or of that machine's owner, as the product notices it."""
    machine = of or forum.team.bens
    await forum.team.session(machine, native_id)
    if shared:
        await forum.team.shared(machine, native_id)
    session = await forum.team.session(machine, native_id, **FULL)
    owner = forum.anna if machine is forum.team.laptop else forum.ben
    (found,) = await listed(owner, session_id=session["id"])
    return found


async def listed(who, **params):
    answer = await who.browser.get("/api/alerts", params={"kind": "token_warning"} | params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def do(who, found, what, **body):
    path = f"/api/alerts/{found['id']}/{what}"
    return await who.browser.post(path, **({"json": body} if body else {}))


async def test_an_incident_is_seen_by_who_sees_its_session(forum):
    shared = await alert(forum)
    assert (shared["kind"], shared["state"], shared["value"], shared["threshold"]) == (
        "token_warning", "open", 97.5, 90.0,
    )  # fmt: skip
    assert (shared["username"], shared["session_title"]) == ("ben", "Fix the cart")
    assert shared["reason"] == "98 % of its context window used"
    private = await alert(forum, native_id="private", shared=False)
    assert {one["id"] for one in await listed(forum.ben)} == {shared["id"], private["id"]}
    for who in (forum.anna, forum.vera):
        assert [one["id"] for one in await listed(who)] == [shared["id"]]
    assert await listed(forum.olga) == []
    for what in ("acknowledge", "resolve"):
        assert code(await do(forum.anna, private, what)) == (404, "not_found")
        assert code(await do(forum.olga, shared, what)) == (404, "not_found")


async def test_lists_are_narrowed_and_paged(forum):
    first = await alert(forum, native_id="one")
    forum.later(seconds=1)
    second = await alert(forum, native_id="two")
    await do(forum.ben, first, "resolve")
    assert [one["id"] for one in await listed(forum.ben, state=["open", "snoozed"])] == [second["id"]]
    assert await listed(forum.ben, kind="runaway") == []
    asked = {"limit": 1, "kind": "token_warning"}
    answer = (await forum.ben.browser.get("/api/alerts", params=asked)).json()
    assert answer["items"][0]["id"] == second["id"]
    assert [one["id"] for one in await listed(forum.ben, cursor=answer["next_cursor"])] == [first["id"]]


async def test_its_owner_and_admins_settle_it(forum):
    found = await alert(forum)
    for span, status in (({"hours": 1}, 200), ({"seconds": 0}, 422), ({"days": 31}, 422)):
        until = (forum.clock.now() + timedelta(**span)).isoformat()
        answer = await do(forum.ben, found, "snooze", until=until)
        assert answer.status_code == status
    for wrong in (None, 7, "tomorrow", "2026-03-02T12:00:00"):
        assert code(await do(forum.ben, found, "snooze", until=wrong))[0] == 422
    (snoozed,) = await listed(forum.ben, state="snoozed")
    assert snoozed["snoozed_until"][:19] == (forum.clock.now() + timedelta(hours=1)).isoformat()[:19]
    assert code(await do(forum.vera, found, "acknowledge")) == (403, "forbidden")
    for who in (forum.ben, forum.anna):
        answer = await do(who, found, "acknowledge")
        assert (answer.json()["state"], answer.json()["acknowledged_by"]) == (
            "acknowledged",
            str(who.user_id),
        )
    for _ in range(2):
        answer = await do(forum.anna, found, "resolve")
        assert (answer.status_code, answer.json()["state"]) == (200, "resolved")
    assert code(await do(forum.ben, found, "acknowledge")) == (409, "resolved")
    annas = await alert(forum, forum.team.laptop, "hers")
    assert code(await do(forum.ben, annas, "resolve")) == (403, "forbidden")
