"""Commands that come twice, that are forged, and agents that die around them, in the running product."""

import asyncio
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aio_pika
import pytest

from llm_session_manager.protocol.commands import Command, signed_text
from services.runtime.auth.keys import open_key, signature_text
from tests.agent.commands.machines import tool
from tests.agent.commands.orders import UNSIGNED, Signer
from tests.e2e.people import Machine, Person
from tests.e2e.test_commands import Desktop
from tests.support.shapes.shape import Shape
from tests.support.waiting import until


@pytest.fixture
def desktop(shape: Shape, anna: Person, way: str, tmp_path: Path) -> Desktop:
    return Desktop(shape, anna, tmp_path, way)


def failing(desktop: Desktop, way: str) -> Machine:
    """The same machine, with an agent that dies right before an effect."""
    token = (desktop.machine.folder / "token").read_text()
    folder = desktop.machine.folder
    return Machine(desktop.machine.shape, token, folder, over=way, program="tests.faults.failing_agent")


def test_an_agent_killed_before_the_effect_does_not_have_it_later(
    desktop: Desktop, way: str, tmp_path: Path
) -> None:
    with tool(tmp_path, "--resume", desktop.session.id) as process:
        dying = failing(desktop, way).start(claude_code=desktop.home)
        asked = desktop.ask("close")
        assert dying.wait(30) == -signal.SIGKILL
        with desktop.machine.watching(claude_code=desktop.home):
            result = desktop.ended(asked)
            assert (result["status"], result["result"]["code"]) == ("failed", "interrupted")
            assert process.poll() is None
            # Asked anew, it is another command.
            assert desktop.ended(desktop.ask("close"))["result"]["code"] == "closed"
            assert process.wait(20) == -signal.SIGTERM


class Queue:
    """An agent's queue, as somebody sees it who may do anything at the broker."""

    def __init__(self, url: str, agent_id: str) -> None:
        self._url, self._agent_id = url, agent_id

    def put(self, body: bytes) -> None:
        asyncio.run(self._put(body))

    async def _put(self, body: bytes) -> None:
        connection = await aio_pika.connect(self._url)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("commands")
            await exchange.publish(aio_pika.Message(body), self._agent_id)

    def drained(self) -> bool | None:
        """Whether the agent has settled all that was put there."""
        return asyncio.run(self._waiting()) == 0 or None

    async def _waiting(self) -> int:
        connection = await aio_pika.connect(self._url)
        async with connection:
            channel = await connection.channel()
            queue = await channel.get_queue(f"commands.{self._agent_id}")
            return queue.declaration_result.message_count or 0


@pytest.fixture
def queue(shape: Shape, way: str, desktop: Desktop) -> Iterator[Queue]:
    if way != "amqp":
        pytest.skip("nobody but the dashboard puts anything before an agent over HTTPS")
    environment = shape.part("ingest").environment()
    with desktop.machine.watching(claude_code=desktop.home):
        yield Queue(environment["BUS_URL"], desktop.card["agent_id"])


def forged(desktop: Desktop, **changes: Any) -> bytes:
    """A command to close the session, signed by somebody else."""
    usual = {"agent_id": desktop.card["agent_id"], "session_id": desktop.card["id"], "kind": "close"}
    expires = {"expires_at": datetime.now(UTC) + timedelta(minutes=5)}
    return Signer().order(**(usual | expires | changes)).model_dump_json().encode()


def test_what_is_forged_at_the_broker_has_no_effect(desktop: Desktop, queue: Queue, tmp_path: Path) -> None:
    with tool(tmp_path, "--resume", desktop.session.id) as process:
        waiting = desktop.ask("refresh")
        assert desktop.ended(waiting)["result"]["code"] == "reported"
        for body in (
            forged(desktop),
            forged(desktop, id=waiting["id"]),
            forged(desktop, agent_id=str(uuid.uuid4())),
            forged(desktop, expires_at=datetime(2026, 1, 1, tzinfo=UTC)),
            b"close",
            b'{"kind": "close"}',
            b"\xff" * 1000,
        ):
            queue.put(body)
        until(queue.drained)
        # The agent is well, and none of it was done.
        assert desktop.ended(desktop.ask("refresh"))["result"]["code"] == "reported"
        assert process.poll() is None
        assert {one["status"] for one in desktop.person.get(desktop.path)["items"]} == {"done"}


def test_what_the_broker_delivers_again_is_done_once(
    shape: Shape, desktop: Desktop, queue: Queue, tmp_path: Path
) -> None:
    """The very bytes, which bear the dashboard's signature, are delivered five times more."""
    with tool(tmp_path, "--resume", desktop.session.id) as process:
        first = desktop.ask("close")
        assert desktop.ended(first)["result"]["code"] == "closed"
        assert process.wait(20) == -signal.SIGTERM
    said = signed(shape, desktop)
    with tool(tmp_path, "--resume", desktop.session.id) as process:
        until(lambda: desktop.card["status"] != "ended" or None)
        for _ in range(5):
            queue.put(said)
        until(queue.drained)
        assert desktop.ended(desktop.ask("refresh"))["result"]["code"] == "reported"
        assert process.poll() is None


def signed(shape: Shape, desktop: Desktop) -> bytes:
    """The newest command to close, as the dashboard would sign it for this machine."""
    (row,) = [one for one in desktop.person.get(desktop.path)["items"] if one["kind"] == "close"]
    environment = shape.part("ingest").environment()
    key = open_key("command", environment["COMMAND_SECRET"], Path("unused"))
    plain = Command(
        id=row["id"], agent_id=desktop.card["agent_id"], kind="close", session_id=desktop.card["id"],
        expires_at=row["expires_at"], asked_by="owner", signature=UNSIGNED,
    )  # fmt: skip
    made = plain.model_copy(update={"signature": signature_text(key, signed_text(plain))})
    return made.model_dump_json().encode()
