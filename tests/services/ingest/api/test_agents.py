"""Machines introduce themselves."""

import asyncio
from uuid import UUID

from services.ingest.store import agents, people, tokens
from services.runtime.auth import TeamsCaller
from services.runtime.auth.agents import is_agent_of
from tests.services.ingest.api.team import code
from tests.support.builders import EPOCH, make_report
from tests.support.rows import every_row
from tests.support.waiting import eventually, held_up, somebody_waits

URL = "/api/agents"
HELLO = {"machine_id": "machine-1", "hostname": "anna-mbp", "os": "Linux", "version": "0.1.0"}


async def machines(person):
    answer = await person.browser.get(URL)
    assert answer.status_code == 200
    return {one["id"]: one for one in answer.json()["items"]}


async def test_the_same_machine_gets_the_same_id_and_its_last_report(team):
    client, anna = team.laptop.client, team.anna
    first = (await client.post(URL, json=HELLO)).json()
    assert first["agent_id"] == team.laptop.agent_id
    assert is_agent_of(UUID(first["agent_id"]), anna.team_id, anna.user_id)
    assert first["routing_key"] == f"report.{anna.team_id}.{anna.user_id}.{first['agent_id']}"
    assert first["command_queue"] == f"commands.{first['agent_id']}"
    assert (first["team_id"], first["user_id"], first["last_report"]) == (
        str(anna.team_id),
        str(anna.user_id),
        None,
    )
    assert len(first["command_key"]) > 40
    await team.laptop.send(make_report(7))
    team.stack.clock.advance(minutes=5)
    again = (await client.post(URL, json=HELLO | {"hostname": "new name"})).json()
    assert again == first | {"last_report": {"epoch": EPOCH, "n": 7}}
    one = (await machines(anna))[first["agent_id"]]
    assert (one["hostname"], one["online"]) == ("new name", True)


async def test_another_machine_or_person_is_another_agent(team):
    other = (await team.laptop.client.post(URL, json=HELLO | {"machine_id": "machine-9"})).json()
    same = (await team.bens.client.post(URL, json=HELLO)).json()
    assert len({other["agent_id"], same["agent_id"], team.laptop.agent_id, team.bens.agent_id}) == 4


async def test_a_team_sees_its_machines_the_last_heard_first(team):
    team.stack.clock.advance(seconds=91)
    await team.bens.send()
    seen = await machines(team.vera)
    assert list(seen) == [team.bens.agent_id, team.laptop.agent_id]
    assert [one["online"] for one in seen.values()] == [True, False]
    assert seen[team.bens.agent_id]["username"] == "ben"
    assert await machines(team.olga) == {}
    first = (await team.vera.browser.get(URL, params={"limit": 1})).json()
    second = (await team.vera.browser.get(URL, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [page["items"][0]["id"] for page in (first, second)] == list(seen)
    assert second["next_cursor"] is None
    assert code(await team.vera.browser.get(URL, params={"cursor": "AAAA"})) == (400, "bad_cursor")


async def test_who_may_introduce_and_what(team):
    assert code(await team.anna.browser.post(URL, json=HELLO)) == (403, "forbidden")
    assert code(await team.stack.client().post(URL, json=HELLO)) == (401, "unauthenticated")
    assert code(await team.laptop.client.get(URL)) == (403, "forbidden")
    for change in (
        {"machine_id": ""},
        {"hostname": "a\0b"},
        {"os": 5},
        {"user_id": "x"},
        {"version": "x" * 201},
    ):
        answer = await team.laptop.client.post(URL, json=HELLO | change)
        assert (change, *code(answer)) == (change, 422, "invalid")


async def test_a_name_that_a_token_gives_never_replaces_one_that_was_told(team):
    made = await team.session()
    assert made["username"] == "anna"
    async with every_row(team.stack.built.database) as connection:
        actor = TeamsCaller.of({team.anna.team_id})
        await people.put_owner(
            actor, connection, team.anna.user_id, "annika", team.stack.clock.advance(seconds=1)
        )
    await team.laptop.client.post(URL, json=HELLO)
    answer = await team.anna.browser.get(f"/api/sessions/{made['id']}")
    assert answer.json()["username"] == "annika"


async def test_a_machine_introduces_itself_while_it_is_revoked(team, monkeypatch):
    begun = held_up(monkeypatch, team.stack.built.database, tokens, "revoke")
    revoking = asyncio.create_task(team.anna.browser.delete(f"{URL}/{team.laptop.agent_id}"))
    await begun()
    refused = await team.laptop.client.post(URL, json=HELLO)
    assert (await revoking).status_code == 204
    assert code(refused) == (401, "unauthenticated")
    assert team.laptop.agent_id not in await machines(team.anna)


async def test_a_machine_introduces_itself_while_its_report_is_kept(team):
    await team.session()
    database, mine = team.stack.built.database, UUID(team.laptop.agent_id)
    async with every_row(database) as connection:
        actor = TeamsCaller.of({team.anna.team_id})
        row = (await agents.lock_agents(actor, connection, [mine]))[mine]
        await agents.put_heard(actor, connection, [row | {"n": row["n"] + 5}])
        coming = asyncio.create_task(team.laptop.client.post(URL, json=HELLO))
        if database.dialect == "postgresql":
            await eventually(lambda: somebody_waits(database))
    answer = (await coming).json()
    assert answer["last_report"] == {"epoch": row["epoch"], "n": row["n"] + 5}
