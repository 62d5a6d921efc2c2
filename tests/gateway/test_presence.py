"""Who looks at a session is told to whoever may see it, through whichever gateway, and nobody else."""

from uuid import UUID

import pytest

from services.contracts.channels import RightsChanged
from services.contracts.frames import FramePresence
from tests.gateway.house import House, hear, say
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id

ID = str(session_id(1))
CHANNEL = f"session:{ID}"
CARL = UUID(int=13)
NAMES = {ANNA: "anna", BEN: "Ben", CARL: "carl"}
# A turn of the gateway, for what is done and for what another tells of it.
TURN = 1.1


async def look(stage, who=ANNA, channel=CHANNEL, **changes):
    client, browser = stage.open(caller(who, username=NAMES[who], **changes))
    await stage.subscribe(client, channel)
    await stage.clock.advance(TURN)
    return client, browser


def shown(browser):
    """Whom the page shows, by what it was told last; `None` when it was told nothing."""
    told = browser.of("presence")
    return [one["username"] for one in told[-1]["data"]["people"]] if told else None


@pytest.fixture
async def stage():
    async with Stage() as made:
        await made.ingest.put(1)
        yield made


class Wire:
    """A fan-out that others have made, and that can be cut for those who speak by this one."""

    def __init__(self, fanout):
        self._fanout = fanout
        self.is_cut = False

    async def publish(self, channel, payload):
        if self.is_cut:
            raise ConnectionError(channel)
        return await self._fanout.publish(channel, payload)

    def __getattr__(self, name):
        return getattr(self._fanout, name)


class Wires:
    """Two gateways over one fan-out; what the other says of itself goes by `wire`."""

    def __init__(self, one, other):
        self.one, self.other, self.wire = one, other, other.fanout

    async def pause(self, seconds=2 * TURN):
        await self.one.clock.advance(seconds)


@pytest.fixture
async def wires():
    async with Stage() as one:
        await one.ingest.put(1)
        async with Stage(lambda *_: Wire(one.fanout), one.clock) as other:
            other.ingest.sessions = one.ingest.sessions
            other.ingest.versions = one.ingest.versions
            yield Wires(one, other)


async def test_each_is_told_of_the_other_and_of_their_going(stage):
    _, anna = await look(stage)
    assert shown(anna) is None
    second, ben = await look(stage, BEN)
    assert (shown(anna), shown(ben)) == (["Ben"], ["anna"])
    frame = FramePresence.model_validate(anna.of("presence")[-1])
    assert (frame.channel, frame.data.session_id, frame.data.people[0].user_id) == (
        CHANNEL, session_id(1), BEN,
    )  # fmt: skip
    stage.lose(second)
    await stage.clock.advance(TURN)
    assert shown(anna) == []


async def test_a_person_is_one_however_many_tabs_they_have(stage):
    _, anna = await look(stage)
    first, _ = await look(stage, BEN)
    second, _ = await look(stage, BEN)
    assert shown(anna) == ["Ben"]
    stage.lose(first)
    await stage.clock.advance(TURN)
    assert shown(anna) == ["Ben"]
    assert len(anna.of("presence")) == 1
    stage.hub.unsubscribe(second, CHANNEL)
    await stage.clock.advance(TURN)
    assert shown(anna) == []


async def test_one_is_not_told_of_oneself(stage):
    _, anna = await look(stage)
    _, again = await look(stage)
    await stage.clock.advance(20)
    assert (shown(anna), shown(again)) == (None, None)


async def test_who_hears_of_the_whole_team_looks_at_no_session(stage):
    _, anna = await look(stage)
    _, ben = await look(stage, BEN, f"team:{TEAM}")
    await stage.clock.advance(TURN)
    assert (shown(anna), shown(ben)) == (None, None)


async def test_a_script_is_nobody_who_looks(stage):
    _, anna = await look(stage)
    _, script = await look(stage, BEN, via="token")
    assert (shown(anna), shown(script)) == (None, ["anna"])


async def test_of_a_private_session_nobody_is_told(stage):
    await stage.ingest.put(2, ANNA, visibility="private")
    _, anna = await look(stage, channel=f"session:{session_id(2)}")
    client, ben = stage.open(caller(BEN, username="Ben"))
    await stage.subscribe(client, f"session:{session_id(2)}")
    await stage.clock.advance(TURN)
    assert ben.types() == ["error"]
    assert (shown(anna), shown(ben)) == (None, None)


async def test_who_may_see_it_no_more_is_neither_told_nor_shown(stage):
    _, anna = await look(stage)
    _, ben = await look(stage, BEN)
    ben.clear()
    await stage.ingest.put(1, visibility="private")
    await stage.clock.advance(TURN)
    assert shown(anna) == []
    _, carl = stage.open(caller(CARL))
    await look(stage, ANNA)
    await stage.clock.advance(20)
    assert [frame["type"] for frame in ben.frames] == ["session_update"]
    assert carl.frames == []
    await stage.ingest.put(1, visibility="team")
    await stage.clock.advance(TURN)
    assert (shown(anna), shown(ben)) == (["Ben"], None)


async def test_of_a_deleted_session_nobody_is_told(stage):
    _, anna = await look(stage)
    await stage.ingest.delete(1)
    _, ben = await look(stage, BEN)
    await stage.clock.advance(TURN)
    assert (shown(anna), shown(ben)) == (None, None)


