import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llm_session_manager import protocol
from llm_session_manager.cli import main
from llm_session_manager.config import Limits
from llm_session_manager.sender import Sender
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Entry, Spool
from llm_session_manager.transports import Failure, Transport
from llm_session_manager.transports.amqp import connect
from tests.agent.dashboard import TOKEN
from tests.agent.dashboard import Dashboard as App
from tests.agent.reports import ready
from tests.agent.rig import HELLO, Server
from tests.agent.transcripts import facts
from tests.agent.transports.doors import WELCOME, AmqpDoor, config
from tests.support.servers.broker import Broker
from tests.support.waiting import eventually

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("logs_stay")]


@pytest.fixture
async def door(broker: Broker, amqp_url: str) -> AsyncIterator[AmqpDoor]:
    made = AmqpDoor(broker, amqp_url)
    await made.start()
    yield made
    await made.close()


async def opened(door: AmqpDoor, limits: Limits | None = None) -> Transport:
    transport = await door.open(limits=limits)
    assert not isinstance(transport, Failure), transport
    return transport


async def test_a_full_queue_keeps_reports_in_the_spool(door: AmqpDoor) -> None:
    await door.limit(2)
    delivery = await (await opened(door, Limits(in_flight=5))).send(ready(*(f"s{n}" for n in range(300))))
    assert delivery.failure is not None
    assert "full" in delivery.failure.reason
    confirmed = len(delivery.confirmed)
    assert 2 <= confirmed < 300
    assert len(await door.received(confirmed)) == confirmed


async def test_another_routing_key_than_one_s_own_is_not_used(door: AmqpDoor) -> None:
    """The key is the server's word; the agent adds nothing to it."""
    welcome = door.welcome.model_copy(update={"routing_key": "elsewhere.t.u.a"})
    transport = await connect(door.url, welcome, TOKEN, Limits(), None)
    assert not isinstance(transport, Failure)
    delivery = await transport.send(ready("a"))
    await transport.close()
    assert delivery.failure is not None
    assert "no queue" in delivery.failure.reason


async def test_a_broker_that_does_not_answer_in_time_confirms_nothing(door: AmqpDoor) -> None:
    transport = await opened(door)
    await transport.close()
    hasty = await connect(door.url, door.welcome, TOKEN, Limits(publish_timeout=1e-9), None)
    assert isinstance(hasty, Failure)


async def test_without_the_exchange_nothing_is_made_and_nothing_lost(door: AmqpDoor) -> None:
    transport = await opened(door)
    await door.remove_exchange()
    delivery = await transport.send(ready("a"))
    assert not delivery.confirmed
    assert delivery.failure is not None
    assert delivery.failure.answered
    assert not await door.has_exchange()


async def test_nobody_there() -> None:
    failure = await connect("amqp://127.0.0.1:1", WELCOME, TOKEN, Limits(), None)
    assert isinstance(failure, Failure)
    assert not failure.answered


async def test_a_spool_is_emptied_over_a_broker_that_cuts_the_connection(door: AmqpDoor) -> None:
    spool = Spool(tables.open_memory())
    spool.record([Entry(facts(f"s{n}")) for n in range(600)], {})
    cuts = iter([True, True, False])

    async def open_transport(_: protocol.Welcome) -> Transport | Failure:
        transport = await door.open(limits=Limits(in_flight=50))
        if next(cuts, False) and not isinstance(transport, Failure):
            await transport.close()
        return transport

    async def reread() -> None:
        raise AssertionError("nothing was lost")

    settings = config("http://localhost", limits=Limits(backoff_first=0.01), state_dir=Path("unused"))
    sender = Sender(settings, spool, HELLO, Server(), open_transport, reread)
    assert await sender.drain() is None
    assert spool.waiting() == 0
    assert {one.session.native_id for one in await door.received(600)} == {f"s{n}" for n in range(600)}


