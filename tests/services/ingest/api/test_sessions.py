"""The session list and a session as its owner changes it."""

import base64
import json
from uuid import uuid4

import pytest

from tests.services.ingest.api.team import code, ids
from tests.support.builders import after, make_usage
from tests.support.waiting import eventually

LIST = "/api/sessions"


@pytest.fixture
async def three(team):
    """Three sessions of Anna that differ in everything one may ask for."""
    team.stack.clock.advance(hours=1)
    a = await team.session(
        native_id="a", tool="codex", project="shop", status="active", title="Fix 100 % of carts",
        last_activity_at=after(minutes=1), started_at=after(minutes=1), usage=(make_usage(input=5),),
        context_used=190_000,
    )  # fmt: skip
    b = await team.session(
        native_id="b", tool="gemini", project="web", status="ended", title="Second",
        repository="acme/web_store", last_activity_at=after(minutes=2),
        started_at=after(minutes=3), usage=(make_usage(input=50_000),),
    )  # fmt: skip
    c = await team.session(
        native_id="c", tool="codex", project="shop", status="waiting", title="Third", branch="Feature/Cart",
        last_activity_at=after(minutes=3), started_at=after(minutes=2), usage=(make_usage(model="unlisted"),),
    )  # fmt: skip
    for one, tags in ((a, ["x", "y"]), (b, ["y"])):
        assert (await team.anna.browser.put(f"{LIST}/{one['id']}", json={"tags": tags})).status_code == 200
    return {"a": a["id"], "b": b["id"], "c": c["id"]}


ASKED = [
    ("", "cba"),
    ("status=active", "a"),
    ("status=active&status=ended", "ba"),
    ("tool=codex", "ca"),
    ("project=web", "b"),
    ("tag=y", "ba"),
    ("tag=x&tag=nothing", "a"),
    ("tag=x&tool=gemini", ""),
    ("visibility=private", "cba"),
    ("visibility=team", ""),
    ("q=cart", "ca"),
    ("q=100 %25", "a"),
    ("q=web_s", "b"),
    ("q=web%25s", "b"),
    ("q=eb_s", ""),
    ("q=%5C", ""),
    ("q=%20", "cba"),
    ("repository=acme/web_store", "b"),
    ("branch=Feature/Cart&branch=none", "c"),
    ("project=web&branch=Feature/Cart", ""),
    ("active_since=2026-03-01T12:02:00Z", "cb"),
    ("active_since=2026-03-01T13:02:00%2B01:00", "cb"),
    ("sort=last_activity_at", "abc"),
    ("sort=started_at", "acb"),
    ("sort=-started_at", "bca"),
    ("sort=tokens", "acb"),
    ("sort=-cost", "bac"),
    ("limit=1", "c"),
]


async def test_a_list_gives_what_is_asked_for(team, three):
    names = {identity: name for name, identity in three.items()}
    for query, found in ASKED:
        answer = await team.anna.browser.get(f"{LIST}?{query}")
        assert (query, "".join(names[one] for one in ids(answer))) == (query, found)
    assert names[ids(await team.anna.browser.get(f"{LIST}?sort=health"))[0]] == "a"


async def test_a_list_of_one_person(team, three):
    bens = await team.shared(team.bens)
    assert ids(await team.anna.browser.get(LIST, params={"user_id": str(team.ben.user_id)})) == [bens["id"]]
    both = {"user_id": [str(team.ben.user_id), str(team.anna.user_id)]}
    assert len(ids(await team.anna.browser.get(LIST, params=both))) == 4
    assert ids(await team.anna.browser.get(LIST, params={"user_id": str(uuid4())})) == []


SORTS = ["last_activity_at", "updated_at", "started_at", "tokens", "cost", "health"]


