"""A person takes along what they shared and said, and what they were told, whatever team it was in."""

from services.insight import tables
from services.insight.store.own_data import LEFT_OUT, OWN
from tests.services.insight.api.forum import told


async def test_everything_of_ones_own_is_in_it_and_nothing_of_others(forum):
    mine = await forum.share(forum.ben, title="Mine")
    theirs = await forum.share(forum.anna, title="Theirs")
    said = await forum.comment(forum.ben, theirs["id"], "so it is")
    await forum.comment(forum.anna, mine["id"], "is it?")
    await forum.ben.browser.post(f"/api/insights/{theirs['id']}/upvote")
    await forum.ben.browser.post("/api/insights/feed")
    taken = told(await forum.ben.browser.get("/api/insights/mine/export"))
    assert taken["known_as"] == "ben"
    assert [one["title"] for one in taken["insights"]] == ["Mine"]
    assert [one["id"] for one in taken["comments"]] == [said["id"]]
    assert [one["insight_id"] for one in taken["votes"]] == [theirs["id"]]
    assert [one["kind"] for one in taken["notifications"]]
    assert len(taken["feeds"]) == 1
    assert "secret_hash" not in taken["feeds"][0]
    await forum.leave(forum.ben)
    again = told(await forum.ben.browser.get("/api/insights/mine/export"))
    assert [one["title"] for one in again["insights"]] == ["Mine"]


def test_no_table_that_names_a_person_is_forgotten():
    named = {
        table.name
        for table in tables.metadata.sorted_tables
        if {"user_id", "shared_by"} & {column.name for column in table.columns}
    }
    # Sessions are ingest's to tell; members and names are the account's; progress is of a live session alone.
    others = {"insight_sessions", "insight_users", "insight_members", "insight_progress"}
    assert named - others == {table.name for table, *_ in OWN.values()}
    assert {"secret_hash"} == LEFT_OUT
