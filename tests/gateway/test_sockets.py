"""Real sockets: what is said on them, and how much may be."""

import contextlib
import json

import pytest

from tests.gateway.house import TEAM_CHANNEL, House, closing, hear, say
from tests.gateway.stage import ANNA, BEN, TEAM, session_id
from tests.support.waiting import eventually

pytestmark = pytest.mark.composed


@pytest.fixture
async def house(direct):
    async with House(direct=direct) as house:
        yield house


@pytest.mark.parametrize("path", ["/ws/sessions", "/ws/team", "/ws/notifications"])
async def test_from_the_first_frame_to_a_live_change(house, path):
    house.ingest.save(1)
    async with house.connect(path) as socket:
        await say(socket, type="auth", token="anna")
        frame = await hear(socket)
        assert (frame["type"], frame["user_id"], frame["team_id"]) == ("authenticated", str(ANNA), str(TEAM))
        await say(socket, type="subscribe", channel=TEAM_CHANNEL)
        frame = await hear(socket)
        assert [one["session_id"] for one in frame["sessions"]] == [str(session_id(1))]
        await house.ingest.put(1, title="live")
        frame = await hear(socket)
        assert (frame["type"], frame["data"]["title"]) == ("session_update", "live")
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        await say(socket, type="unsubscribe", channel=TEAM_CHANNEL)
        assert await hear(socket) == {"type": "unsubscribed", "channel": TEAM_CHANNEL}
    await eventually(lambda: house.open_sockets() == 0)


async def test_a_page_may_say_everything_at_once(house):
    async with house.connect() as socket:
        await say(socket, type="auth", token="anna")
        await say(socket, type="subscribe", channel=TEAM_CHANNEL)
        await say(socket, type="ping")
        types = [(await hear(socket))["type"] for _ in range(3)]
        assert types == ["authenticated", "subscribed", "pong"]


async def test_another_teams_channel_is_not_found_and_the_socket_stays(house):
    async with house.signed_in() as socket:
        for channel in (f"team:{BEN}", f"user:{BEN}"):
            await say(socket, type="subscribe", channel=channel)
            frame = await hear(socket)
            assert (frame["type"], frame["code"], frame["channel"]) == ("error", "not_found", channel)
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}


async def test_a_message_over_sixteen_kib_is_1009(house):
    async with house.signed_in() as socket:
        await socket.send(json.dumps({"type": "ping"}).ljust(16 * 1024))
        assert await hear(socket) == {"type": "pong"}
        await socket.send(json.dumps({"type": "ping"}).ljust(16 * 1024 + 1))
        assert (await closing(socket))[0] == 1009


async def test_binary_is_1003(house):
    async with house.signed_in() as socket:
        await socket.send(b'{"type": "ping"}')
        assert (await closing(socket))[0] == 1003
    async with house.connect() as socket:
        await socket.send(b'{"type": "auth", "token": "anna"}')
        assert (await closing(socket))[0] == 1003


BAD = [
    "", "nonsense", "[]", "null", '"ping"', "{}", '{"type": "dance"}', '{"type": ["ping"]}', '{"type": NaN}',
    '{"type": "ping", "more": 1}', '{"type": "subscribe"}', '{"type": "subscribe", "channel": 5}',
    '{"type": "subscribe", "channel": ""}', '{"type": "subscribe", "channel": "' + "x" * 121 + '"}',
    '{"type": "subscribe", "channel": "a", "filters": {"team": ["x"]}}',
    '{"type": "subscribe", "channel": "a", "filters": {"status": ["asleep"]}}',
    '{"type": "subscribe", "channel": "a", "filters": {"tags": ["' + '","'.join("x" * 51) + '"]}}',
    '{"type": "subscribe", "channel": "a", "filters": {"tags": ["a\\u0000b"]}}',
    '{"type": "subscribe", "channel": "\\ud800"}', '{"type": "subscribe", "channel": "a", "since": 1e400}',
    '{"type": "subscribe", "channel": "a", "since": null, "filters": null}', "[" * 16_000,
    '{"type": "ping", "type": "dance"}', "9" * 16_000, "\u0000", '{"type": "unsubscribe", "channel": {}}',
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
async def test_a_frame_that_means_nothing_gets_an_error_and_the_fifth_1008(house, bad):
    async with house.signed_in() as socket:
        for _ in range(4):
            await socket.send(bad)
            frame = await hear(socket)
            assert (frame["type"], frame["code"]) == ("error", "invalid")
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        await socket.send(bad)
        assert (await closing(socket))[0] == 1008


async def test_the_sixty_first_message_of_a_minute_is_4429(house):
    async with house.signed_in() as socket:
        for _ in range(60):
            await say(socket, type="ping")
            assert await hear(socket) == {"type": "pong"}
        await say(socket, type="ping")
        assert (await closing(socket))[0] == 4429


async def test_the_eleventh_socket_of_a_person_is_4429(house):
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(house.signed_in())
        async with house.connect() as socket:
            await say(socket, type="auth", token="anna")
            assert (await closing(socket))[0] == 4429
        await stack.enter_async_context(house.signed_in("ben"))
        assert house.open_sockets() == 11
    await eventually(lambda: house.open_sockets() == 0)
