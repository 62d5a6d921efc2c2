"""A process with a gateway in it, and a client that is not ours."""

import asyncio
import contextlib
import json
import socket as sockets

import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gateway.app import GatewayPart
from services.runtime.auth.tickets import put_ticket, take_ticket
from services.runtime.clock import SystemClock
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.fanout.memory import MemoryFanout
from services.runtime.host import build_app
from services.runtime.host.server import DrainingServer
from services.runtime.host.sockets import PromptSockets
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.gateway.stage import ANNA, BEN, TEAM, Ingest, OpenGate, caller

TEAM_CHANNEL = f"team:{TEAM}"
SECONDS = 20


class House:
    """A process with a gateway in it."""

    def __init__(self, sockets=PromptSockets, *, direct=False, **settings) -> None:
        self.settings = Settings(**({"cors_origins": "https://board.example"} | settings))
        self.clock = SystemClock()
        self.metrics = Metrics()
        self.fanout = MemoryFanout(self.settings, self.clock, self.metrics)
        self.ephemeral = MemoryEphemeral(self.clock)
        self.ingest = Ingest(self.fanout)
        self.gate = OpenGate()
        self.gate.callers = {"anna": caller(ANNA), "ben": caller(BEN)}
        self.part = GatewayPart(
            self.settings, self.clock, self.metrics, self.fanout, self.ingest, self.gate, self._take_ticket,
            direct=direct,
        )  # fmt: skip
        app = build_app(self.settings, self.metrics, [self.part])
        config = uvicorn.Config(
            app,
            log_config=None,
            ws=self.part.protocol or sockets,
            ws_per_message_deflate=False,
            ws_max_size=2**20,
            lifespan="on",
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
