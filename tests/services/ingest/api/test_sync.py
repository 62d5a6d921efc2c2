"""Reports over HTTPS: what a 202 promises, and how everything else is refused."""

import gzip
import json
import os
from uuid import uuid4

import orjson
import pytest

from llm_session_manager.protocol import BatchAnswer
from services.runtime.bus import NotConfirmed
from services.runtime.settings import Settings
from tests.services.ingest.api.team import code, ids
from tests.support.builders import EPOCH, after, encoded, make_report
from tests.support.compositions import SYNC

LIMITS = Settings()
JSON = {"Content-Type": "application/json"}


def plain(**changes):
    return {"session_id": "build-7", "metrics": {"token_count": 12}, "hostname": "ci-1"} | changes


async def post(machine, body, **headers):
    return await machine.client.post(SYNC, content=body, headers=JSON | headers)


async def listed(team):
    return (await team.anna.browser.get("/api/sessions")).json()["items"]


async def test_what_is_accepted_is_stored(team):
    answer = await team.laptop.send(*(make_report(n, f"native-{n}") for n in range(1, 4)))
    assert answer.status_code == 202
    told = BatchAnswer.model_validate_json(answer.content)
    assert (told.accepted, told.rejected, told.last_report.n) == (3, (), 3)
    assert len(await listed(team)) == 3


async def test_a_batch_twice_is_stored_once(team):
    for _ in range(2):
        assert (await team.laptop.send(make_report(1), make_report(2))).json()["accepted"] == 2
    (one,) = await listed(team)
    assert one["version"] == 1


async def test_a_copied_spool_is_told_and_nothing_of_it_taken(team):
    """Only who says that its numbers are new is held to it: others may send twice, and late."""
    batch = {"v": 1, "agent_id": team.laptop.agent_id, "sent_at": "2026-03-01T12:00:00Z"}
    reports = [orjson.loads(encoded(make_report(n, f"native-{n}"))) for n in range(1, 9)]

    async def send(first, *more, begins=None):
        numbers = {"begins": begins or {"epoch": EPOCH, "n": first}}
        body = batch | numbers | {"reports": [reports[n - 1] for n in (first, *more)]}
        return await post(team.laptop, orjson.dumps(body))

    assert (await send(1, 2)).status_code == 202
    assert (await send(3, 4)).status_code == 202
    for first, more in ((3, (5, 6)), (4, (5,)), (1, ())):
        assert code(await send(first, *more)) == (409, "spool_conflict")
    assert len(await listed(team)) == 4
    assert (await send(5, begins={"epoch": EPOCH + 1, "n": 1})).status_code == 202
    assert (await team.laptop.send(make_report(1, "native-1"))).status_code == 202


async def test_bad_reports_are_named_by_their_place_and_harm_no_other(team):
    good = orjson.loads(encoded(make_report(1)))
    ahead = orjson.loads(encoded(make_report(1, epoch=EPOCH + 10**6)))
    large = good | {"session": good["session"] | {"title": "x" * 300_000}}
    deep = json.loads("[" * 9 + "]" * 9)
    answer = await team.laptop.send(
        good | {"n": -1}, good, ahead, large, None, good | {"secret": 1}, good | {"n": deep}, good | {"n": 2}
    )
    body = answer.json()
    assert (answer.status_code, body["accepted"]) == (202, 2)
    assert [(one["index"], one["code"]) for one in body["rejected"]] == [
        (0, "invalid"), (2, "epoch_in_future"), (3, "too_large"), (4, "invalid"), (5, "invalid"),
        (6, "invalid"),
    ]  # fmt: skip
    assert body["rejected"][4]["detail"] == "secret: extra_forbidden"
    assert body["last_report"] == {"epoch": EPOCH, "n": 2}


async def test_an_empty_batch_is_a_heartbeat(team):
    team.stack.clock.advance(minutes=5)
    (before,) = [
        one
        for one in (await team.anna.browser.get("/api/agents")).json()["items"]
        if one["username"] == "anna"
    ]
    assert before["online"] is False
    answer = await team.laptop.send()
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0, "rejected": [], "last_report": None})
    (now,) = [
        one
        for one in (await team.anna.browser.get("/api/agents")).json()["items"]
        if one["username"] == "anna"
    ]
    assert (now["online"], now["last_seen_at"]) == (True, "2026-03-01T12:05:12Z")


async def test_a_batch_may_be_gzip(team):
    body = gzip.compress(orjson.dumps(team.laptop.batch([orjson.loads(encoded(make_report(1)))])))
    assert (await post(team.laptop, body, **{"Content-Encoding": "gzip"})).json()["accepted"] == 1


