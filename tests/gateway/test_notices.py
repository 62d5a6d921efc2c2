"""What one person is told, and what is told of sessions: who hears it, and who does not."""

from uuid import uuid4

import pytest

from services.contracts.channels import Tidings, team_channel, user_channel
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, session_id

OWN, TEAMS = f"user:{ANNA}", f"team:{TEAM}"


@pytest.fixture
async def stage():
    async with Stage() as made:
        await made.ingest.put(1)
        yield made


async def tell(stage, channel, frame, **changes):
    told = Tidings(frame=frame, id=str(uuid4()), rank=1, data={"n": 1}, **changes)
    await stage.fanout.publish(channel, told.model_dump_json().encode())
    await stage.clock.advance(2)


async def alert(stage, channel=None, version=1):
    about = {"session_id": session_id(1), "version": version, "owner_id": ANNA}
    await tell(stage, channel or team_channel(TEAM), "health_alert", **about)


def heard(browser):
    return [one["type"] for one in browser.frames if one["type"] in {"notification", "health_alert"}]


async def test_a_notification_is_for_the_persons_own_channel_alone(stage):
    _, own = await stage.joined(channel=OWN)
    _, team = await stage.joined()
    _, ben = await stage.joined(user=BEN, channel=f"user:{BEN}")
    await tell(stage, user_channel(TEAM, ANNA), "notification", personal=True)
    assert (heard(own), heard(team), heard(ben)) == (["notification"], [], [])


async def test_a_shared_sessions_alert_is_for_the_team_its_page_and_its_owner(stage):
    found = {}
    for who, user, channel in (
        ("team", BEN, TEAMS), ("page", BEN, f"session:{session_id(1)}"), ("owner", ANNA, OWN),
        ("colleague", BEN, f"user:{BEN}"),
    ):  # fmt: skip
        _, found[who] = await stage.joined(user=user, channel=channel)
    await alert(stage)
    assert {who: len(heard(browser)) for who, browser in found.items()} == {
        "team": 1, "page": 1, "owner": 1, "colleague": 0,
    }  # fmt: skip


async def test_a_private_sessions_alert_is_for_its_owner_wherever_they_listen(stage):
    _, own = await stage.joined(channel=OWN)
    _, team = await stage.joined()
    _, ben = await stage.joined(user=BEN)
    await alert(stage, user_channel(TEAM, ANNA))
    assert (heard(own), heard(team), heard(ben)) == (["health_alert"], ["health_alert"], [])


async def test_of_a_session_that_was_taken_back_nothing_older_is_told(stage):
    _, ben = await stage.joined(user=BEN)
    await stage.ingest.put(1, visibility="private")
    await stage.clock.advance(2)
    await alert(stage, version=1)
    assert heard(ben) == []


async def test_who_comes_back_is_told_what_they_missed_but_not_of_what_was_taken_back(stage):
    _, ben = await stage.joined(user=BEN)
    since = ben.cursors[TEAMS]
    await alert(stage)
    await tell(stage, user_channel(TEAM, BEN), "notification", personal=True)
    _, again = await stage.joined(user=BEN, since=since)
    await stage.clock.advance(2)
    assert heard(again) == ["health_alert"]
    await stage.ingest.put(1, visibility="private")
    await stage.clock.advance(2)
    _, third = await stage.joined(user=BEN, since=since)
    await stage.clock.advance(2)
    assert heard(third) == []
