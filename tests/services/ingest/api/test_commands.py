"""People ask something of a machine."""

from llm_session_manager.protocol.commands import SessionExport
from tests.services.ingest.api.asking import allow, ask, asked, export, fetch, retire, rows, seen, tell, url
from tests.services.ingest.api.team import code
from tests.support.waiting import eventually


async def test_a_command_goes_from_the_question_to_its_result(team):
    session = await team.session()
    made = await asked(team.anna, session)
    assert (made["status"], made["kind"], made["session_id"]) == ("pending", "refresh", session["id"])
    assert made["note"] == "waits for anna-mbp; expires in 10 min"
    assert (made["machine_online"], made["result"]) == (True, None)

    (order,) = await fetch(team.laptop)
    assert (order["id"], order["kind"], order["session_id"]) == (made["id"], "refresh", session["id"])
    assert (order["agent_id"], order["asked_by"]) == (team.laptop.agent_id, "owner")
    (now,) = await seen(team.anna, session)
    assert (now["status"], now["note"]) == ("sent", "anna-mbp has it")

    started = await tell(team.laptop, order, "started", claim="one")
    assert (started.status_code, started.json()["status"]) == (200, "started")
    done = await tell(team.laptop, order, "done", result={"code": "reported", "detail": "It is up to date."})
    assert done.status_code == 200
    (now,) = await seen(team.anna, session)
    assert (now["status"], now["note"]) == ("done", "It is up to date.")
    assert now["result"] == {"code": "reported", "detail": "It is up to date.", "export_bytes": None}
    assert now["started_at"] is not None
    assert now["ended_at"] is not None
    assert await fetch(team.laptop) == []


async def test_the_same_question_is_asked_once(team):
    session = await team.session()
    first, second = await asked(team.anna, session), await asked(team.anna, session)
    other = await asked(team.anna, session, "export")
    assert (first["id"] == second["id"], first["id"] == other["id"]) == (True, False)
    assert len(await fetch(team.laptop)) == 2
    await tell(team.laptop, first, "done")
    third = await asked(team.anna, session)
    assert third["id"] != first["id"]
    listed = (await team.anna.browser.get(url(session), params={"limit": 2})).json()
    rest = (await team.anna.browser.get(url(session), params={"cursor": listed["next_cursor"]})).json()
    found = [one["id"] for one in listed["items"] + rest["items"]]
    assert sorted(found) == sorted([first["id"], other["id"], third["id"]])
    assert rest["next_cursor"] is None


async def test_a_machine_that_is_not_heard_from_is_said_to_be(team):
    session = await team.session()
    team.stack.clock.advance(minutes=3)
    made = await asked(team.anna, session)
    assert made["machine_online"] is False
    assert made["note"] == "waits for anna-mbp, which is not heard from; expires in 10 min"


async def test_who_may_ask_what(team):
    shared, private = await team.shared(), await team.session(native_id="native-2")
    for person, session, expected in (
        (team.ben, shared, (403, "forbidden")),
        (team.vera, shared, (403, "forbidden")),
        (team.olga, shared, (404, "not_found")),
        (team.ben, private, (404, "not_found")),
        (team.vera, private, (404, "not_found")),
        (team.olga, private, (404, "not_found")),
    ):
        assert (person.name, *code(await ask(person, session))) == (person.name, *expected)
    for path in ("", "/00000000-0000-4000-8000-000000000000/export"):
        assert (await team.ben.browser.get(url(private) + path)).status_code == 404
    assert await seen(team.vera, shared) == []
    answer = await team.laptop.client.post(url(shared), json={"kind": "refresh"})
    assert code(answer) == (403, "forbidden")
    assert code(await team.anna.browser.post(url(shared), json={"kind": "reboot"})) == (422, "invalid")


async def test_an_admin_asks_only_where_the_team_and_the_machine_allow_it(team):
    session = await team.shared(team.bens)
    assert code(await ask(team.anna, session)) == (403, "forbidden")
    await allow(team, admin_commands=True)
    assert code(await ask(team.anna, session)) == (403, "forbidden")
    hello = {"machine_id": "machine-2", "hostname": "b", "os": "Linux", "version": "1"}
    said = {"commands": ["refresh"], "admin_commands": True}
    assert (await team.bens.client.post("/api/agents", json=hello | said)).status_code == 200
    assert code(await ask(team.anna, session, "close")) == (409, "not_taken")
    made = await asked(team.anna, session)
    assert made["asked_as"] == "admin"
    (order,) = await fetch(team.bens)
    assert order["asked_by"] == "admin"
    answer = await team.ben.browser.post(
        f"/api/sessions/{session['id']}/share", json={"visibility": "private"}
    )
    assert answer.status_code == 200
    assert code(await tell(team.bens, order, "started")) == (409, "withdrawn")


