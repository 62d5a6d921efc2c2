"""Showing sessions to the team and to whoever has a link, for as long as that is to last."""

import asyncio
from urllib.parse import urlsplit

import pytest

from services.ingest.store import received
from tests.services.ingest.api.team import code, ids
from tests.support.builders import after, make_event, make_usage
from tests.support.waiting import eventually, held_up

LIST = "/api/sessions"


def ingest(team):
    return next(part for part in team.stack.built.parts if part.name == "ingest")


async def allow(team, allowed=True):
    """Let the team have public pages, or no more, and wait until ingest knows."""
    team.stack.clock.advance(seconds=1)
    settings = {"settings": {"allow_public": allowed}}
    answer = await team.anna.browser.put(f"/api/teams/{team.anna.team_id}", json=settings)
    assert answer.status_code == 200, answer.text

    async def known():
        probe = await team.session(native_id="probe")
        answer = await share(team.anna, probe, "public")
        await share(team.anna, probe, "private")
        return (answer.status_code == 200) is allowed

    await eventually(known)


def zulu(at):
    return at.isoformat().replace("+00:00", "Z")


async def share(person, session, visibility, expires_at=None, **headers):
    body = {"visibility": visibility} | ({"expires_at": expires_at.isoformat()} if expires_at else {})
    return await person.browser.post(f"{LIST}/{session['id']}/share", json=body, headers=headers)


async def published(team, session, expires_at=None):
    """Make a public page; its secret."""
    answer = await share(team.anna, session, "public", expires_at)
    assert answer.status_code == 200, answer.text
    return urlsplit(answer.json()["link"]["url"]).fragment


async def look(team, secret):
    return await team.stack.client().get(f"/api/public/sessions/{secret}")


async def read(person, session):
    return (await person.browser.get(f"{LIST}/{session['id']}")).json()


async def test_a_public_page_is_shown_to_whoever_has_its_link(team):
    await allow(team)
    made = await team.session(events=[make_event(), make_event("two", kind="prompt", detail="fix it")])
    answer = (await share(team.anna, made, "public")).json()
    assert (answer["visibility"], answer["shared_until"]) == ("public", zulu(after(days=30, seconds=13)))
    link = answer["link"]
    address = urlsplit(link["url"])
    assert (address.path, len(address.fragment), link["expires_at"]) == (
        "/public",
        43,
        answer["shared_until"],
    )
    page = await look(team, address.fragment)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    body = page.json()
    assert (body["title"], body["tokens"]["total"], body["cost_usd"]) == ("Fix the cart", 1200, 0.006)
    assert [one["kind"] for one in body["events"]] == ["prompt", "tool"]
    assert body["expires_at"] == link["expires_at"]
    # The address is shown once: whoever asks for it again gets another, and the first one ends.
    assert "link" not in await read(team.anna, made)
    again = await published(team, made)
    assert code(await look(team, address.fragment)) == (410, "page_ended")
    assert (await look(team, again)).status_code == 200


async def test_a_public_page_names_nobody_and_nothing_beside(team):
    await allow(team)
    other = await team.session(native_id="other-1", title="Another session")
    made = await team.session(
        parent_native_id="other-1",
        files=({"path": "/home/anna/private/x.py", "change": "added", "edits": 1, "added": 1, "removed": 0,
                "last_at": after()},),
        memories=({"name": "/home/anna/.claude/CLAUDE.md", "scope": "user", "bytes": 1, "lines": 1,
                   "modified_at": after()},),
        events=[make_event(detail="/home/anna/private/y.py"), make_event("e2", lane="lane-1")],
        usage=(make_usage(),),
    )  # fmt: skip
    change = {"note": "for us alone", "tags": ["internal"]}
    made = (await team.anna.browser.put(f"{LIST}/{made['id']}", json=change)).json()
    body = (await look(team, await published(team, made))).text
    forbidden = [
        made["id"], made["native_id"], made["user_id"], made["team_id"], made["agent_id"], made["hostname"],
        other["id"], "anna", "internal", "for us alone", "CLAUDE", "event-1", "lane-1", "private/",
    ]  # fmt: skip
    assert [one for one in forbidden if one in body] == []
    assert "…/x.py" in body
    assert "…/y.py" in body


async def test_words_of_people_stay_with_the_team(team):
    """Of a machine that shares contents the page shows figures, and no words."""
    await allow(team)
    said = [make_event(detail="cat secret"), make_event("c", kind="commit", detail="Fix it")]
    report = team.report(title="Please fix my shop", title_source="prompt", events=said)
    await team.laptop.send(report.model_copy(update={"tier": "content"}))
    (made,) = [one for one in (await team.anna.browser.get(LIST)).json()["items"] if one["tier"] == "content"]
    assert made["title"] == "Please fix my shop"
    secret = await published(team, made)
    body = (await look(team, secret)).json()
    assert (body["title"], body["tier"]) == (None, "content")
    assert sorted(one["detail"] or "" for one in body["events"]) == ["", "Fix it"]
    await team.anna.browser.put(f"{LIST}/{made['id']}", json={"title": "The shop"})
    assert (await look(team, secret)).json()["title"] == "The shop"


