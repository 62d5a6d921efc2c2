"""What people say to an insight, to each other, and what becomes of it."""

import asyncio

from services.insight.store import comments
from tests.services.ingest.api.team import code
from tests.services.insight.api.forum import told
from tests.support.waiting import held_up


async def told_of(who):
    """What a person was told of insights, the last first."""
    items = told(await who.browser.get("/api/notifications"))["items"]
    return [one for one in items if one["insight_id"]]


async def test_threads_are_told_in_their_order_page_by_page(forum):
    made = await forum.share(forum.ben)
    first = await forum.comment(forum.anna, made["id"], "first")
    second = await forum.comment(forum.ben, made["id"], "second")
    answer = await forum.comment(forum.ben, made["id"], "to the first", parent_id=first["id"])
    assert [one["content"] for one in await forum.thread(forum.vera, made["id"])] == [
        "first",
        "second",
        "to the first",
    ]
    assert (answer["parent_id"], answer["username"], second["parent_id"]) == (first["id"], "ben", None)
    path = f"/api/insights/{made['id']}/comments"
    page = told(await forum.vera.browser.get(path, params={"limit": 2}))
    rest = told(await forum.vera.browser.get(path, params={"limit": 2, "cursor": page["next_cursor"]}))
    assert [one["id"] for one in page["items"] + rest["items"]] == [first["id"], second["id"], answer["id"]]
    assert rest["next_cursor"] is None
    assert (await forum.seen(forum.anna, made["id"]))["comments"] == 3
    assert code(await forum.olga.browser.get(path)) == (404, "not_found")
    assert code(await forum.vera.browser.post(path, json={"content": "no"})) == (403, "forbidden")


async def test_of_two_who_edit_at_the_same_time_one_wins_and_the_other_is_told(forum):
    made = await forum.share(forum.ben)
    said = await forum.comment(forum.anna, made["id"], "so it is")
    path = f"/api/insights/{made['id']}/comments/{said['id']}"
    version = {"If-Match": '"1"'}
    edits = [forum.anna.browser.put(path, json={"content": f"edit {n}"}, headers=version) for n in range(4)]
    answers = await asyncio.gather(*edits)
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
    won = told(next(one for one in answers if one.status_code == 200))
    assert [one["content"] for one in await forum.thread(forum.ben, made["id"])] == [won["content"]]
    assert (won["edited"], won["version"]) == (True, 2)
    lost = next(one for one in answers if one.status_code == 412)
    assert code(lost) == (412, "changed_meanwhile")


async def test_authors_edit_and_admins_only_delete(forum):
    made = await forum.share(forum.anna)
    said = await forum.comment(forum.ben, made["id"], "so it is")
    path = f"/api/insights/{made['id']}/comments/{said['id']}"
    assert code(await forum.anna.browser.put(path, json={"content": "no"})) == (403, "forbidden")
    other = await forum.comment(forum.anna, made["id"], "mine")
    theirs = f"/api/insights/{made['id']}/comments/{other['id']}"
    assert code(await forum.ben.browser.delete(theirs)) == (403, "forbidden")
    assert (await forum.anna.browser.delete(path)).status_code == 204
    assert code(await forum.ben.browser.put(path, json={"content": "again"})) == (404, "not_found")
    elsewhere = await forum.share(forum.anna)
    moved = f"/api/insights/{elsewhere['id']}/comments/{other['id']}"
    assert code(await forum.anna.browser.delete(moved)) == (404, "not_found")


async def test_a_deleted_comment_leaves_a_place_while_it_has_answers(forum):
    made = await forum.share(forum.ben)
    first = await forum.comment(forum.anna, made["id"], "secret @ben")
    answer = await forum.comment(forum.ben, made["id"], "why?", parent_id=first["id"])
    path = f"/api/insights/{made['id']}/comments"
    await forum.anna.browser.delete(f"{path}/{first['id']}")
    place, kept = await forum.thread(forum.ben, made["id"])
    assert (place["deleted"], place["content"], place["mentions"], place["username"]) == (True, "", [], None)
    assert kept["parent_id"] == first["id"]
    assert (await forum.seen(forum.ben, made["id"]))["comments"] == 1
    refused = await forum.ben.browser.post(path, json={"content": "hm", "parent_id": first["id"]})
    assert code(refused) == (422, "invalid")
    await forum.ben.browser.delete(f"{path}/{answer['id']}")
    assert await forum.thread(forum.ben, made["id"]) == []
    assert (await forum.seen(forum.ben, made["id"]))["comments"] == 0


async def test_members_are_named_and_told(forum):
    made = await forum.share(forum.anna)
    said = await forum.comment(forum.anna, made["id"], "@Ben and @vera, not @olga nor anna@ben.example")
    assert [one["username"] for one in said["mentions"]] == ["ben", "vera"]
    for who, kinds in ((forum.ben, ["mention", "insight_shared"]), (forum.anna, [])):
        assert [one["kind"] for one in await told_of(who)] == kinds
    path = f"/api/insights/{made['id']}/comments/{said['id']}"
    edited = told(await forum.anna.browser.put(path, json={"content": "@ben, @vera!"}))
    assert len(edited["mentions"]) == 2
    answer = await forum.comment(forum.ben, made["id"], "thanks", parent_id=said["id"])
    found = [(one["kind"], one["insight_id"]) for one in await told_of(forum.anna)]
    assert found == [("insight_comment", made["id"])]
    assert [one["kind"] for one in await told_of(forum.ben)] == ["mention", "insight_shared"]
    assert answer["mentions"] == []


async def test_whoever_has_left_is_a_former_member(forum):
    made = await forum.share(forum.ben)
    await forum.comment(forum.ben, made["id"], "mine")
    await forum.comment(forum.anna, made["id"], "@ben?")
    await forum.leave(forum.ben)
    seen = await forum.seen(forum.anna, made["id"])
    assert (seen["shared_by"], seen["username"]) == (None, "former member")
    mine, theirs = await forum.thread(forum.anna, made["id"])
    assert (mine["user_id"], mine["username"], theirs["mentions"]) == (None, "former member", [])
    forum.clock.advance(seconds=5)
    await forum.meet(forum.ben)
    assert (await forum.seen(forum.anna, made["id"]))["username"] == "ben"
    await forum.delete_account(forum.ben)
    seen = await forum.seen(forum.anna, made["id"])
    assert (seen["shared_by"], seen["username"], seen["comments"]) == (None, "former member", 2)


async def test_a_comment_is_deleted_while_its_author_goes_for_good(forum, monkeypatch):
    made = await forum.share(forum.anna)
    said = await forum.comment(forum.ben, made["id"], "mine")
    assert (await forum.ben.browser.post(f"/api/insights/{made['id']}/upvote")).is_success
    begun = held_up(monkeypatch, forum.stack.built.database, comments, "answers")
    path = f"/api/insights/{made['id']}/comments/{said['id']}"
    deleting = asyncio.create_task(forum.anna.browser.delete(path))
    await begun()
    await forum.delete_account(forum.ben)
    assert (await deleting).status_code == 204
    seen = await forum.seen(forum.anna, made["id"])
    assert (seen["comments"], seen["upvotes"]) == (0, 0)
