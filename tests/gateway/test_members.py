"""Who is in the team has changed: told once, to those who hear the whole of it."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.contracts.channels import MemberChanged, team_channel
from services.contracts.frames import FrameMember
from tests.gateway.stage import ANNA, BEN, TEAM, Stage
from tests.gateway.stopwatch import START

CARL = UUID(int=13)


def joined(n: int = 0) -> MemberChanged:
    at = START + timedelta(seconds=n)
    return MemberChanged(type="member_joined", user_id=CARL, username="carl", role="viewer", at=at)


def role(n: int, name: str) -> MemberChanged:
    at = START + timedelta(seconds=n)
    return MemberChanged(type="member_role_changed", user_id=CARL, role=name, at=at)


def gone(n: int = 0, user: UUID = CARL) -> MemberChanged:
    return MemberChanged(type="member_left", user_id=user, at=START + timedelta(seconds=n))


async def tell(stage: Stage, *messages: MemberChanged) -> None:
    for message in messages:
        await stage.fanout.publish(team_channel(TEAM), message.model_dump_json().encode())
    await stage.clock.advance(2)


def heard(browser) -> list[FrameMember]:
    found = [FrameMember.model_validate(one) for one in browser.frames if one["type"].startswith("member")]
    browser.clear()
    return found


@pytest.fixture
async def stage():
    async with Stage() as made:
        yield made


async def test_a_frame_says_who_and_what_they_are(stage):
    _, browser = await stage.joined()
    await tell(stage, joined())
    (frame,) = heard(browser)
    assert (frame.type, frame.channel) == ("member_joined", f"team:{TEAM}")
    assert frame.data.model_dump() == {"user_id": CARL, "username": "carl", "role": "viewer"}


async def test_no_change_takes_the_place_of_an_earlier_one(stage):
    _, browser = await stage.joined()
    await tell(stage, joined(), role(1, "member"), role(2, "admin"), gone(3), joined(4))
    told = [(frame.type, frame.data.role) for frame in heard(browser)]
    assert told == [
        ("member_joined", "viewer"), ("member_role_changed", "member"), ("member_role_changed", "admin"),
        ("member_left", None), ("member_joined", "viewer"),
    ]  # fmt: skip


async def test_what_is_published_twice_is_told_once(stage):
    _, browser = await stage.joined()
    await tell(stage, joined(), joined())
    await tell(stage, joined())
    assert len(heard(browser)) == 1


async def test_filters_of_sessions_hold_no_member_back(stage):
    _, browser = await stage.joined(tags=["x"], users=["anna"])
    await tell(stage, joined())
    assert len(heard(browser)) == 1


@pytest.mark.parametrize("kind", ["user", "session"])
async def test_one_session_and_ones_own_are_no_team(stage, kind):
    session = await stage.ingest.put(1)
    _, browser = await stage.joined(channel=f"{kind}:{ANNA if kind == 'user' else session.id}")
    assert browser.types() == ["subscribed"]
    await tell(stage, joined())
    assert heard(browser) == []


async def test_who_has_left_is_not_told_of_it(stage):
    _, anna = await stage.joined()
    _, ben = await stage.joined(BEN)
    await tell(stage, gone(0, BEN))
    assert len(heard(anna)) == 1
    assert heard(ben) == []


async def test_what_was_missed_is_told_on_coming_back(stage):
    client, browser = await stage.joined()
    await tell(stage, joined())
    assert len(heard(browser)) == 1
    stage.hub.leave(client)
    await tell(stage, role(1, "admin"))
    again, later = stage.open()
    await stage.subscribe(again, since=browser.cursors[f"team:{TEAM}"])
    await stage.clock.advance(2)
    assert [frame.type for frame in heard(later)] == ["member_role_changed"]
