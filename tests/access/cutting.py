"""An agent that publishes at the broker while its access is taken away: how soon it is cut off."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPConnectionError, AMQPError

from llm_session_manager.protocol import Heartbeat
from tests.access.cast import HELLO, Cast
from tests.e2e.people import Person

# Promised are two seconds, which tests/load measures; this bound is for a machine that has much else to do.
SECONDS = 30


@dataclass(frozen=True)
class Cut:
    """Seconds from the deed's answer to the connection's end; whether a new one was refused after it."""

    seconds: float
    refused: bool


@dataclass
class Agent:
    """Somebody's agent, at work at the broker."""

    person: Person
    token: str
    welcome: dict[str, Any]

    async def connect(self, broker_url: str) -> AbstractConnection:
        address = urlsplit(broker_url)
        return await aio_pika.connect(
            host=str(address.hostname),
            port=address.port or 5672,
            login=self.welcome["agent_id"],
            password=self.token,
        )

    async def publish(self, connection: AbstractConnection, begun: asyncio.Event) -> None:
        """Say that it lives, again and again, until the connection ends."""
        body = Heartbeat(sent_at=datetime.now(UTC)).model_dump_json().encode()
        with contextlib.suppress(AMQPError, RuntimeError, asyncio.CancelledError):
            channel = await connection.channel(publisher_confirms=True)
            exchange = await channel.get_exchange("agents", ensure=False)
            while True:
                await exchange.publish(aio_pika.Message(body), self.welcome["routing_key"], timeout=SECONDS)
                begun.set()


class Cutting:
    """Cuts a member's agent off, again and again; each time it is somebody new."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self.kinds: dict[str, Callable[[Agent], Awaitable[None]]] = {
            "token": self._revoke_token, "machine": self._revoke_machine, "removal": self._remove,
            "role": self._degrade,
        }  # fmt: skip

    async def cut(self, kind: str) -> Cut:
        agent = await asyncio.to_thread(self._agent)
        assert self._cast.shape.broker_url is not None
        connection, begun = await agent.connect(self._cast.shape.broker_url), asyncio.Event()
        publishing = asyncio.create_task(agent.publish(connection, begun))
        await begun.wait()
        assert connection.transport is not None
        await self.kinds[kind](agent)
        at = time.monotonic()
        async with asyncio.timeout(SECONDS):
            await asyncio.wait({connection.transport.connection.closing})
        seconds = time.monotonic() - at
        await connection.close()
        await publishing
        return Cut(seconds, await self._is_refused(agent))

    async def _is_refused(self, agent: Agent) -> bool:
        try:
            again = await agent.connect(str(self._cast.shape.broker_url))
        except AMQPConnectionError:
            return True
        await again.close()
        return False

    def _agent(self) -> Agent:
        person = self._cast.joining()
        token = person.api_token("agent")
        hello = HELLO | {"machine_id": uuid.uuid4().hex}
        answer = self._cast.ask("POST", "/api/agents", token, json=hello)
        assert answer.status_code == 200, answer.text
        return Agent(person, token, answer.json())

    async def _revoke_token(self, agent: Agent) -> None:
        (token,) = agent.person.get("/api/auth/tokens")["items"]
        await self._do("DELETE", f"/api/auth/tokens/{token['id']}", agent.person)

    async def _revoke_machine(self, agent: Agent) -> None:
        await self._do("DELETE", f"/api/agents/{agent.welcome['agent_id']}", self._cast.admin)

    async def _remove(self, agent: Agent) -> None:
        await self._do("DELETE", self._member(agent), self._cast.admin)

    async def _degrade(self, agent: Agent) -> None:
        await self._do("PUT", self._member(agent), self._cast.admin, {"role": "viewer"})

    def _member(self, agent: Agent) -> str:
        return f"/api/teams/{self._cast.team_id}/members/{agent.person.user['id']}"

    async def _do(self, method: str, path: str, person: Person, body: Any = None) -> None:
        request = {} if body is None else {"json": body}
        answer = await asyncio.to_thread(self._cast.ask, method, path, person.access_token, **request)
        assert answer.is_success, answer.text
