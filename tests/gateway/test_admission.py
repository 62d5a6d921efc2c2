"""Who may open a socket, and for how long."""

import json
import logging
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from websockets.exceptions import InvalidStatus

from services.contracts.channels import CONTROL, RightsChanged
from services.runtime.telemetry import SILENCED
from tests.gateway.house import TEAM_CHANNEL, House, closing, hear, say
from tests.gateway.stage import ANNA, caller

pytestmark = pytest.mark.composed


@pytest.fixture
async def house(direct):
    async with House(direct=direct) as house:
        yield house


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


async def test_who_says_nothing_is_4401(direct):
    async with House(direct=direct, socket_auth_seconds=0.05) as house, house.connect() as socket:
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


async def test_a_ticket_is_named_by_no_logger_but_those_that_are_silenced(house, caplog):
    caplog.set_level(logging.DEBUG)
    ticket = await house.ticket()
    async with house.connect(f"/ws/sessions?ticket={ticket}") as socket:
        await say(socket, type="ping")
        await hear(socket)
    named = {record.name for record in caplog.records if ticket in record.getMessage()}
    server = named - {"websockets.client"}
    assert server
    assert server <= set(SILENCED)