@pytest.mark.parametrize("way", ["private", "team", "put", "delete", "forbidden", "expired"])
async def test_a_page_ends_at_once(team, way):
    await allow(team)
    made = await team.shared()
    secret = await published(team, made, after(hours=2))
    assert (await look(team, secret)).status_code == 200
    url = f"{LIST}/{made['id']}"
    if way in {"private", "team"}:
        assert (await share(team.anna, made, way)).status_code == 200
    elif way == "put":
        assert (await team.anna.browser.put(url, json={"visibility": "team"})).status_code == 200
    elif way == "delete":
        assert (await team.anna.browser.delete(url)).status_code == 204
    elif way == "forbidden":
        await allow(team, allowed=False)
    else:
        team.stack.clock.advance(hours=3)
    expected = (404, "not_found") if way == "delete" else (410, "page_ended")
    assert code(await look(team, secret)) == expected
    if way == "forbidden":
        # The timer has ended the link for good: it does not come back with the setting.
        await ingest(team).sharing_ends.once()
        await allow(team)
        assert code(await look(team, secret)) == (410, "page_ended")


async def test_what_is_no_links_secret_is_absent(team):
    for secret in ("x", "é", "x" * 200, "0" * 43):
        assert code(await look(team, secret)) == (404, "not_found")
    assert code(await look(team, "x" * 201)) == (422, "invalid")


async def test_when_sharing_ends_a_session_is_what_it_was(team):
    await allow(team)
    ends = ingest(team).sharing_ends
    private, shown = await team.session(native_id="p"), await team.shared(native_id="s")
    brief = await team.session(native_id="b")
    assert (await share(team.anna, brief, "team", after(hours=1))).json()["link"] is None
    for one in (private, shown):
        await published(team, one, after(hours=1))
    assert len(ids(await team.ben.browser.get(LIST))) == 3
    team.stack.clock.advance(minutes=59)
    assert await ends.once() == 0
    team.stack.clock.advance(minutes=1)
    await ends.once()
    assert ids(await team.ben.browser.get(LIST)) == [shown["id"]]
    seen = [await read(team.anna, one) for one in (private, shown, brief)]
    assert [one["visibility"] for one in seen] == ["private", "team", "private"]
    assert [one["shared_until"] for one in seen] == [None, None, None]
    assert [one["shared_at"] is None for one in seen] == [True, False, True]
    assert await ends.once() == 0


async def test_what_is_shown_for_a_while_is_not_left_with_the_team_by_a_public_page(team):
    await allow(team)
    made = await team.session()
    await share(team.anna, made, "team", after(hours=1))
    await published(team, made, after(hours=2))
    team.stack.clock.advance(hours=2)
    await ingest(team).sharing_ends.once()
    assert (await read(team.anna, made))["visibility"] == "private"


async def test_reports_leave_the_end_of_sharing_as_it_is(team):
    made = await team.session()
    await share(team.anna, made, "team", after(hours=1))
    again = await team.session(status="waiting")
    assert (again["visibility"], again["shared_until"]) == ("team", "2026-03-01T13:00:00Z")
    assert (await share(team.anna, made, "team")).json()["shared_until"] is None


async def test_an_end_that_cannot_be_is_refused(team):
    await allow(team)
    made = await team.session()
    for visibility, at in (("team", after()), ("public", after(days=366)), ("private", after(days=1))):
        assert code(await share(team.anna, made, visibility, at)) == (422, "invalid")
    assert code(await team.anna.browser.put(f"{LIST}/{made['id']}", json={"visibility": "public"})) == (
        422, "share_it",
    )  # fmt: skip


async def test_sharing_may_name_the_version_it_is_of(team):
    made = await team.session()
    old = f'"{made["version"]}"'
    answer = await share(team.anna, made, "team", **{"If-Match": old})
    assert answer.headers["etag"] == f'"{made["version"] + 1}"'
    assert code(await share(team.anna, made, "private", **{"If-Match": old})) == (412, "changed_meanwhile")


async def test_its_owner_and_admins_see_who_looked(team):
    await allow(team)
    bens = await team.session(team.bens)
    answer = await share(team.ben, bens, "public")
    secret, link = urlsplit(answer.json()["link"]["url"]).fragment, answer.json()["link"]
    for _ in range(3):
        assert (await look(team, secret)).status_code == 200
    team.stack.clock.advance(hours=1)
    await look(team, secret)
    for person in (team.anna, team.ben):
        body = (await person.browser.get(f"{LIST}/{bens['id']}/views")).json()
        assert [(one["network"], one["views"]) for one in body["items"]] == [
            ("127.0.0.0/24", 1),
            ("127.0.0.0/24", 3),
        ]
        (known,) = body["links"]
        assert (known["id"], known["views"], known["ended_at"]) == (link["id"], 4, None)
        assert known["last_viewed_at"] == zulu(team.stack.clock.now())
        assert secret not in str(body)
    url = f"{LIST}/{bens['id']}/views"
    assert code(await team.vera.browser.get(url)) == (403, "forbidden")
    first = (await team.ben.browser.get(url, params={"limit": 1})).json()
    second = (await team.ben.browser.get(url, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [one["items"][0]["views"] for one in (first, second)] == [1, 3]
    assert second["next_cursor"] is None
    assert code(await team.ben.browser.get(url, params={"cursor": "AAAA"})) == (400, "bad_cursor")
    await share(team.ben, bens, "private")
    assert code(await team.anna.browser.get(url)) == (404, "not_found")
    assert (await team.ben.browser.get(url)).json()["links"][0]["ended_at"] is not None


async def test_a_page_is_looked_at_while_its_session_is_deleted(team, monkeypatch):
    await allow(team)
    made = await team.session()
    secret = await published(team, made)
    begun = held_up(monkeypatch, team.stack.built.database, received, "wipe_children")
    deleting = asyncio.create_task(team.anna.browser.delete(f"{LIST}/{made['id']}"))
    await begun()
    looked = await look(team, secret)
    assert (await deleting).status_code == 204
    # On SQLite it looks behind the deletion, which has taken the link.
    assert looked.status_code in {404, 410}
