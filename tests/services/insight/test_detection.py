"""Rules over a team's own history: what they may see, what they share, and that it is shared once."""

import pytest

from llm_session_manager.protocol import ToolUse
from services.insight.app import InsightPart
from tests.services.ingest.api.team import code, open_team
from tests.services.insight.api.forum import Forum, told
from tests.support.fixtures import database_with
from tests.support.templates import EVERY

database_url = database_with(*EVERY)
TITLE = "Bash keeps failing in acme/shop"


@pytest.fixture
async def forum(database_url, tmp_path):
    async with open_team(database_url, tmp_path) as team:
        opened = Forum(team)
        await opened.gather()
        yield opened


def detection(forum):
    (part,) = (one for one in forum.stack.built.parts if isinstance(one, InsightPart))
    return part.detection


async def fail(forum, who, count, visibility="team", first=0):
    """Sessions in which half of what Bash is asked fails; their ids."""
    parts = {"tools": (ToolUse(name="Bash", calls=10, errors=5),)}
    return [
        await forum.session(who, f"{who.name} {n}", visibility, parts=parts, status="ended")
        for n in range(first, first + count)
    ]


async def found(forum, who, **params):
    answer = await who.browser.get("/api/insights", params={"origin": "detected", "q": "bash", **params})
    return told(answer)["items"]


async def test_what_holds_of_the_teams_sessions_is_shared_with_its_evidence(forum):
    sessions = await fail(forum, forum.ben, 12)
    assert await detection(forum).look(forum.anna.team_id) == 1
    (insight,) = await found(forum, forum.vera)
    assert (insight["title"], insight["origin"], insight["type"]) == (TITLE, "detected", "pattern")
    assert (insight["shared_by"], insight["username"], insight["state"]) == (None, None, "proposed")
    evidence = insight["evidence"]
    numbers = {"sessions": 12, "failing sessions": 12, "share": 1, "calls": 120, "failed calls": 60}
    assert evidence["numbers"] == {**numbers, "at least": evidence["numbers"]["at least"]}
    assert {one["id"] for one in evidence["sessions"]} < set(sessions)
    assert "ben" not in str({**insight, "evidence": {**evidence, "sessions": []}})
    items = told(await forum.vera.browser.get("/api/notifications"))["items"]
    assert [(one["kind"], one["actor"]) for one in items] == [("insight_shared", None)]
    assert await found(forum, forum.olga) == []


async def test_private_sessions_are_neither_counted_nor_shown(forum):
    await fail(forum, forum.ben, 30, "private")
    assert await detection(forum).look(forum.anna.team_id) == 0
    shown = await fail(forum, forum.anna, 12)
    assert await detection(forum).look(forum.anna.team_id) == 1
    (insight,) = await found(forum, forum.ben)
    assert insight["evidence"]["numbers"]["sessions"] == 12
    # What is taken back afterwards is shown to its owner alone, and counted no more.
    for n in range(12):
        await forum.session(forum.anna, f"anna {n}", "private" if n != 11 else "team", status="ended")
    (insight,) = await found(forum, forum.ben)
    assert [one["id"] for one in insight["evidence"]["sessions"]] in ([], [shown[11]])
    (hers,) = await found(forum, forum.anna)
    assert len(hers["evidence"]["sessions"]) == 5


async def test_the_numbers_go_on_with_the_history(forum):
    await fail(forum, forum.ben, 12)
    await detection(forum).look(forum.anna.team_id)
    await fail(forum, forum.ben, 3, first=12)
    assert await detection(forum).look(forum.anna.team_id) == 0
    (insight,) = await found(forum, forum.vera)
    assert (insight["evidence"]["numbers"]["sessions"], insight["version"]) == (15, 1)


async def test_what_was_dismissed_or_deleted_stays_so(forum):
    await fail(forum, forum.ben, 12)
    await detection(forum).look(forum.anna.team_id)
    (insight,) = await found(forum, forum.ben)
    path = f"/api/insights/{insight['id']}"
    assert code(await forum.vera.browser.put(path, json={"state": "retired"})) == (403, "forbidden")
    assert code(await forum.ben.browser.put(path, json={"title": "Mine"})) == (403, "forbidden")
    assert code(await forum.ben.browser.delete(path)) == (403, "forbidden")
    assert told(await forum.ben.browser.put(path, json={"state": "retired"}))["state"] == "retired"
    await fail(forum, forum.ben, 3, first=12)
    assert await detection(forum).look(forum.anna.team_id) == 0
    assert await found(forum, forum.ben) == []
    (insight,) = await found(forum, forum.ben, state="retired")
    assert insight["evidence"]["numbers"]["sessions"] == 12
    assert (await forum.anna.browser.delete(path)).status_code == 204
    assert await detection(forum).look(forum.anna.team_id) == 0
    assert await found(forum, forum.ben, state=["retired", "proposed"]) == []


async def test_a_member_makes_a_learning_of_it(forum):
    await fail(forum, forum.ben, 12)
    await detection(forum).look(forum.anna.team_id)
    (insight,) = await found(forum, forum.ben)
    path = f"/api/insights/{insight['id']}"
    answer = await forum.ben.browser.put(path, json={"type": "learning", "state": "accepted"})
    assert (told(answer)["type"], told(answer)["state"]) == ("learning", "accepted")
    assert (await forum.anna.browser.put(path, json={"title": "Ours"})).status_code == 200


async def test_each_team_is_looked_at_once_a_day(forum):
    looking = detection(forum)
    await fail(forum, forum.ben, 12)
    await looking.step()
    assert len(await found(forum, forum.vera)) == 1
    await fail(forum, forum.ben, 3, first=12)
    await looking.step()
    assert (await found(forum, forum.vera))[0]["evidence"]["numbers"]["sessions"] == 12
    forum.later(days=1)
    await looking.step()
    assert (await found(forum, forum.vera))[0]["evidence"]["numbers"]["sessions"] == 15
