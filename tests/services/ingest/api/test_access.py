"""Who may see and change whose sessions: the table of access, and what two people know of each other."""

import asyncio
import json
from uuid import uuid4

from services.contracts.channels import team_channel, user_channel
from tests.services.ingest.api.team import code, ids
from tests.support.builders import make_event
from tests.support.waiting import eventually

LIST = "/api/sessions"
PARTS = ("", "/health", "/history", "/usage", "/commits", "/files", "/memories", "/tools")


async def until(listener, last):
    """Everything heard up to the first entry of which `last` is true."""
    heard = []
    async with asyncio.timeout(60):
        async for entry in listener:
            heard.append(entry)
            if last(entry):
                break
    return heard


async def attempts(client, identity):
    """Every way to touch a session; those that change something are asked as if for the first time."""
    url = f"{LIST}/{identity}"
    for part in PARTS:
        yield f"GET {part}", await client.get(url + part)
    yield "PUT", await client.put(url, json={"note": "seen"})
    yield "SHARE", await client.post(f"{url}/share", json={"visibility": "private"})
    yield "DELETE", await client.delete(url)


async def told(client, identity):
    """Status and body of every way, without what names the single request."""
    found = {}
    async for name, answer in attempts(client, identity):
        body = answer.json() | {"correlation_id": ""} if answer.content else None
        found[name] = (answer.status_code, json.dumps(body))
    return found


async def statuses(client, identity):
    return {name: answer.status_code async for name, answer in attempts(client, identity)}


def every(reading, changing):
    ways = dict.fromkeys((f"GET {part}" for part in PARTS), reading)
    return ways | dict.fromkeys(("PUT", "SHARE", "DELETE"), changing)


async def test_a_private_session_is_as_absent_to_everybody_else(team):
    """The same status and the same body as for what never was: for a colleague, an admin, another team."""
    of_anna = await team.session(title="Secret plan", events=[make_event()])
    of_ben = await team.session(team.bens, "b", title="Secret too")
    absent = str(uuid4())
    for person, hidden in (
        (team.ben, of_anna),
        (team.anna, of_ben),
        (team.vera, of_anna),
        (team.olga, of_anna),
    ):
        seen = await told(person.browser, hidden["id"])
        assert seen == await told(person.browser, absent)
        assert {status for status, _ in seen.values()} == {404}
    assert await statuses(team.anna.browser, of_anna["id"]) == every(200, 200) | {"DELETE": 204}


async def test_lists_and_snapshots_hold_nothing_private_of_others(team):
    of_anna, of_ben = await team.session(title="Secret plan"), await team.session(team.bens, "b")
    shared = await team.shared(native_id="shared")
    lists = {
        person.name: set(ids(await person.browser.get(LIST)))
        for person in (team.anna, team.ben, team.vera, team.olga)
    }
    assert lists == {
        "anna": {of_anna["id"], shared["id"]},
        "ben": {of_ben["id"], shared["id"]},
        "vera": {shared["id"]},
        "olga": set(),
    }
    for query in ("q=Secret", f"user_id={team.anna.user_id}&visibility=private", "project=shop&limit=1"):
        answer = await team.ben.browser.get(f"{LIST}?{query}")
        assert of_anna["id"] not in answer.text


async def test_what_is_private_is_fanned_out_to_its_owner_alone(team):
    """Every word on the channels that Ben hears is looked through for Anna's session."""
    fanout = team.stack.built.fanout
    listener = await fanout.listen()
    of_team, of_ben, of_anna = (
        team_channel(team.anna.team_id),
        user_channel(team.ben.team_id, team.ben.user_id),
        user_channel(team.anna.team_id, team.anna.user_id),
    )
    for channel in (of_team, of_ben, of_anna):
        await listener.add(channel)
    made = await team.session(title="Secret plan")
    await team.anna.browser.put(f"{LIST}/{made['id']}", json={"note": "still secret"})
    await team.session(title="Secret plan, grown")
    await team.anna.browser.delete(f"{LIST}/{made['id']}")
    await team.shared(native_id="last")
    heard = await until(listener, lambda entry: entry.channel == of_team)
    assert [entry.channel for entry in heard].count(of_anna) == 5
    assert all(entry.channel == of_anna for entry in heard[:-1])
    assert made["id"].encode() not in heard[-1].payload
    await listener.close()


