"""How a command to a session's machine stands is told to whoever is shown the session."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.contracts.channels import CommandChanged, team_channel, user_channel
from services.contracts.commands import CommandOutcome, SessionCommand
from services.contracts.frames import FrameCommand
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, session_id
from tests.gateway.stopwatch import START

DONE = CommandOutcome(code="closed", detail="The session was closed.", export_bytes=None)


def command(status: str = "pending", n: int = 1, *, of: int = 1, **changes) -> CommandChanged:
    known = {
        "id": UUID(int=100 + n), "session_id": session_id(of), "kind": "close", "status": status,
        "note": "waits", "asked_by": ANNA, "asked_by_name": "anna", "asked_as": "owner", "hostname": "box",
        "machine_online": True, "created_at": START, "expires_at": START + timedelta(minutes=10),
        "sent_at": None, "started_at": None, "ended_at": None, "result": DONE if status == "done" else None,
    }  # fmt: skip
    return CommandChanged(command=SessionCommand(**(known | changes)))


async def tell(stage: Stage, *messages: CommandChanged, channel: str = team_channel(TEAM)) -> None:
    for message in messages:
        await stage.fanout.publish(channel, message.model_dump_json().encode())
    await stage.clock.advance(2)


def heard(browser) -> list[FrameCommand]:
    found = [FrameCommand.model_validate(one) for one in browser.frames if one["type"] == "command_result"]
    browser.clear()
    return found


@pytest.fixture
async def stage():
    async with Stage() as made:
        await made.ingest.put(1)
        yield made


@pytest.mark.parametrize("channel", [f"team:{TEAM}", f"session:{session_id(1)}"])
async def test_a_frame_says_how_it_stands(stage, channel):
    _, browser = await stage.joined(channel=channel)
    await tell(stage, command())
    (frame,) = heard(browser)
    assert (frame.channel, frame.data.status, frame.data.session_id) == (channel, "pending", session_id(1))
    await tell(stage, command("done"))
    (frame,) = heard(browser)
    assert (frame.data.status, frame.data.result) == ("done", DONE)


async def test_the_furthest_state_is_told_and_none_before_it_follows(stage):
    _, browser = await stage.joined()
    await tell(stage, command(), command("sent"), command("started"))
    assert [frame.data.status for frame in heard(browser)] == ["started"]
    await tell(stage, command("done"), command("sent"), command("failed"))
    assert [frame.data.status for frame in heard(browser)] == ["done"]


async def test_two_commands_are_two(stage):
    _, browser = await stage.joined()
    await tell(stage, command(n=1), command(n=2))
    assert len(heard(browser)) == 2


async def test_of_a_session_that_is_not_shown_nothing_is_told(stage):
    await stage.ingest.put(2)
    _, filtered = await stage.joined(tags=["x"])
    _, other = await stage.joined(channel=f"session:{session_id(2)}")
    await tell(stage, command())
    assert (heard(filtered), heard(other)) == ([], [])


async def test_of_a_private_session_its_owner_alone_is_told(stage):
    await stage.ingest.put(3, visibility="private")
    _, anna = await stage.joined()
    _, ben = await stage.joined(BEN)
    await tell(stage, command(of=3), channel=user_channel(TEAM, ANNA))
    assert (len(heard(anna)), heard(ben)) == (1, [])


async def test_what_was_missed_is_told_on_coming_back(stage):
    client, browser = await stage.joined()
    await tell(stage, command())
    heard(browser)
    stage.hub.leave(client)
    await tell(stage, command("done"))
    again, later = stage.open()
    await stage.subscribe(again, since=browser.cursors[f"team:{TEAM}"])
    await stage.clock.advance(2)
    assert [frame.data.status for frame in heard(later)] == ["done"]
