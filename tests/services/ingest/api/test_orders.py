"""A machine fetches over HTTPS what it is asked to do, and answers."""

import asyncio
import base64

import pytest

from llm_session_manager.protocol.commands import Command, signed_text
from services.runtime.auth.keys import read_public
from tests.services.ingest.api.asking import FETCH, asked, expiry, export, fetch, seen, tell
from tests.services.ingest.api.team import code
from tests.support.builders import make_event


async def test_what_the_machine_gets_is_signed_with_the_key_it_was_told(team):
    session = await team.session()
    await asked(team.anna, session)
    (order,) = await fetch(team.laptop)
    hello = {"machine_id": "machine-1", "hostname": "anna-mbp", "os": "Linux", "version": "0.1.0"}
    key = (await team.laptop.client.post("/api/agents", json=hello)).json()["command_key"]
    said = Command.model_validate(order)
    read_public(key).verify(base64.urlsafe_b64decode(said.signature + "=="), signed_text(said))


async def test_a_waiting_machine_hears_of_a_command_at_once(team):
    session = await team.session()
    waiting = asyncio.create_task(fetch(team.laptop, wait=25))
    await asyncio.sleep(0)
    made = await asked(team.anna, session)
    assert [one["id"] for one in await waiting] == [made["id"]]


async def test_a_wait_ends_with_nothing(team):
    assert await fetch(team.laptop, wait=0.01) == []


async def test_what_was_fetched_and_not_begun_is_handed_out_again_after_a_while(team):
    session = await team.session()
    await asked(team.anna, session)
    assert len(await fetch(team.laptop)) == 1
    assert await fetch(team.laptop) == []
    team.stack.clock.advance(seconds=6)
    assert len(await fetch(team.laptop)) == 1


async def test_only_its_own_machine_gets_a_command_and_answers_it(team):
    session = await team.session()
    made = await asked(team.anna, session)
    assert await fetch(team.bens) == []
    params = {"agent_id": team.laptop.agent_id}
    assert code(await team.bens.client.get(FETCH, params=params)) == (422, "unknown_agent")
    assert code(await tell(team.bens, made, "done")) == (404, "not_found")
    hello = {"machine_id": "machine-9", "hostname": "other", "os": "Linux", "version": "1"}
    other = (await team.laptop.client.post("/api/agents", json=hello)).json()["agent_id"]
    assert code(await tell(team.laptop, made, "failed", agent_id=other)) == (404, "not_found")
    assert code(await team.laptop.client.get(FETCH)) == (422, "invalid")
    assert await fetch(team.laptop, agent_id=other) == []
    assert (await seen(team.anna, session))[0]["status"] == "pending"
    assert code(await team.anna.browser.get(FETCH)) == (403, "forbidden")


async def test_a_command_is_started_by_one_agent_and_its_first_word_stands(team):
    session = await team.session()
    made = await asked(team.anna, session)
    assert (await tell(team.laptop, made, "started", claim="one")).status_code == 200
    assert (await tell(team.laptop, made, "started", claim="one")).status_code == 200
    assert code(await tell(team.laptop, made, "started", claim="two")) == (409, "taken")
    assert code(await tell(team.laptop, made, "done", claim="two")) == (409, "taken")
    result = {"code": "closed", "detail": "It ended."}
    for status in ("failed", "failed", "done"):
        answer = await tell(team.laptop, made, status, claim="one", result=result)
        assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert code(await tell(team.laptop, made, "started", claim="one")) == (409, "ended")


async def test_nobody_took_it_in_time(team):
    session = await team.session()
    made = await asked(team.anna, session)
    team.stack.clock.advance(seconds=601)
    assert await fetch(team.laptop) == []
    assert code(await tell(team.laptop, made, "started")) == (409, "expired")
    await expiry(team).end()
    (now,) = await seen(team.anna, session)
    assert (now["status"], now["result"]["code"]) == ("expired", "expired")
    assert now["note"] == "The machine did not take it in time."
    answer = await tell(team.laptop, made, "failed", result={"code": "expired"})
    assert answer.json()["status"] == "expired"


async def test_a_machine_that_never_answers_is_given_up_and_may_still_come_back(team):
    session = await team.session()
    made = await asked(team.anna, session)
    await tell(team.laptop, made, "started", claim="one")
    team.stack.clock.advance(seconds=601)
    await expiry(team).end()
    assert (await seen(team.anna, session))[0]["status"] == "started"
    team.stack.clock.advance(seconds=600)
    await expiry(team).end()
    (now,) = await seen(team.anna, session)
    assert (now["status"], now["result"]["code"]) == ("failed", "no_answer")
    await tell(team.laptop, made, "done", claim="one", result={"code": "reported"})
    assert (await seen(team.anna, session))[0]["status"] == "done"


@pytest.mark.parametrize(
    "result", [{"export": {}}, {"export": export() | {"more": 1}}, {"detail": "x" * 501}, {"code": "a\0"}]
)
async def test_an_odd_result_is_refused(team, result):
    session = await team.session()
    made = await asked(team.anna, session, "export")
    assert code(await tell(team.laptop, made, "done", result=result)) == (422, "invalid")


async def test_too_large_an_export_is_refused(team):
    session = await team.session()
    made = await asked(team.anna, session, "export")
    events = [make_event(f"e{n}", detail="x" * 450).model_dump(mode="json") for n in range(1650)]
    answer = await tell(team.laptop, made, "done", result={"export": export() | {"events": events}})
    assert code(answer) == (422, "too_large")