def command(name: str, dashboard: App, door: AmqpDoor, folder: Path, *more: str) -> list[str]:
    urls = ["--dashboard-url", dashboard.url, "--broker-url", door.url]
    return [name, *urls, "--source", f"codex={folder}", *more]


async def test_the_command_line_sends_over_a_broker(
    door: AmqpDoor, dashboard: App, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rollout = home / "sessions" / "2026" / "11" / "22" / "rollout-2026-11-22T07-30-00-t1.jsonl"
    rollout.parent.mkdir(parents=True)
    start = {"id": "t1", "cwd": "/src/shop", "cli_version": "0.140.0", "source": "cli"}
    said = {"type": "user_message", "message": "Fix it"}
    lines = [
        {"timestamp": "2026-11-22T07:30:00.000Z", "type": "session_meta", "payload": start},
        {"timestamp": "2026-11-22T07:30:01.000Z", "type": "event_msg", "payload": said},
    ]
    rollout.write_text("".join(json.dumps(line) + "\n" for line in lines))
    dashboard.agent_id = door.welcome.agent_id
    assert await asyncio.to_thread(main, command("agent", dashboard, door, home, "--once")) == 0
    (report,) = await door.received(1)
    assert (report.session.native_id, report.session.user_messages) == ("t1", 1)
    assert dashboard.requests == ["/api/agents"]
    assert await asyncio.to_thread(main, command("doctor", dashboard, door, home)) == 0
    assert f"{door.url} takes the token" in capsys.readouterr().out


async def test_a_broker_that_refuses_is_tried_again_within_the_patience(
    door: AmqpDoor, dashboard: App, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The dashboard took the token, so a broker that does not is only not ready yet."""
    dashboard.agent_id = "unknown-agent"
    once = command("agent", dashboard, door, home, "--once", "--patience", "30")
    trying = asyncio.create_task(asyncio.to_thread(main, once))
    await asyncio.to_thread(dashboard.wait_for, lambda: dashboard.requests.count("/api/agents") > 1)
    dashboard.agent_id = door.welcome.agent_id
    assert await trying == 0

    dashboard.agent_id = "unknown-agent"
    assert await asyncio.to_thread(main, [*once[:-1], "1"]) == 1
    assert "the broker refuses the token" in capsys.readouterr().err
    assert await asyncio.to_thread(main, command("doctor", dashboard, door, home)) == 1


async def test_a_command_is_acknowledged_once_it_is_taken_in(door: AmqpDoor) -> None:
    queue = await door.command_queue()
    heard: list[bytes] = []
    may_end = asyncio.Event()

    async def hear(body: bytes) -> None:
        heard.append(body)
        await may_end.wait()

    first = await connect(door.url, door.welcome, TOKEN, Limits(), None, hear)
    assert not isinstance(first, Failure)
    await door.command(b"refresh")
    await eventually(lambda: heard == [b"refresh"])
    await first.close()
    may_end.set()
    second = await connect(door.url, door.welcome, TOKEN, Limits(), None, hear)
    assert not isinstance(second, Failure)
    await eventually(lambda: heard == [b"refresh", b"refresh"])

    async def is_empty() -> bool:
        return (await queue.declare()).message_count == 0

    await eventually(is_empty)
    await second.close()
    assert (await queue.declare()).message_count == 0


async def test_without_its_queue_no_connection_is_kept(door: AmqpDoor) -> None:
    async def hear(_: bytes) -> None:
        raise AssertionError

    missing = await connect(door.url, door.welcome, TOKEN, Limits(), None, hear)
    assert isinstance(missing, Failure)
    queue = await door.command_queue()
    transport = await connect(door.url, door.welcome, TOKEN, Limits(), None, hear)
    assert not isinstance(transport, Failure)
    await queue.delete(if_unused=False, if_empty=False)

    async def is_gone() -> bool:
        return await transport.heartbeat() is not None

    await eventually(is_gone)
    await transport.close()
