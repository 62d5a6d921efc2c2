"""What a team has learnt is told to whoever follows the team, in the words of the service that tells it."""

import pytest

from services.contracts.channels import Tidings, team_channel
from services.contracts.frames import FrameComment, FrameInsight, FrameInsightChange, FrameInsightGone
from tests.gateway.stage import BEN, TEAM, Stage, session_id

ID = "00000000-0000-4000-8000-000000000001"
AT = "2026-03-01T12:00:00Z"
KNOWN = {
    "type": "learning", "title": "Name it", "tags": ["names"], "state": "proposed", "upvotes": 0,
    "comments": 0, "version": 1, "updated_at": AT,
}  # fmt: skip
COMMENT = {
    "id": ID, "parent_id": None, "user_id": None, "username": None, "content": "Is it?", "mentions": [],
    "deleted": False, "edited": False, "version": 1, "created_at": AT, "updated_at": AT,
}  # fmt: skip
WHOLE = KNOWN | {
    "id": ID, "content": "So **others** find it.", "origin": "person", "session_id": None,
    "session_title": None, "moment": None, "shared_by": str(BEN), "username": "ben", "voted": False,
    "evidence": None, "created_at": AT,
}  # fmt: skip


def shared() -> Tidings:
    return Tidings(frame="insight_shared", id=f"shared {ID}", rank=1, data=WHOLE)


def voted(upvotes: int) -> Tidings:
    data = KNOWN | {"insight_id": ID, "revision": upvotes + 1, "upvotes": upvotes}
    return Tidings(frame="insight_updated", id=f"insight {ID}", rank=upvotes + 1, data=data)


def added(n: int = 1) -> Tidings:
    data = {"insight_id": ID, "comment": COMMENT}
    return Tidings(frame="comment_added", id=f"comment {n}", rank=1, data=data)


def gone() -> Tidings:
    return Tidings(frame="insight_deleted", id=f"insight {ID}", rank=2**62, data={"insight_id": ID})


async def tell(stage: Stage, *messages: Tidings) -> None:
    for message in messages:
        await stage.fanout.publish(team_channel(TEAM), message.model_dump_json().encode())
    await stage.clock.advance(2)


def heard(browser) -> list[dict]:
    kinds = ("insight_shared", "insight_updated", "insight_deleted", "comment_added")
    found = [one for one in browser.frames if one["type"] in kinds]
    browser.clear()
    return found


@pytest.fixture
async def stage():
    async with Stage() as made:
        yield made


async def test_frames_say_it_as_it_was_told(stage):
    _, browser = await stage.joined(BEN)
    await tell(stage, shared(), added())
    first, said = heard(browser)
    await tell(stage, gone(), voted(1))
    (last,) = heard(browser)
    assert FrameInsight.model_validate(first).data.model_dump(mode="json") == WHOLE
    assert FrameComment.model_validate(said).data.comment.content == "Is it?"
    assert str(FrameInsightGone.model_validate(last).data.insight_id) == ID
    assert first["channel"] == f"team:{TEAM}"


async def test_of_what_follows_quickly_the_newest_is_told_and_nothing_older_after_it(stage):
    _, browser = await stage.joined()
    await tell(stage, voted(1), voted(3), voted(2))
    (frame,) = heard(browser)
    assert FrameInsightChange.model_validate(frame).data.upvotes == 3
    await tell(stage, voted(2), added(1), added(2))
    assert [one["type"] for one in heard(browser)] == ["comment_added", "comment_added"]


async def test_whoever_follows_one_session_or_person_hears_nothing_of_it(stage):
    await stage.ingest.put(1)
    _, session = await stage.joined(channel=f"session:{session_id(1)}")
    _, own = await stage.joined(BEN, channel=f"user:{BEN}")
    await tell(stage, shared(), voted(1))
    assert (heard(session), heard(own)) == ([], [])


async def test_what_was_missed_is_told_on_coming_back(stage):
    client, browser = await stage.joined()
    await tell(stage, shared())
    heard(browser)
    stage.hub.leave(client)
    await tell(stage, voted(1), added(), voted(2))
    again, later = stage.open()
    await stage.subscribe(again, since=browser.cursors[f"team:{TEAM}"])
    await stage.clock.advance(2)
    told = heard(later)
    assert sorted(one["type"] for one in told) == ["comment_added", "insight_updated"]
    assert next(one for one in told if one["type"] == "insight_updated")["data"]["upvotes"] == 2
