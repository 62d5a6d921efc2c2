"""The two servers a transport may talk to, each with ways to break it."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import aio_pika
from aio_pika.abc import AbstractQueue

from llm_session_manager import protocol
from llm_session_manager.config import Config, Limits
from llm_session_manager.transports import Failure, Transport
from llm_session_manager.transports.amqp import connect
from llm_session_manager.transports.http import Dashboard, HttpTransport
from tests.agent.dashboard import TOKEN, Answer
from tests.agent.dashboard import Dashboard as App
from tests.support.servers.broker import Broker
from tests.support.waiting import eventually

WELCOME = protocol.Welcome(
    agent_id="agent-1",
    team_id="t",
    user_id="u",
    routing_key="report.t.u.a",
    command_queue="c",
    command_key="k",
)


def config(url: str, **given: Any) -> Config:
    return Config(**{"dashboard_url": url, "token": TOKEN, "homes": (), "state_dir": Path("unused"), **given})


class Door(Protocol):
    """A server, and a transport to it."""

    async def open(self, token: str = TOKEN, limits: Limits | None = None) -> Transport | Failure: ...

    async def received(self, count: int) -> list[protocol.Report]:
        """This many reports, in the order of their numbers."""

    async def beats(self, count: int) -> None:
        """Wait for heartbeats."""

    async def take_nothing(self) -> None:
        """From now on the server answers, but takes no report."""

    async def drop(self) -> None:
        """Cut the connections."""

    async def close(self) -> None: ...


class HttpDoor:
    def __init__(self, app: App) -> None:
        self._app = app
        self._opened: list[Dashboard] = []

    async def open(self, token: str = TOKEN, limits: Limits | None = None) -> Transport | Failure:
        door = Dashboard(replace(config(self._app.url, token=token), limits=limits or Limits()))
        self._opened.append(door)
        hello = protocol.Hello(machine_id="m", hostname="h", os="o", version="1")
        welcome = await door.hello(hello)
        return welcome if isinstance(welcome, Failure) else HttpTransport(door, welcome.agent_id)

    async def received(self, count: int) -> list[protocol.Report]:
        assert self._app.held.reports == count
        return sorted(self._app.held.log, key=lambda report: report.n)

    async def beats(self, count: int) -> None:
        assert self._app.beats == count

    async def take_nothing(self) -> None:
        self._app.answers.extend([Answer(503, {"code": "unavailable"})] * 100)

    async def drop(self) -> None:
        self._app.stop()

    async def close(self) -> None:
        for door in self._opened:
            await door.close()


class AmqpDoor:
    def __init__(self, broker: Broker, url: str) -> None:
        self._broker, self._admin_url = broker, url
        self._vhost = urlsplit(url).path.removeprefix("/")
        self._user = f"agent-{secrets.token_hex(4)}"
        parts = urlsplit(url)
        self.url = f"amqp://{parts.hostname}:{parts.port}/{self._vhost}"
        self.welcome = WELCOME.model_copy(update={"agent_id": self._user})
        self._closing: list[Callable[[], Awaitable[None]]] = []

    async def start(self) -> None:
        self._broker.call("PUT", f"/users/{self._user}", {"password": TOKEN, "tags": ""})
        rights = {"configure": "^$", "write": "^agents$", "read": "^c$"}
        self._broker.call("PUT", f"/permissions/{self._vhost}/{self._user}", rights)
        connection = await aio_pika.connect(self._admin_url)
        self._closing.append(connection.close)
        self._channel = channel = await connection.channel()
        self._exchange = await channel.declare_exchange("agents", "topic", durable=True)
        self._queue = await channel.declare_queue(
            "reports", durable=True, arguments={"x-queue-type": "quorum"}
        )
        await self._queue.bind(self._exchange, "report.#")

    async def open(self, token: str = TOKEN, limits: Limits | None = None) -> Transport | Failure:
        opened = await connect(self.url, self.welcome, token, limits or Limits(), None)
        if not isinstance(opened, Failure):
            self._closing.insert(0, opened.close)
        return opened

    async def messages(self, count: int) -> list[bytes]:
        found = []
        for _ in range(count):
            message = await self._queue.get(timeout=30)
            assert message.routing_key == "report.t.u.a"
            assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
            await message.ack()
            found.append(message.body)
        assert await self._queue.get(fail=False) is None
        return found

    async def received(self, count: int) -> list[protocol.Report]:
        found = [protocol.Report.model_validate_json(body) for body in await self.messages(count)]
        return sorted(found, key=lambda report: report.n)

    async def beats(self, count: int) -> None:
        for body in await self.messages(count):
            protocol.Heartbeat.model_validate_json(body)

    async def take_nothing(self) -> None:
        await self._queue.unbind(self._exchange, "report.#")

    async def limit(self, messages: int) -> None:
        """Let the queue hold this many; more are refused."""
        self._broker.apply_policy(self._admin_url, "reports", max_length=messages)
        await eventually(self._limited)

    def _limited(self) -> bool:
        queue = self._broker.call("GET", f"/queues/{self._vhost}/reports")
        return queue.get("effective_policy_definition", {}).get("overflow") == "reject-publish"

    async def command_queue(self) -> AbstractQueue:
        """Make the queue that is named in the welcome."""
        return await self._channel.declare_queue("c", durable=True, arguments={"x-queue-type": "quorum"})

    async def command(self, body: bytes) -> None:
        """Put something into it."""
        await self._channel.default_exchange.publish(aio_pika.Message(body), "c")

    async def remove_exchange(self) -> None:
        await self._exchange.delete()

    async def has_exchange(self) -> bool:
        return "agents" in [one["name"] for one in self._broker.call("GET", f"/exchanges/{self._vhost}")]

    async def drop(self) -> None:
        for one in self._broker.call("GET", f"/vhosts/{self._vhost}/connections"):
            if one.get("user") == self._user:
                self._broker.call(
                    "DELETE", f"/connections/{one['name'].replace(' ', '%20').replace('>', '%3E')}"
                )

    async def close(self) -> None:
        for step in self._closing:
            await step()
        self._broker.call("DELETE", f"/users/{self._user}")