async def test_sizes_and_forms_are_checked_first(team):
    noise = os.urandom(LIMITS.sync_body_bytes // 2).hex().encode()
    cases = [
        (b"{" + b" " * LIMITS.sync_body_bytes, {}, (413, "too_large")),
        (gzip.compress(noise + b"0" * 8_400_000), {"Content-Encoding": "gzip"}, (413, "too_large")),
        (gzip.compress(b"0" * 100_000), {"Content-Encoding": "gzip"}, (413, "too_large")),
        (b"{}", {"Content-Encoding": "gzip"}, (400, "bad_encoding")),
        (b"{}", {"Content-Encoding": "br"}, (415, "wrong_encoding")),
        (b"{}", {"Content-Type": "text/plain"}, (415, "wrong_type")),
        (b"{}", {"Content-Type": ""}, (415, "wrong_type")),
        (b"", {}, (400, "not_json")),
        (b"{", {}, (400, "not_json")),
        (b"\xff", {}, (400, "not_json")),
        (b'{"v": NaN}', {}, (400, "not_json")),
        (b'{"v": Infinity}', {}, (400, "not_json")),
        (b'{"v": 1e999}', {}, (400, "not_json")),
        (b'{"agent_id": "\\ud800"}', {}, (400, "not_json")),
        (b"[" * 100_000, {}, (400, "not_json")),
        (b'{"v": ' + b"[" * 500 + b"]" * 500 + b"}", {}, (422, "too_deep")),
        (b'{"reports": [' + b"[" * 500 + b"]" * 500 + b"]}", {}, (422, "too_deep")),
        (b"[]", {}, (422, "invalid")),
        (b"null", {}, (422, "invalid")),
        (b"{}", {}, (422, "invalid")),
    ]
    for body, headers, expected in cases:
        answer = await post(team.laptop, body, **headers)
        assert (body[:40], *code(answer)) == (body[:40], *expected)


async def test_the_batch_around_the_reports_is_checked_as_a_whole(team):
    batch = team.laptop.batch([])
    bens = team.bens.agent_id
    for change, expected in (
        ({"v": 2}, "invalid"),
        ({"secret": 1}, "invalid"),
        ({"sent_at": "now"}, "invalid"),
        ({"agent_id": "laptop"}, "invalid"),
        ({"agent_id": 5}, "invalid"),
        ({"agent_id": str(uuid4())}, "unknown_agent"),
        ({"agent_id": bens}, "unknown_agent"),
        ({"reports": {}}, "invalid"),
        ({"reports": [None] * 501}, "invalid"),
    ):
        answer = await team.laptop.client.post(SYNC, json=batch | change)
        assert (change, *code(answer)) == (change, 422, expected)
        assert bens not in answer.text


async def test_a_scripts_plain_form_is_a_session(team):
    machine = team.laptop
    report = plain(metrics={"token_count": 12, "health_score": 55, "status": "waiting", "title": "Build"})
    answer = await machine.client.post(SYNC, json=report | {"user_id": str(team.anna.user_id)})
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": [], "last_report": None})
    (one,) = await listed(team)
    assert (one["tool"], one["native_id"], one["hostname"], one["title"]) == (
        "other",
        "build-7",
        "ci-1",
        "Build",
    )
    assert (one["tokens"]["total"], one["tokens"]["input"], one["cost_usd"]) == (12, None, None)
    assert {one[name] for name in ("files_changed", "commits", "errors", "tool_calls")} == {None}
    assert (one["health"]["score"], one["health"]["grade"], one["status"]) == (55.0, "warning", "waiting")
    detail = (await team.anna.browser.get(f"/api/sessions/{one['id']}/health")).json()
    assert (detail["score"], detail["grade"], detail["factors"]) == (55.0, "warning", [])
    team.stack.clock.advance(seconds=1)
    await machine.client.post(SYNC, json=plain(metrics={"token_count": 20, "status": "ended"}))
    (one,) = await listed(team)
    assert (one["tokens"]["total"], one["status"], one["title"]) == (20, "ended", None)


async def test_a_script_speaks_for_its_own_person_alone(team):
    answer = await team.laptop.client.post(SYNC, json=plain(user_id=str(team.ben.user_id)))
    assert code(answer) == (422, "not_own")
    for change in (
        {"user_id": "anna"},
        {"metrics": {}},
        {"hostname": ""},
        {"role": "admin"},
        {"session_id": "a\0"},
    ):
        answer = await team.laptop.client.post(SYNC, json=plain(**change))
        assert (change, *code(answer)) == (change, 422, "invalid")
    assert await listed(team) == []


async def test_who_may_not_report(team):
    stack = team.stack
    readers = await stack.token(team.anna, "read", "write")
    assert code(await stack.client().post(SYNC, json={})) == (401, "unauthenticated")
    for client in (team.anna.browser, readers):
        assert code(await client.post(SYNC, json={})) == (403, "forbidden")


@pytest.mark.parametrize("body", ["batch", "script"])
async def test_what_the_bus_does_not_confirm_is_not_accepted(team, monkeypatch, body):
    async def publish(*_):
        raise NotConfirmed("the queue is full")

    monkeypatch.setattr(team.stack.built.bus, "publish", publish)
    reports = [orjson.loads(encoded(make_report(n))) for n in (1, 2)]
    sent = team.laptop.batch(reports) if body == "batch" else plain()
    answer = await team.laptop.client.post(SYNC, json=sent)
    assert code(answer) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    monkeypatch.undo()
    assert ids(await team.anna.browser.get("/api/sessions")) == []


async def test_identity_is_the_tokens_whatever_the_body_says(team):
    """The same report from two people is two sessions."""
    for machine in (team.laptop, team.bens):
        assert (await machine.send(make_report(1, last_activity_at=after(seconds=1)))).status_code == 202
    (of_anna,), (of_ben,) = [
        (await person.browser.get("/api/sessions")).json()["items"] for person in (team.anna, team.ben)
    ]
    assert of_anna["id"] != of_ben["id"]
    assert (of_anna["username"], of_ben["username"]) == ("anna", "ben")
    assert (of_anna["agent_id"], of_ben["agent_id"]) == (team.laptop.agent_id, team.bens.agent_id)