async def test_the_team_says_what_may_be_asked(team):
    session = await team.session()
    await allow(team, commands_allowed=["refresh"])
    assert code(await ask(team.anna, session, "close")) == (403, "kind_not_allowed")
    assert (await ask(team.anna, session)).status_code == 202


async def test_a_script_takes_no_commands(team):
    body = {"session_id": "scripted", "metrics": {"token_count": 1}, "hostname": "h"}
    assert (await team.laptop.client.post("/api/sessions/sync", json=body)).status_code == 202
    items = (await team.anna.browser.get("/api/sessions")).json()["items"]
    scripted = next(one for one in items if one["native_id"] == "scripted")
    assert code(await ask(team.anna, scripted)) == (409, "no_machine")


async def test_the_machines_say_what_they_take(team):
    hello = {"machine_id": "machine-1", "hostname": "anna-mbp", "os": "Linux", "version": "1"}
    await team.laptop.client.post("/api/agents", json=hello | {"commands": ["refresh", "export"]})
    machines = (await team.anna.browser.get("/api/agents")).json()["items"]
    found = {one["id"]: (one["commands"], one["admin_commands"]) for one in machines}
    assert found[team.laptop.agent_id] == (["refresh", "export"], False)
    assert found[team.bens.agent_id] == (None, False)


async def test_rights_that_ended_withdraw_what_was_asked_with_them(team):
    session = await team.session(team.bens)
    await asked(team.ben, session)
    await asked(team.ben, session, "close")
    (first, second) = await fetch(team.bens)
    assert (await team.ben.browser.post("/api/auth/logout")).status_code == 204
    assert code(await tell(team.bens, first, "started")) == (409, "withdrawn")
    assert code(await tell(team.bens, first, "started")) == (409, "ended")
    team.stack.clock.advance(seconds=6)
    assert await fetch(team.bens) == []
    ended = await rows(team)
    assert {(row["status"], row["code"]) for row in ended} == {("failed", "withdrawn")}
    assert {str(row["id"]) for row in ended} == {first["id"], second["id"]}


async def test_an_export_is_for_those_who_see_the_session_and_goes_with_it(team):
    session = await team.shared()
    made = await asked(team.anna, session, "export")
    await tell(team.laptop, made, "started")
    answer = await tell(team.laptop, made, "done", result={"code": "exported", "export": export()})
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["export_bytes"] > 100
    path = url(session, made["id"], "export")
    as_json = await team.vera.browser.get(path, params={"format": "json"})
    assert SessionExport.model_validate_json(as_json.content).session.native_id == "native-1"
    assert as_json.headers["content-disposition"].endswith('.json"')
    as_text = await team.vera.browser.get(path)
    assert as_text.headers["content-type"].startswith("text/markdown")
    assert as_text.text.startswith("# Fix \\<b\\>the\\</b\\> cart")
    assert "2026-03-01T12:00:00Z tool · Bash · ls \\*.py" in as_text.text
    assert (await team.vera.browser.get(path, params={"format": "pdf"})).status_code == 422
    assert (await team.olga.browser.get(path)).status_code == 404
    other = await team.session(native_id="native-2")
    assert (await team.anna.browser.get(url(other, made["id"], "export"))).status_code == 404
    assert (await team.anna.browser.delete(f"/api/sessions/{session['id']}")).status_code == 204
    assert await rows(team) == []


async def test_an_export_is_kept_for_a_day_and_a_command_for_a_month(team):
    session = await team.session()
    made = await asked(team.anna, session, "export")
    await tell(team.laptop, made, "done", result={"export": export()})
    path = url(session, made["id"], "export")
    team.stack.clock.advance(hours=23)
    await retire(team)
    assert (await team.anna.browser.get(path)).status_code == 200
    team.stack.clock.advance(hours=2)
    await retire(team)
    assert (await team.anna.browser.get(path)).status_code == 404
    assert (await seen(team.anna, session))[0]["result"]["export_bytes"] is None
    team.stack.clock.advance(days=30)
    await retire(team)
    assert await rows(team) == []


async def test_the_audit_log_knows_commands_on_shared_sessions_alone(team):
    shared, private = await team.shared(), await team.session(native_id="native-2")
    await asked(team.anna, private)
    made = await asked(team.anna, shared, "close")
    await tell(team.laptop, made, "failed", result={"code": "no_process"})

    async def noted():
        entries = (await team.anna.browser.get(f"/api/teams/{team.anna.team_id}/audit")).json()["items"]
        return [
            (one["action"], one["target"], one["details"].get("code"))
            for one in entries
            if one["action"].startswith("command.")
        ]

    async def both():
        return len(await noted()) == 2

    await eventually(both)
    assert sorted(await noted()) == [
        ("command.asked", shared["id"], None),
        ("command.ended", shared["id"], "no_process"),
    ]
