"""Real sockets: a server on a free port, and a client that is not ours."""

import asyncio
import contextlib
import itertools
import json
import logging
import socket as sockets
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway.app import GatewayPart
from services.contracts.channels import CONTROL, RightsChanged
from services.runtime.auth.tickets import put_ticket, take_ticket
from services.runtime.clock import SystemClock
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.fanout.memory import MemoryFanout
from services.runtime.host import build_app
from services.runtime.host.server import DrainingServer
from services.runtime.host.sockets import PromptSockets
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from services.runtime.telemetry import SILENCED
from tests.gateway.stage import ANNA, BEN, TEAM, Ingest, OpenGate, caller, session_id
from tests.support.waiting import eventually

TEAM_CHANNEL = f"team:{TEAM}"
SECONDS = 20


class House:
    """A process with a gateway in it."""

    def __init__(self, sockets=PromptSockets, **settings) -> None:
        self.settings = Settings(**({"cors_origins": "https://board.example"} | settings))
        self.clock = SystemClock()
        self.metrics = Metrics()
        self.fanout = MemoryFanout(self.settings, self.clock, self.metrics)
        self.ephemeral = MemoryEphemeral(self.clock)
        self.ingest = Ingest(self.fanout)
        self.gate = OpenGate()
        self.gate.callers = {"anna": caller(ANNA), "ben": caller(BEN)}
        self.part = GatewayPart(
            self.settings, self.clock, self.metrics, self.fanout, self.ingest, self.gate, self._take_ticket
        )
        app = build_app(self.settings, self.metrics, [self.part])
        config = uvicorn.Config(
            app, log_config=None, ws=sockets, ws_per_message_deflate=False, ws_max_size=2**20, lifespan="on"
        )
        self.up = asyncio.Event()
        self.server = DrainingServer(config, [self.part], self._is_up)
        self.port = 0

    async def __aenter__(self):
        listening = sockets.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self._serving = asyncio.create_task(self.server.serve([listening]))
        await self.up.wait()
        return self

    async def _is_up(self):
        self.up.set()

    async def __aexit__(self, *_):
        self.server.should_exit = True
        await self._serving

    async def _take_ticket(self, ticket):
        return await take_ticket(self.ephemeral, ticket)

    def url(self, path="/ws/sessions"):
        return f"ws://127.0.0.1:{self.port}{path}"

    def connect(self, path="/ws/sessions", **given):
        return connect(self.url(path), compression=None, ping_interval=None, **given)

    @contextlib.asynccontextmanager
    async def signed_in(self, token="anna", **given):
        async with self.connect(**given) as socket:
            await say(socket, type="auth", token=token)
            assert (await hear(socket))["type"] == "authenticated"
            yield socket

    async def ticket(self, who=None):
        return await put_ticket(self.ephemeral, who or caller(ANNA), 30)

    def open_sockets(self):
        return self.metrics.registry.get_sample_value("td_sockets")


async def say(socket, **frame):
    await socket.send(json.dumps(frame))


async def hear(socket):
    async with asyncio.timeout(SECONDS):
        return json.loads(await socket.recv())


async def closing(socket):
    """The code and reason with which the server closes, whatever it says before."""
    try:
        while True:
            await hear(socket)
    except ConnectionClosed as closed:
        return closed.rcvd.code, closed.rcvd.reason


@pytest.fixture
async def house():
    async with House() as house:
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


async def test_a_ticket_opens_one_socket_and_is_not_spoken_of(house):
    ticket = await house.ticket()
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        await say(socket, type="subscribe", channel=TEAM_CHANNEL)
        assert (await hear(socket))["type"] == "subscribed"
        async with house.connect(f"/ws/sessions?ticket={ticket}") as second:
            assert (await closing(second))[0] == 4401


async def test_a_header_opens_a_socket(house):
    async with house.connect(additional_headers={"Authorization": "Bearer anna"}) as socket:
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}


@pytest.mark.parametrize("ticket", ["", "wrong", "x" * 43, "\u00e9" * 43])
async def test_a_wrong_ticket_is_4401(house, ticket):
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        assert (await closing(socket))[0] == 4401


async def test_a_ticket_of_somebody_whose_access_has_ended_is_4401(house):
    ticket = await house.ticket()
    house.gate.ended.add(caller(ANNA).sid)
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        assert (await closing(socket))[0] == 4401


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic YTpi", "anna", ""])
async def test_a_wrong_header_is_4401(house, header):
    async with house.connect(additional_headers={"Authorization": header}) as socket:
        assert (await closing(socket))[0] == 4401


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "auth", "token": "wrong"}',
        '{"type": "auth"}',
        '{"type": "ping"}',
        '{"type": "subscribe", "channel": "team:x"}',
        "nonsense",
        "",
    ],
)
async def test_a_first_frame_that_proves_nothing_is_4401(house, first):
    async with house.connect() as socket:
        await socket.send(first)
        assert (await closing(socket))[0] == 4401


async def test_who_says_nothing_is_4401():
    async with House(socket_auth_seconds=0.05) as house, house.connect() as socket:
        assert (await closing(socket))[0] == 4401


async def test_a_token_of_an_agent_is_4403(house):
    house.gate.callers["agent"] = caller(ANNA, scopes=frozenset({"agent"}))
    async with house.connect() as socket:
        await say(socket, type="auth", token="agent")
        assert (await closing(socket))[0] == 4403


