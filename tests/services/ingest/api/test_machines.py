"""A machine is revoked by its owner or an admin: what it sends is refused, and it is listed no more."""

from uuid import uuid4

import pytest

from tests.services.ingest.api.team import code
from tests.support.compositions import Machine
from tests.support.waiting import eventually

URL = "/api/agents"
TOKENS = "/api/auth/tokens"
HELLO = {"machine_id": "machine-2", "hostname": "ben-mbp", "os": "Linux", "version": "0.1.0"}
PLAIN = {"session_id": "script-1", "metrics": {"token_count": 1}, "hostname": "h"}


async def listed(person):
    answer = await person.browser.get(URL)
    assert answer.status_code == 200
    return {one["id"] for one in answer.json()["items"]}


async def live_tokens(person):
    return len((await person.browser.get(TOKENS)).json()["items"])


async def revoke(person, agent_id):
    return await person.browser.delete(f"{URL}/{agent_id}")


async def refused(machine):
    """What all its requests over HTTPS are answered."""
    return {
        code(await machine.send()),
        code(await machine.client.post("/api/sessions/sync", json=PLAIN)),
        code(await machine.client.post(URL, json=HELLO)),
    }


@pytest.mark.parametrize("who", ["ben", "anna"])
async def test_its_owner_and_an_admin_revoke_it(team, who):
    assert (await revoke(getattr(team, who), team.bens.agent_id)).status_code == 204
    assert await refused(team.bens) == {(401, "unauthenticated")}
    assert await listed(team.vera) == {team.laptop.agent_id}
    assert (await team.laptop.send()).status_code == 202


async def test_the_token_it_came_with_ends_everywhere(team):
    assert await live_tokens(team.ben) == 1
    await revoke(team.ben, team.bens.agent_id)

    async def has_ended():
        return await live_tokens(team.ben) == 0

    await eventually(has_ended)
    assert await live_tokens(team.anna) == 1


async def test_nobody_else_may(team):
    machine = team.laptop.agent_id
    assert code(await revoke(team.ben, machine)) == (403, "forbidden")
    assert code(await revoke(team.vera, machine)) == (403, "forbidden")
    assert code(await revoke(team.olga, machine)) == (404, "not_found")
    assert code(await team.laptop.client.delete(f"{URL}/{machine}")) == (403, "forbidden")
    assert (await team.laptop.send()).status_code == 202


async def test_a_token_may_what_its_scopes_and_its_person_may(team):
    machine = team.bens.agent_id
    reading, writing = [await team.stack.token(team.ben, *scopes) for scopes in (["read"], ["read", "write"])]
    assert code(await reading.delete(f"{URL}/{machine}")) == (403, "forbidden")
    assert code(await writing.delete(f"{URL}/{team.laptop.agent_id}")) == (403, "forbidden")
    assert (await writing.delete(f"{URL}/{machine}")).status_code == 204


async def test_what_is_not_there_is_not_found(team):
    assert code(await revoke(team.anna, uuid4())) == (404, "not_found")
    assert (await revoke(team.anna, "no-id")).status_code == 404
    await revoke(team.anna, team.bens.agent_id)
    assert code(await revoke(team.anna, team.bens.agent_id)) == (404, "not_found")


async def test_with_a_new_token_it_comes_back_as_what_it_was(team):
    await team.bens.send(team.report("native-9", title="before"))
    await revoke(team.anna, team.bens.agent_id)
    again = await team.stack.token(team.ben, "agent")
    back = await again.post(URL, json=HELLO)
    assert (back.status_code, back.json()["agent_id"]) == (200, team.bens.agent_id)
    assert back.json()["last_report"]["n"] == 1
    assert await listed(team.vera) == {team.laptop.agent_id, team.bens.agent_id}
    assert (await Machine(again, team.bens.agent_id, team.stack.clock).send()).status_code == 202
    assert await refused(team.bens) == {(401, "unauthenticated")}


async def test_every_token_it_ever_used_ends(team):
    """Also one that it sends with and was not introduced with, and that another machine uses."""
    second = await team.stack.token(team.ben, "agent")
    assert (await Machine(second, team.bens.agent_id, team.stack.clock).send()).status_code == 202
    other = await second.post(URL, json=HELLO | {"machine_id": "machine-3"})
    assert other.status_code == 200
    await revoke(team.ben, team.bens.agent_id)
    shared = Machine(second, other.json()["agent_id"], team.stack.clock)
    assert await refused(shared) == {(401, "unauthenticated")}

    async def have_ended():
        return await live_tokens(team.ben) == 0

    await eventually(have_ended)


async def test_what_was_taken_before_is_kept(team):
    made = await team.session(team.bens, "native-5")
    await revoke(team.ben, team.bens.agent_id)
    assert (await team.ben.browser.get(f"/api/sessions/{made['id']}")).status_code == 200


async def test_the_audit_log_tells_of_it(team):
    await revoke(team.anna, team.bens.agent_id)

    async def entries():
        answer = await team.anna.browser.get(f"/api/teams/{team.anna.team_id}/audit?action=agent.revoked")
        return answer.json()["items"]

    await eventually(entries)
    (entry,) = await entries()
    assert (entry["actor_id"], entry["target"]) == (str(team.anna.user_id), team.bens.agent_id)
    assert entry["details"] == {"owner": str(team.ben.user_id)}