async def test_it_is_told_once_a_second_at_most(stage):
    _, anna = await look(stage)
    anna.clear()
    for _ in range(20):
        client, _ = stage.open(caller(BEN, username="Ben"))
        await stage.subscribe(client, CHANNEL)
        stage.lose(client)
    await stage.clock.advance(TURN)
    assert len(anna.of("presence")) <= 1


async def test_of_very_many_the_first_by_name_are_told():
    async with Stage(presence_people=3) as stage:
        await stage.ingest.put(1)
        for n in range(6):
            client, _ = stage.open(caller(UUID(int=100 + n), username=f"p{n}"))
            await stage.subscribe(client, CHANNEL)
        _, anna = await look(stage)
        assert shown(anna) == ["p0", "p1", "p2"]


async def test_one_who_does_not_read_is_told_the_newest_when_they_do(stage):
    _, anna = await look(stage)
    anna.stop_reading()
    await stage.ingest.put(1, title="so that there is something to read")
    await stage.clock.advance(TURN)
    first, _ = await look(stage, BEN)
    await look(stage, CARL)
    stage.lose(first)
    await stage.clock.advance(TURN)
    anna.read_on()
    await stage.clock.advance(TURN)
    assert [[one["username"] for one in each["data"]["people"]] for each in anna.of("presence")] == [["carl"]]


async def test_nothing_is_told_while_rights_are_in_doubt(stage):
    first, anna = await look(stage)
    first.hold()
    await look(stage, BEN)
    assert shown(anna) is None
    first.release()
    await stage.clock.advance(TURN)
    assert shown(anna) == ["Ben"]


async def test_whose_access_has_ended_is_shown_no_more(stage):
    _, anna = await look(stage)
    await look(stage, BEN)
    stage.gate.ended.add(caller(BEN).sid)
    await stage.fanout.publish("control", RightsChanged(user_id=BEN).model_dump_json().encode())
    await stage.clock.advance(TURN)
    assert shown(anna) == []


async def test_gateways_tell_each_other(wires):
    _, anna = await look(wires.one)
    second, ben = await look(wires.other, BEN)
    await wires.pause()
    assert (shown(anna), shown(ben)) == (["Ben"], ["anna"])
    wires.other.lose(second)
    await wires.pause()
    assert shown(anna) == []


async def test_a_gateway_that_was_killed_is_forgotten_with_everybody_in_it(wires):
    _, anna = await look(wires.one)
    await look(wires.other, BEN)
    await wires.pause()
    assert shown(anna) == ["Ben"]
    # It goes on to think that Ben is there, and cannot say so.
    wires.wire.is_cut = True
    await wires.pause(4)
    assert shown(anna) == ["Ben"]
    await wires.pause(wires.one.settings.presence_expiry_seconds)
    assert shown(anna) == []


async def test_a_gateway_that_stops_says_so(stage):
    async with Stage(lambda *_: Wire(stage.fanout), stage.clock) as other:
        other.ingest.sessions = stage.ingest.sessions
        _, anna = await look(stage)
        await look(other, BEN)
        await stage.clock.advance(TURN)
        assert shown(anna) == ["Ben"]
    await stage.clock.advance(TURN)
    assert shown(anna) == []


async def test_what_was_lost_between_gateways_is_made_good(wires):
    wires.wire.is_cut = True
    _, anna = await look(wires.one)
    await look(wires.other, BEN)
    await wires.pause()
    assert shown(anna) is None
    wires.wire.is_cut = False
    await wires.pause()
    assert shown(anna) == ["Ben"]


async def test_nothing_of_a_private_session_goes_between_gateways(wires):
    await look(wires.one)
    await look(wires.other, BEN)
    await wires.pause()
    heard = await wires.one.fanout.listen()
    await heard.add(f"presence:{TEAM}")
    await wires.one.ingest.put(1, visibility="private")
    await wires.pause(20)
    await heard.close()
    entries = [entry.payload async for entry in heard]
    assert entries
    assert all(b"anna" not in one and b"Ben" not in one for one in entries)


async def test_when_nobody_looks_nothing_is_said(stage):
    client, _ = await look(stage)
    stage.lose(client)
    await stage.clock.advance(TURN)
    before = (await stage.fanout.tops([f"presence:{TEAM}"]))[0]
    await stage.clock.advance(30)
    assert (await stage.fanout.tops([f"presence:{TEAM}"]))[0] == before


async def test_sockets_carry_it(direct):
    async with House(direct=direct, presence_seconds=0.05) as house:
        await house.ingest.put(1)
        house.gate.callers = {"anna": caller(ANNA, username="anna"), "ben": caller(BEN, username="ben")}
        async with house.signed_in() as anna:
            await say(anna, type="subscribe", channel=CHANNEL)
            assert (await hear(anna))["type"] == "subscribed"
            async with house.signed_in("ben") as ben:
                await say(ben, type="subscribe", channel=CHANNEL)
                frames = [await hear(ben), await hear(ben), await hear(anna)]
            frames.append(await hear(anna))
    names = [[one["username"] for one in frame["data"]["people"]] for frame in frames[1:]]
    assert names == [["anna"], ["ben"], []]