async def test_a_session_made_private_leaves_the_team_without_its_content(team):
    made = await team.shared(title="Secret plan")
    url = f"{LIST}/{made['id']}"
    listener = await team.stack.built.fanout.listen()
    await listener.add(team_channel(team.anna.team_id))
    assert (await team.anna.browser.post(f"{url}/share", json={"visibility": "private"})).status_code == 200
    entries = await until(listener, lambda entry: b'"session_gone"' in entry.payload)
    heard = [json.loads(entry.payload) for entry in entries]
    # The last before it may be that the session was shown.
    assert [one["session"]["version"] for one in heard[:-1]] in ([], [made["version"]])
    assert heard[-1] == {
        "type": "session_gone", "session_id": made["id"], "user_id": str(team.anna.user_id),
        "version": made["version"] + 1, "why": "left",
    }  # fmt: skip
    assert code(await team.ben.browser.get(url)) == (404, "not_found")
    await listener.close()


async def test_a_shared_session_is_read_by_all_and_changed_by_its_owner_and_admins(team):
    made = await team.shared(team.bens, "b")
    agents = await team.stack.token(team.ben, "agent")
    assert await statuses(team.vera.browser, made["id"]) == every(200, 403)
    assert await statuses(agents, made["id"]) == every(403, 403)
    assert await statuses(team.olga.browser, made["id"]) == every(404, 404)
    assert await statuses(team.stack.client(), made["id"]) == every(401, 401)
    of_anna = await team.shared()
    assert await statuses(team.ben.browser, of_anna["id"]) == every(200, 403)
    assert await statuses(team.ben.browser, made["id"]) == every(200, 200) | {"DELETE": 204}


async def test_an_admin_may_hide_anothers_session_but_show_none(team):
    made = await team.shared(team.bens, "b")
    url = f"{LIST}/{made['id']}"
    assert (await team.anna.browser.put(url, json={"note": "by the admin"})).json()["note"] == "by the admin"
    answer = await team.anna.browser.post(f"{url}/share", json={"visibility": "public"})
    assert code(answer) == (403, "forbidden")
    hidden = await team.anna.browser.put(url, json={"visibility": "private"})
    assert (hidden.status_code, hidden.json()["visibility"]) == (200, "private")
    assert code(await team.anna.browser.get(url)) == (404, "not_found")
    assert (await team.ben.browser.get(url)).json()["visibility"] == "private"


async def test_an_admin_deletes_a_shared_session(team):
    made = await team.shared(team.bens, "b")
    assert (await team.anna.browser.delete(f"{LIST}/{made['id']}")).status_code == 204
    assert code(await team.ben.browser.get(f"{LIST}/{made['id']}")) == (404, "not_found")


async def test_tokens_do_what_their_scopes_say(team):
    made = await team.session()
    url = f"{LIST}/{made['id']}"
    reads, writes = await team.stack.token(team.anna, "read"), await team.stack.token(team.anna, "write")
    assert (await reads.get(url)).status_code == 200
    assert code(await reads.put(url, json={"note": "x"})) == (403, "forbidden")
    assert code(await writes.get(url)) == (403, "forbidden")
    assert (await writes.put(url, json={"note": "x"})).json()["note"] == "x"


async def test_inside_answers_are_for_those_who_know_the_secret(team):
    """On the one port of an embedded server there is no inside at all."""
    answer = await team.stack.client().get("/internal/snapshot", params={"team_id": str(team.anna.team_id)})
    assert code(answer) == (404, "not_found")


async def test_a_person_without_a_team_sees_nothing(team):
    solo = await team.stack.person("solo", None)
    assert code(await solo.browser.get(LIST)) == (403, "no_team")
    assert code(await solo.browser.get(f"{LIST}/{uuid4()}")) == (403, "no_team")


async def test_a_new_name_is_on_every_session(team):
    made = await team.session()
    assert (await team.anna.browser.put("/api/auth/me", json={"username": "annika"})).status_code == 200

    async def renamed():
        return (await team.anna.browser.get(f"{LIST}/{made['id']}")).json()["username"] == "annika"

    await eventually(renamed)


async def test_the_audit_log_tells_of_shared_sessions_alone(team):
    made = [await team.session(team.bens, "private"), await team.shared(team.bens, "shared")]
    taken_back = await team.shared(team.bens, "taken back")
    url = f"/api/sessions/{taken_back['id']}"
    assert (await team.ben.browser.post(f"{url}/share", json={"visibility": "private"})).status_code == 200
    for one in (made[0], taken_back, made[1]):
        assert (await team.ben.browser.delete(f"/api/sessions/{one['id']}")).status_code == 204
    path = f"/api/teams/{team.anna.team_id}/audit?action=session.deleted"

    async def noted() -> bool:
        found = [one["target"] for one in (await team.anna.browser.get(path)).json()["items"]]
        assert set(found) <= {made[1]["id"]}
        return bool(found)

    await eventually(noted)
