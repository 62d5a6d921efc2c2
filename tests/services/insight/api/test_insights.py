"""Insights: who sees, finds and changes what, and what of it is told."""

import json

from tests.services.ingest.api.team import code
from tests.services.insight.api.forum import Listening, told

JSON = {"Content-Type": "application/json"}


async def test_what_is_shared_is_seen_by_the_team_and_by_nobody_else(forum):
    made = await forum.share(forum.ben, tags=["names", "style", "names"])
    assert (made["username"], made["state"], made["origin"]) == ("ben", "proposed", "person")
    assert made["tags"] == ["names", "style"]
    for who in (forum.anna, forum.ben, forum.vera):
        assert await forum.seen(who, made["id"]) == made
    answer = await forum.olga.browser.get(f"/api/insights/{made['id']}")
    assert code(answer) == (404, "not_found")
    assert await forum.titles(forum.olga) == []


async def test_an_insight_shows_its_session_to_those_who_see_it(forum):
    session = await forum.session(forum.ben, "bens", "private", title="Hidden work")
    made = await forum.share(forum.ben, session_id=session, moment="event-7")
    assert (made["session_id"], made["session_title"], made["moment"]) == (session, "Hidden work", "event-7")
    seen = await forum.seen(forum.anna, made["id"])
    assert (seen["session_id"], seen["session_title"], seen["moment"]) == (None, None, None)
    assert await forum.titles(forum.anna, session_id=session) == []
    assert await forum.titles(forum.ben, session_id=session) == [made["title"]]
    assert "Hidden" not in (await forum.anna.browser.get("/api/insights")).text

    await forum.session(forum.ben, "bens", "team", title="Shown work")
    assert (await forum.seen(forum.vera, made["id"]))["session_title"] == "Shown work"
    assert await forum.titles(forum.anna, session_id=session) == [made["title"]]

    await forum.delete_session(forum.ben, "bens")
    assert (await forum.seen(forum.ben, made["id"]))["session_id"] is None


async def test_only_a_session_in_sight_can_be_linked_to(forum):
    hidden = await forum.session(forum.ben, "bens", "private")
    elsewhere = await forum.session(forum.olga, "olgas")
    for session in (hidden, elsewhere, str(forum.anna.user_id)):
        answer = await forum.anna.browser.post(
            "/api/insights", json={"type": "pattern", "title": "t", "content": "c", "session_id": session}
        )
        assert code(answer) == (422, "invalid")
        assert answer.json()["errors"][0]["field"] == "session_id"
    made = await forum.share(forum.anna)
    path = f"/api/insights/{made['id']}"
    assert code(await forum.anna.browser.put(path, json={"session_id": hidden})) == (422, "invalid")
    assert code(await forum.anna.browser.put(path, json={"moment": "event-1"})) == (422, "invalid")
    linked = told(
        await forum.ben.browser.post(
            "/api/insights",
            json={"type": "pattern", "title": "t", "content": "c", "session_id": hidden, "moment": "event-1"},
        )
    )
    shown = await forum.session(forum.anna, "annas")
    answer = await forum.ben.browser.put(f"/api/insights/{linked['id']}", json={"session_id": shown})
    # A moment is one of the session before.
    assert (told(answer)["session_id"], told(answer)["moment"]) == (shown, None)


async def test_it_is_found_by_its_words_tags_and_marks(forum):
    await forum.share(forum.ben, title="Cache the prompt", content="In CartService, too.", tags=["costs"])
    await forum.share(forum.anna, title="Split long sessions", type="recommendation", tags=["context"])
    await forum.share(forum.ben, title="Überall Tests", content="q", tags=["costs", "tests"])
    searches = {
        "cache": ["Cache the prompt"],
        "service cart": ["Cache the prompt"],
        "uber": ["Überall Tests"],
        "costs": ["Überall Tests", "Cache the prompt"],
        "others find": ["Split long sessions"],
        "nowhere": [],
        "' OR 1 & ! * %": [],
        "🙂": [],
    }
    for words, expected in searches.items():
        assert await forum.titles(forum.vera, q=words, sort="new") == expected, words
    assert await forum.titles(forum.vera, tag=["context", "tests"], sort="new") == [
        "Überall Tests",
        "Split long sessions",
    ]
    assert await forum.titles(forum.vera, user_id=str(forum.anna.user_id)) == ["Split long sessions"]
    assert await forum.titles(forum.vera, type=["recommendation"]) == ["Split long sessions"]
    assert await forum.titles(forum.vera, origin="detected") == []
    assert await forum.titles(forum.vera, q="cache", tag="tests") == []


async def test_the_orders(forum):
    old = await forum.share(forum.ben, title="old and liked")
    for who in (forum.anna, forum.ben):
        assert (await who.browser.post(f"/api/insights/{old['id']}/upvote")).status_code == 200
    forum.later(hours=3)
    await forum.share(forum.ben, title="newer")
    forum.later(hours=1)
    await forum.share(forum.anna, title="newest")
    assert await forum.titles(forum.vera, sort="new") == ["newest", "newer", "old and liked"]
    assert await forum.titles(forum.vera, sort="top") == ["old and liked", "newest", "newer"]
    # Two votes are worth log10(2) × 12.5 hours: a little less than four.
    assert await forum.titles(forum.vera) == ["newest", "old and liked", "newer"]
    answer = await forum.vera.browser.get("/api/insights", params={"limit": 1, "sort": "new"})
    cursor = answer.json()["next_cursor"]
    assert code(await forum.vera.browser.get("/api/insights", params={"cursor": cursor})) == (
        400,
        "bad_cursor",
    )