async def test_pages_follow_one_another_while_sessions_come_and_go(team):
    """What was there all the time is given exactly once, whatever is added meanwhile; equal keys too."""
    reports = [
        team.report(f"n{n}", last_activity_at=after(seconds=-(n // 2)), usage=(make_usage(input=n // 2),))
        for n in range(7)
    ]
    await team.laptop.send(*reports)
    for sort in [*SORTS, *(f"-{one}" for one in SORTS)]:
        await follow(team, sort)


async def follow(team, sort):
    everything = ids(await team.anna.browser.get(LIST, params={"sort": sort}))
    got, cursor, page = [], None, 0
    while True:
        params = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await team.anna.browser.get(LIST, params=params)
        got += ids(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
        page += 1
        if page <= 3:
            await team.laptop.send(
                team.report(
                    f"{sort}{page}", last_activity_at=after(seconds=-page), usage=(make_usage(input=page),)
                )
            )
    assert [one for one in got if one in everything] == everything
    assert len(set(got)) == len(got)


def sealed(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


ID = "6f1d5a8e-2b1c-5e0b-9a55-0d6f0b7c9e11"


CURSORS = [
    ("", "tokens"),
    ("!!", "tokens"),
    ("é", "tokens"),
    ("AAAA", "tokens"),
    (sealed(), "tokens"),
    (sealed("tokens", 5), "tokens"),
    (sealed("-tokens", 5, ID), "tokens"),
    (sealed("tokens", "5", ID), "tokens"),
    (sealed("tokens", 2**63, ID), "tokens"),
    (sealed("tokens", True, ID), "tokens"),
    (sealed("tokens", 5, "no"), "tokens"),
    (sealed("tokens", 5, 5), "tokens"),
    (sealed("tokens", 5.5, ID), "tokens"),
    (sealed("health", "x", ID), "health"),
    (sealed("cost", None, ID), "cost"),
    (sealed("started_at", "2026-01-01T00:00:00", ID), "started_at"),
    (sealed("started_at", "0001-01-01T00:00:00+14:00", ID), "started_at"),
    (sealed("started_at", 5, ID), "started_at"),
    ("[" * 400, "tokens"),
]


async def test_an_unknown_cursor_is_told_so(team):
    for cursor, sort in CURSORS:
        answer = await team.anna.browser.get(LIST, params={"cursor": cursor, "sort": sort})
        assert (cursor, *code(answer)) == (cursor, 400, "bad_cursor")


REFUSED = [
    "status=sleeping", "user_id=anna", "tool=word",
    "visibility=all", "active_since=yesterday",
    "active_since=2026-03-01T12:02:00", "active_since=-1", "active_since=1767225600",
    "active_since=0001-01-01T00:00:00%2B14:00", "sort=surname", "limit=0",
    "limit=201", "limit=x", f"q={'x' * 201}",
]  # fmt: skip


async def test_what_cannot_be_asked_is_refused_without_repeating_it(team):
    for query in REFUSED:
        answer = await team.anna.browser.get(f"{LIST}?{query}")
        assert (query, *code(answer)) == (query, 422, "invalid")
        name, _, value = query.partition("=")
        assert [one["field"].removesuffix(".0") for one in answer.json()["errors"]] == [name]
        assert len(value) < 5 or value not in answer.text


async def test_a_nul_is_refused(team):
    for query in ("q=%00", "tag=%00", "project=a%00b", "status=%00"):
        assert code(await team.anna.browser.get(f"{LIST}?{query}")) == (400, "bad_request")


async def test_a_session_has_all_its_fields(team):
    made = await team.session(refusals=1, errors=2)
    answer = await team.anna.browser.get(f"{LIST}/{made['id']}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{made["version"]}"'
    body = answer.json()
    assert body == made
    assert (body["username"], body["user_id"]) == ("anna", str(team.anna.user_id))
    assert (body["errors"], body["refusals"]) == (2, 1)
    assert body["started_at"] == body["last_activity_at"] == "2026-03-01T12:00:00Z"
    assert body["tokens"] == {
        "input": 1000, "output": 200, "cache_read": 0, "cache_write": 0, "reasoning": None, "total": 1200,
        "context_used": 1000, "context_window": 200_000,
    }  # fmt: skip
    assert (body["cost_usd"], body["cost_basis"], body["provenance"]) == (0.006, "api_equivalent", "exact")


async def test_its_owner_changes_a_session(team):
    made = await team.session()
    change = {"title": "Mine", "tags": [" b ", "a", "a"], "note": "n" * 4000}
    answer = await team.anna.browser.put(f"{LIST}/{made['id']}", json=change)
    body = answer.json()
    assert (body["title"], body["tags"], body["note"]) == ("Mine", ["a", "b"], "n" * 4000)
    assert body["version"] == made["version"] + 1
    assert answer.headers["etag"] == f'"{body["version"]}"'
    # What its owner says stays, whatever the agent reports.
    again = await team.session(title="From the tool")
    assert (again["title"], again["tags"]) == ("Mine", ["a", "b"])
    await team.anna.browser.put(f"{LIST}/{made['id']}", json={"title": None, "note": None})
    gone = (await team.anna.browser.get(f"{LIST}/{made['id']}")).json()
    assert (gone["title"], gone["note"], gone["tags"]) == ("From the tool", None, ["a", "b"])


async def test_nothing_asked_changes_nothing(team):
    made = await team.session()
    for change in ({}, {"visibility": "private"}):
        answer = await team.anna.browser.put(f"{LIST}/{made['id']}", json=change)
        assert (answer.status_code, answer.json()) == (200, made)


async def test_a_change_may_name_the_version_it_is_of(team):
    made = await team.session()
    url = f"{LIST}/{made['id']}"
    old, current = f'"{made["version"]}"', f'"{made["version"] + 1}"'
    assert (
        await team.anna.browser.put(url, json={"note": "1"}, headers={"If-Match": old})
    ).status_code == 200
    answer = await team.anna.browser.put(url, json={"note": "2"}, headers={"If-Match": old})
    assert code(answer) == (412, "changed_meanwhile")
    assert code(await team.anna.browser.delete(url, headers={"If-Match": old})) == (412, "changed_meanwhile")
    assert (
        await team.anna.browser.put(url, json={"note": "3"}, headers={"If-Match": "*"})
    ).status_code == 200
    await team.anna.browser.put(url, json={"note": "4"}, headers={"If-Match": current})
    assert (await team.anna.browser.get(url)).json()["note"] == "3"


BAD = [
    b'{"title": ""}', b'{"title": 5}', b'{"title": "a\\u0000b"}', b'{"tags": ["  "]}', b'{"tags": "x"}',
    b'{"visibility": "all"}', b'{"role": "admin"}', b'{"team_id": "x"}', b'{"note": {"a": [[[[]]]]}}',
    b"[]", b'"x"', b"null", b'{"title": "' + b"x" * 501 + b'"}',
    b'{"tags": ["' + b'","'.join(b"%d" % n for n in range(21)) + b'"]}',
]  # fmt: skip
UNREADABLE = [
    b'{"title": "\\ud800"}', b'{"title": NaN}', b'{"\\ud800": 1}', b'{"title": 1e999}', b"{", b"\xff",
    b'{"title": "\xff"}', b"[" * 100_000, b'{"note": ' + b"9" * 5000 + b"}",
]  # fmt: skip


async def test_a_bad_change_is_refused_without_repeating_it(team):
    url = f"{LIST}/{(await team.session())['id']}"
    for body in [*BAD, *UNREADABLE]:
        answer = await team.anna.browser.put(url, content=body, headers={"Content-Type": "application/json"})
        assert (body[:30], code(answer)[0]) == (body[:30], 400 if body in UNREADABLE else 422)
        assert "ud800" not in answer.text


@pytest.mark.parametrize("at", [-1, 1_767_225_600, True, "1767225600", "2026-03-01T12:02:00"])
async def test_an_end_of_sharing_is_a_time_in_words(team, at):
    url = f"{LIST}/{(await team.session())['id']}/share"
    answer = await team.anna.browser.post(url, json={"visibility": "team", "expires_at": at})
    assert code(answer) == (422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == ["expires_at"]


async def test_a_change_in_another_form_is_refused(team):
    made = await team.session()
    answer = await team.anna.browser.put(
        f"{LIST}/{made['id']}", content=b"title=x", headers={"Content-Type": "text/plain"}
    )
    assert code(answer) == (415, "wrong_type")


async def test_a_deleted_session_is_gone_for_good(team):
    made = await team.shared()
    url = f"{LIST}/{made['id']}"
    assert (await team.anna.browser.delete(url)).status_code == 204
    assert code(await team.anna.browser.get(url)) == (404, "not_found")
    assert code(await team.anna.browser.delete(url)) == (404, "not_found")
    assert (await team.laptop.send(team.report())).json()["accepted"] == 1
    assert ids(await team.anna.browser.get(LIST)) == []


async def test_public_only_where_the_team_allows_it(team):
    made = await team.session()
    url = f"{LIST}/{made['id']}/share"
    body = {"visibility": "public", "expires_at": "2026-04-01T00:00:00Z"}
    assert code(await team.anna.browser.post(url, json=body)) == (422, "not_allowed")
    settings = {"settings": {"allow_public": True}}
    assert (await team.anna.browser.put(f"/api/teams/{team.anna.team_id}", json=settings)).status_code == 200

    async def allowed():
        return (await team.anna.browser.post(url, json=body)).status_code == 200

    await eventually(allowed)
    assert (await team.ben.browser.get(f"{LIST}/{made['id']}")).json()["visibility"] == "public"
