"""What both transports promise; each server supplies itself."""

from collections.abc import AsyncIterator

import pytest

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.transports import Failure, Transport
from tests.agent.reports import ready
from tests.agent.transports.doors import AmqpDoor, Door, HttpDoor
from tests.support.waiting import eventually


@pytest.fixture(params=["http", pytest.param("amqp", marks=pytest.mark.servers)])
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    if request.param == "http":
        made: HttpDoor | AmqpDoor = HttpDoor(request.getfixturevalue("dashboard"))
    else:
        made = AmqpDoor(request.getfixturevalue("broker"), request.getfixturevalue("amqp_url"))
        await made.start()
    yield made
    await made.close()


async def opened(door: Door, limits: Limits | None = None) -> Transport:
    transport = await door.open(limits=limits)
    assert not isinstance(transport, Failure), transport
    return transport


async def test_what_is_confirmed_has_arrived_byte_for_byte(door: Door) -> None:
    reports = ready("a", "b", "ü–漢")
    delivery = await (await opened(door)).send(reports)
    assert list(delivery.confirmed) == list(reports)
    assert not delivery.rejected
    assert delivery.failure is None
    found = await door.received(3)
    assert found == [protocol.Report.model_validate_json(one.body) for one in reports]


async def test_more_than_fit_at_once_arrive_once(door: Door) -> None:
    reports = ready(*(f"s{n}" for n in range(450)))
    limits = Limits(batch_reports=100, in_flight=40)
    delivery = await (await opened(door, limits)).send(reports)
    assert len(delivery.confirmed) == 450
    assert [one.session.native_id for one in await door.received(450)] == [f"s{n}" for n in range(450)]


async def test_nothing_to_send_is_nothing_sent(door: Door) -> None:
    transport = await opened(door)
    delivery = await transport.send(())
    assert (list(delivery.confirmed), delivery.failure) == ([], None)
    await door.received(0)


async def test_a_heartbeat_arrives(door: Door) -> None:
    transport = await opened(door)
    assert await transport.heartbeat() is None
    await door.beats(1)


async def test_what_is_not_taken_is_not_confirmed(door: Door) -> None:
    transport = await opened(door)
    await door.take_nothing()
    delivery = await transport.send(ready("a", "b"))
    assert not delivery.confirmed
    assert not delivery.rejected
    assert delivery.failure is not None
    assert delivery.failure.answered
    assert not delivery.failure.refused
    assert isinstance(await transport.heartbeat(), Failure)
    await door.received(0)


async def test_a_lost_connection_confirms_nothing(door: Door) -> None:
    transport = await opened(door)

    async def lost() -> bool:
        await door.drop()
        return (await transport.send(ready("a"))).failure is not None

    await eventually(lost)
    delivery = await transport.send(ready("a"))
    assert not delivery.confirmed
    assert delivery.failure is not None
    assert not delivery.failure.refused
    assert isinstance(await transport.heartbeat(), Failure)


async def test_a_wrong_token_is_refused_as_such(door: Door) -> None:
    failure = await door.open(token="wrong")
    assert isinstance(failure, Failure)
    assert failure.refused
    assert "token" in failure.reason


async def test_closing_twice_is_closing(door: Door) -> None:
    transport = await opened(door)
    await transport.close()
    await transport.close()