async def test_authors_and_admins_change_it_and_the_one_who_knew_it_last_wins(forum):
    made = await forum.share(forum.ben, tags=["a"])
    path = f"/api/insights/{made['id']}"
    assert code(await forum.vera.browser.put(path, json={"title": "no"})) == (403, "forbidden")
    first = await forum.ben.browser.put(
        path, json={"title": "Mine", "tags": ["b"]}, headers={"If-Match": '"1"'}
    )
    assert (told(first)["version"], first.headers["ETag"]) == (2, '"2"')
    second = await forum.anna.browser.put(path, json={"state": "accepted"}, headers={"If-Match": '"1"'})
    assert code(second) == (412, "changed_meanwhile")
    third = await forum.anna.browser.put(path, json={"state": "retired"}, headers={"If-Match": '"2"'})
    assert (told(third)["state"], told(third)["title"]) == ("retired", "Mine")
    assert await forum.titles(forum.vera) == []
    assert await forum.titles(forum.vera, state="retired", q="mine", tag="b") == ["Mine"]
    assert await forum.titles(forum.vera, state="retired", tag="a") == []
    other = await forum.share(forum.anna)
    answer = await forum.ben.browser.put(f"/api/insights/{other['id']}", json={"title": "no"})
    assert code(answer) == (403, "forbidden")
    assert code(await forum.ben.browser.delete(f"/api/insights/{other['id']}")) == (403, "forbidden")


async def test_nothing_is_left_of_what_is_deleted(forum):
    made = await forum.share(forum.ben, tags=["a"])
    await forum.anna.browser.post(f"/api/insights/{made['id']}/upvote")
    said = await forum.comment(forum.anna, made["id"], "so it is")
    await forum.comment(forum.ben, made["id"], "is it?", parent_id=said["id"])
    assert (await forum.anna.browser.delete(f"/api/insights/{made['id']}")).status_code == 204
    assert code(await forum.ben.browser.get(f"/api/insights/{made['id']}")) == (404, "not_found")
    assert await forum.titles(forum.ben, q="name") == []
    assert told(await forum.ben.browser.get("/api/insights/tags"))["items"] == []


async def test_open_pages_are_told(forum):
    session = await forum.session(forum.ben, "bens", "private", title="Hidden work")
    async with Listening(forum) as listening:
        made = await forum.share(forum.ben, session_id=session)
        await forum.anna.browser.post(f"/api/insights/{made['id']}/upvote")
        said = await forum.comment(forum.anna, made["id"], "so it is")
        await forum.ben.browser.delete(f"/api/insights/{made['id']}")
        frames = await listening.frames(5)
    shared, voted, added, counted, gone = frames
    kinds = ["insight_shared", "insight_updated", "comment_added", "insight_updated", "insight_deleted"]
    assert [one["frame"] for one in frames] == kinds
    assert shared["data"] == made | {"session_id": None, "session_title": None}
    assert (voted["data"]["upvotes"], counted["data"]["comments"]) == (1, 1)
    assert added["data"] == {"insight_id": made["id"], "comment": said}
    assert gone["data"] == {"insight_id": made["id"]}
    assert voted["rank"] < counted["rank"] < gone["rank"]


async def test_tags_and_similar_titles_help_the_writer(forum):
    await forum.share(forum.ben, title="Cache the long prompt", tags=["Costs", "cache"])
    again = await forum.share(forum.anna, title="Long prompts: cache", tags=["cache"])
    await forum.share(forum.anna, title="Tests first", tags=["tests"])
    old = await forum.share(forum.anna, title="Cache the long prompt, once", tags=["once"])
    await forum.anna.browser.put(f"/api/insights/{old['id']}", json={"state": "retired"})
    await forum.vera.browser.get("/api/insights/tags")
    tags = told(await forum.vera.browser.get("/api/insights/tags"))["items"]
    assert tags == [
        {"tag": "cache", "insights": 2},
        {"tag": "Costs", "insights": 1},
        {"tag": "tests", "insights": 1},
    ]
    found = told(await forum.vera.browser.get("/api/insights/tags", params={"q": " C"}))["items"]
    assert [one["tag"] for one in found] == ["cache", "Costs"]
    assert told(await forum.olga.browser.get("/api/insights/tags"))["items"] == []
    similar = told(
        await forum.vera.browser.get("/api/insights/similar", params={"title": "A cache for the prompt"})
    )
    assert [one["title"] for one in similar["items"]] == ["Cache the long prompt"]
    same = told(await forum.vera.browser.get("/api/insights/similar", params={"title": "long CACHE"}))
    assert {"id": again["id"], "title": again["title"], "state": "proposed", "upvotes": 0} in same["items"]
    for title in ("", "…", "nothing of the kind"):
        answer = await forum.vera.browser.get("/api/insights/similar", params={"title": title})
        assert told(answer)["items"] == []


async def test_what_is_too_long_or_of_no_kind_is_refused(forum):
    good = {"type": "learning", "title": "t", "content": "c"}
    bad = (
        {"type": "idea"}, {"title": " "}, {"title": "x" * 201}, {"title": "two\nlines"},
        {"content": "x" * 20_001}, {"content": "\x00"}, {"tags": ["x"] * 21}, {"tags": ["x" * 51]},
        {"tags": ["a\nb"]}, {"origin": "detected"},
    )  # fmt: skip
    for change in bad:
        answer = await forum.anna.browser.post(
            "/api/insights", content=json.dumps(good | change), headers=JSON
        )
        assert answer.status_code == 422, (change, answer.text)
    unwritable = json.dumps(good | {"title": "\ud800"})
    answer = await forum.anna.browser.post("/api/insights", content=unwritable, headers=JSON)
    assert code(answer) == (400, "not_json")
    made = await forum.share(forum.anna, content="one\r\ntwo\tthree")
    assert made["content"] == "one\ntwo\tthree"
