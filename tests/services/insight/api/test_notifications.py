"""What a person was told, and how they want to be told."""

import pytest

from tests.services.ingest.api.team import code

NIGHT = {"from": "22:00", "to": "07:00", "timezone": "Europe/Berlin"}

WRONG = (
    {"events": {"nothing": {}}, "quiet_hours": None},
    {"events": {}, "quiet_hours": NIGHT | {"timezone": "Nowhere"}},
    {"events": {}, "quiet_hours": NIGHT | {"to": "22:00"}},
    {"events": {"mention": {"pigeon": True}}},
)


async def read(person, **params):
    answer = await person.browser.get("/api/notifications", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def told(forum):
    """Three things that Ben was told of by Anna, one after the other."""
    for _ in range(3):
        insight = await forum.share(forum.anna)
    return forum, insight


async def test_a_person_sees_their_own_the_newest_first_in_pages(told):
    forum, insight = told
    first = await read(forum.ben, limit=2)
    assert first["unread"] == 3
    assert first["items"][0]["insight_id"] == insight["id"]
    assert first["items"][0]["actor"] == {"user_id": str(forum.anna.user_id), "username": "anna"}
    rest = await read(forum.ben, limit=2, cursor=first["next_cursor"])
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)
    kinds = {one["kind"] for one in (await read(forum.anna))["items"]}
    assert "insight_shared" not in kinds
    assert (await read(forum.olga))["items"] == []


async def test_some_or_all_are_read_and_stay_so(told):
    forum, _ = told
    mine = (await read(forum.ben))["items"]
    ids = {"ids": [mine[0]["id"], mine[0]["id"]]}
    assert (await forum.ben.browser.post("/api/notifications/read", json=ids)).json() == {"unread": 2}
    assert (await forum.vera.browser.post("/api/notifications/read", json=ids)).json()["unread"] == 3
    assert len((await read(forum.ben, unread="true"))["items"]) == 2
    for wrong in ({}, {"all": False}, {"ids": [], "all": True}, {"ids": ["x"]}):
        assert code(await forum.ben.browser.post("/api/notifications/read", json=wrong))[0] == 422
    for _ in range(2):
        answer = await forum.ben.browser.post("/api/notifications/read", json={"all": True})
        assert answer.json() == {"unread": 0}


async def test_choices_are_kept_and_hold(told):
    forum, _ = told
    path = "/api/notifications/preferences"
    before = await forum.ben.browser.get(path)
    assert (before.json()["version"], before.headers["etag"]) == (0, '"0"')
    assert before.json()["events"]["mention"]["email"] is True
    events = before.json()["events"] | {"insight_shared": {"app": False, "slack": False}}
    body = {"events": events, "quiet_hours": NIGHT}
    answer = await forum.ben.browser.put(path, json=body, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["quiet_hours"]) == (200, NIGHT)
    for wrong in WRONG:
        assert code(await forum.ben.browser.put(path, json=wrong))[0] == 422
    late = await forum.ben.browser.put(path, json=body, headers={"If-Match": '"0"'})
    assert code(late) == (412, "changed_meanwhile")
    await forum.share(forum.anna)
    assert (await read(forum.ben))["unread"] == 3
    assert (await read(forum.vera))["unread"] == 4


async def test_what_is_told_of_a_session_goes_when_it_is_not_shared_any_more(forum):
    session = await forum.session(forum.anna, "shown")
    await forum.share(forum.anna, session_id=session)
    (item,) = (await read(forum.ben))["items"]
    assert item["session_id"] in {session, None}
    await forum.session(forum.anna, "shown", "private")
    (item,) = (await read(forum.ben))["items"]
    assert item["session_id"] is None