async def test_while_nobody_can_be_told_apart_clients_are_asked_to_come_back(house):
    ticket = await house.ticket()
    house.gate.broken = True
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        code, reason = await closing(socket)
    assert code == 1012
    assert 0 <= json.loads(reason)["retry_in_ms"] <= 15_000


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_from_elsewhere_gets_no_socket(house, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with house.connect(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_pages_of_this_host_and_of_those_configured_get_one(house):
    for origin in ("https://board.example", f"http://127.0.0.1:{house.port}"):
        async with house.signed_in(origin=origin):
            pass


async def test_another_teams_channel_is_not_found_and_the_socket_stays(house):
    async with house.signed_in() as socket:
        for channel in (f"team:{BEN}", f"user:{BEN}"):
            await say(socket, type="subscribe", channel=channel)
            frame = await hear(socket)
            assert (frame["type"], frame["code"], frame["channel"]) == ("error", "not_found", channel)
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}


async def test_the_token_runs_out_with_its_socket(house):
    ends = datetime.now(UTC) + timedelta(seconds=1)
    token = jwt.encode({"exp": ends}, "k" * 32, "HS256")
    house.gate.callers[token] = caller(ANNA)
    async with house.signed_in(token) as socket:
        assert (await closing(socket))[0] == 4401
        assert datetime.now(UTC) >= ends.replace(microsecond=0)


async def test_a_newer_token_of_the_same_person_keeps_the_socket(house):
    async with house.signed_in() as socket:
        await say(socket, type="auth", token="anna")
        assert (await hear(socket))["type"] == "authenticated"
        await say(socket, type="auth", token="ben")
        assert (await closing(socket))[0] == 4401


async def test_a_log_out_closes_the_socket_at_once(house):
    async with house.signed_in() as socket, house.signed_in("ben") as other:
        house.gate.ended.add(caller(ANNA).sid)
        change = RightsChanged(sid=caller(ANNA).sid)
        await house.fanout.publish(CONTROL, change.model_dump_json().encode())
        assert (await closing(socket))[0] == 4401
        await say(other, type="ping")
        assert await hear(other) == {"type": "pong"}


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


async def test_one_who_does_not_read_is_cut_with_4408_and_the_others_are_not():
    async with (
        House(socket_send_seconds=3.0, frame_interval_seconds=0.01) as house,
        house.signed_in("ben", max_queue=1) as slow,
        house.signed_in() as quick,
    ):
        for socket in (slow, quick):
            await say(socket, type="subscribe", channel=TEAM_CHANNEL)
            assert (await hear(socket))["type"] == "subscribed"
        slow.transport.pause_reading()
        reader = asyncio.create_task(titles_until(quick, "last"))
        await flood(house)
        slow.transport.resume_reading()
        assert (await closing(slow))[0] == 4408
        await house.ingest.put(99, title="last")
        await reader
        await eventually(lambda: house.open_sockets() == 1)


async def flood(house):
    """Change sessions until somebody was cut for not reading that."""
    async with asyncio.timeout(SECONDS):
        for n in itertools.count():
            await house.ingest.put(n % 50, note="x" * 9_000)
            await asyncio.sleep(0.001)
            if cut(house):
                return


def cut(house):
    return house.metrics.registry.get_sample_value("td_sockets_cut_total", {"code": "4408"})


class Impatient(PromptSockets):
    linger_seconds = 0.1
    close_timeout = 0.1


async def test_one_who_never_reads_again_is_cut_off_and_leaves_nothing_behind():
    async with (
        House(Impatient, socket_send_seconds=0.2, frame_interval_seconds=0.01) as house,
        house.signed_in("ben", max_queue=1) as slow,
    ):
        await say(slow, type="subscribe", channel=TEAM_CHANNEL)
        assert (await hear(slow))["type"] == "subscribed"
        slow.transport.pause_reading()
        await flood(house)
        await eventually(lambda: not house.server.server_state.connections)
        slow.transport.abort()


async def test_a_ticket_is_named_by_no_logger_but_the_one_that_is_silenced(house, caplog):
    caplog.set_level(logging.INFO)
    ticket = await house.ticket()
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        await say(socket, type="ping")
        await hear(socket)
    named = {record.name for record in caplog.records if ticket in record.getMessage()}
    assert named == {"uvicorn.sockets"}
    assert "uvicorn.sockets" in SILENCED


async def titles_until(socket, title):
    while True:
        frame = await hear(socket)
        for one in frame.get("frames", [frame]):
            if one["data"]["title"] == title:
                return


async def test_stopping_asks_everybody_to_come_back_later(house):
    async with house.signed_in() as first, house.signed_in("ben") as second:
        house.server.should_exit = True
        for socket in (first, second):
            code, reason = await closing(socket)
            assert code == 1012
            assert 0 <= json.loads(reason)["retry_in_ms"] <= 15_000
    assert house.open_sockets() == 0


async def test_a_socket_that_comes_while_others_are_sent_away_is_sent_away_too(house):
    await house.part.drain()
    async with house.connect() as late:
        await say(late, type="auth", token="anna")
        code, reason = await closing(late)
    assert (code, list(json.loads(reason))) == (1012, ["retry_in_ms"])
