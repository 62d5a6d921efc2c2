"""What lies above the tier that a team takes in is stored nowhere, whichever way it comes; numbers are."""

from datetime import timedelta
from typing import Any

import pytest

from llm_session_manager.protocol import (
    Commit,
    Event,
    FileChange,
    Memory,
    PullRequest,
    Report,
    SubAgent,
    ToolUse,
)
from llm_session_manager.protocol.commands import CommandResult, SessionExport
from services.contracts.topology import AGENTS, report_key
from services.targets import SERVICES
from tests.support.builders import EPOCH, START, make_facts
from tests.support.compositions import Stack, open_stack, settings_for
from tests.support.fixtures import database_with
from tests.support.tables import everything
from tests.support.waiting import eventually

database_url = database_with("runtime", *SERVICES)

SAID, NAMED = "swordfish", "zanzibar"


def facts(native_id: str) -> dict[str, Any]:
    """Of all that may be a name `NAMED`, of all that was said `SAID`."""
    place = f"{NAMED}/{native_id}"
    session = make_facts(
        native_id, title=f"{SAID} is the word", title_source="prompt", project=NAMED, directory=place,
        repository=place, branch=NAMED, files_changed=None, error_categories={"exit": 1},
        tools=(ToolUse(name="Bash", calls=3, errors=1),),
        files=(FileChange(path=place, change="updated", edits=1, added=1, removed=0, last_at=START),),
        commits=(Commit(sha="1a2b3c4", branch=NAMED, subject=f"Mend {NAMED}", at=START),),
        pull_requests=(PullRequest(number=1, url=f"https://x/{place}", repository=place, at=START),),
        memories=(Memory(name=place, scope="project", bytes=1, lines=1, modified_at=START),),
        subagents=(
            SubAgent(id="a", kind="Explore", model="m", status="done", tool_calls=1, tokens=1,
                     started_at=START, last_activity_at=START),
        ),
    )  # fmt: skip
    events = (
        Event(id="1", at=START, kind="prompt", detail=f"{SAID}?"),
        Event(id="2", at=START, kind="answer", detail=f"{SAID}."),
        Event(id="3", at=START, kind="tool", name="Bash", detail=place),
        Event(id="4", at=START, kind="pull_request", name=place, detail=place),
        Event(id="5", at=START, kind="commit", name="1a2b3c4", detail=NAMED),
    )
    return {"session": session, "events": events}


async def _is_known(stack: Stack, tier: str) -> bool:
    rows = (await everything(stack.built.database))["ingest_teams"]
    return any(row["settings"].get("capture_tier") == tier for row in rows)


@pytest.mark.parametrize(
    ("tier", "held"), [("counts", set()), ("metadata", {NAMED}), ("content", {NAMED, SAID})]
)
async def test_a_report_leaves_no_more_than_the_team_takes_in(database_url, tmp_path, tier, held):
    """Over HTTPS, from a broker, and as an export that a machine was asked for."""
    async with open_stack(settings_for(tmp_path, database_url)) as stack:
        anna = await stack.person("anna")
        machine = await stack.machine(anna)
        chosen = {"capture_tier": tier, "default_visibility": "team"}
        stack.clock.advance(seconds=1)
        answer = await anna.browser.put(f"/api/teams/{anna.team_id}", json={"settings": chosen})
        assert answer.status_code == 200, answer.text
        await eventually(lambda: _is_known(stack, tier))
        envelope = {"epoch": EPOCH, "sent_at": START, "tier": "content"}
        by_https, by_broker = (Report(n=n, **envelope, **facts(f"native-{n}")) for n in (1, 2))
        sent = await machine.send(by_https)
        assert (sent.status_code, sent.json()["rejected"]) == (202, []), sent.text
        key = report_key(anna.team_id, anna.user_id, machine.agent_id)
        await stack.built.bus.publish(AGENTS, key, by_broker.model_dump_json().encode())
        sessions = (await anna.browser.get("/api/sessions")).json()["items"]
        assert [one["tier"] for one in sessions] == [tier, tier]
        for one in sessions:
            figures = (one["tokens"]["total"], one["tool_calls"], one["commits"], one["files_changed"])
            assert figures == (1_200, 3, 1, 1)
        await _export(machine, anna, sessions[0])
        found = await everything(stack.built.database)
    text = {name: repr(rows) for name, rows in found.items()}
    for word in (SAID, NAMED):
        where = {name for name, said in text.items() if word in said}
        assert bool(where) == (word in held), where
    assert len(found["session_events"]) == 10
    assert len(found["session_commits"]) == 2


async def _export(machine: Any, anna: Any, session: dict[str, Any]) -> None:
    url = f"/api/sessions/{session['id']}/commands"
    asked = await anna.browser.post(url, json={"kind": "export"})
    assert asked.status_code == 202, asked.text
    fetch = "/api/agents/me/commands"
    (order,) = (await machine.client.get(fetch, params={"agent_id": machine.agent_id})).json()["items"]
    export = SessionExport(exported_at=START + timedelta(hours=1), tier="content", **facts("native-1"))
    result = CommandResult(export=export).model_dump(mode="json")
    for body in ({"status": "started"}, {"status": "done", "result": result}):
        answer = await machine.client.post(f"{fetch}/{order['id']}", json=body)
        assert answer.status_code == 200, answer.text


async def test_a_machine_is_told_and_a_script_is_held_to_it_as_well(database_url, tmp_path):
    async with open_stack(settings_for(tmp_path, database_url)) as stack:
        anna = await stack.person("anna")
        machine = await stack.machine(anna)
        hello = {"machine_id": "m2", "hostname": "h", "os": "Linux", "version": "1"}
        assert (await machine.client.post("/api/agents", json=hello)).json()["most"] == "content"
        chosen = {"settings": {"capture_tier": "counts"}}
        stack.clock.advance(seconds=1)
        assert (await anna.browser.put(f"/api/teams/{anna.team_id}", json=chosen)).is_success
        await eventually(lambda: _is_known(stack, "counts"))
        assert (await machine.client.post("/api/agents", json=hello)).json()["most"] == "counts"
        plain = {"session_id": "s", "metrics": {"token_count": 7, "title": SAID}, "hostname": "h"}
        assert (await machine.client.post("/api/sessions/sync", json=plain)).status_code == 202
        (session,) = (await anna.browser.get("/api/sessions")).json()["items"]
        assert (session["title"], session["tokens"]["total"]) == (None, 7)
        entries = (await anna.browser.get(f"/api/teams/{anna.team_id}/audit")).json()["items"]
        changed = next(one for one in entries if one["action"] == "team.changed")
        assert changed["details"]["settings"] == ["capture_tier"]
