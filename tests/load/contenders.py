"""The servers that are measured: the gateway as it runs in production, and what others would build."""

import math
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener
from uuid import UUID, uuid4

import httpx

from services.runtime.settings import Settings
from tests.load.crowd import Step, plain_steps, socketio_steps
from tests.load.herald import OfGateway, OfPlain, OfSocketIo, Tongue
from tests.support.fixtures import RELAXED
from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.services import ServiceProcess, clean_environment

PEERS = Path(__file__).parent / "peers"
# Nobody is asked for signs of life while it is measured, by none of the servers.
QUIET = {"SOCKET_PING_SECONDS": "3600"}
OFF = {"FRAME_INTERVAL_SECONDS": "0", "FRAME_GATHER_SECONDS": "0.001"}
ONE_BY_ONE = OFF | {"FRAME_GATHER_SECONDS": "0", "FRAME_LATE_SECONDS": "0", "FRAME_BATCH_SESSIONS": "1"}
NODE, SOCKET_IO, FASTAPI = "Node `ws`", "socket.io", "FastAPI loop"
CARRIERS = {name: f"a bare loop on {name}" for name in ("uvicorn", "granian", "picows")}
Steps = Callable[[str, str], Sequence[Step]]
PASSWORD = "a quiet mountain lake"


class Peer(Server):
    """A program that takes PORT and REDIS_URL, and answers `/` when it is up."""

    def __init__(self, name: str, command: Sequence[str], redis_url: str) -> None:
        super().__init__(name)
        self.port = ports.free_port()
        self._command = list(command)
        self._settings = {"PORT": str(self.port), "REDIS_URL": redis_url}

    def command(self) -> list[str]:
        return self._command

    def environment(self) -> dict[str, str]:
        return clean_environment() | self._settings | {"NODE_ENV": "production"}

    def ready(self) -> bool:
        try:
            with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{self.port}/", timeout=5):
                return True
        except HTTPError:
            return True
        except OSError:
            return False


@dataclass(frozen=True)
class Contender:
    """A server, the teams it serves, and how it is spoken to. `token` gives one for each socket."""

    name: str
    server: Server
    port: int
    teams: Sequence[UUID]
    tongue: Tongue
    steps: Steps
    token: Callable[[int], str]


class Tenants:
    """The rest of the product, as far as a gateway needs it: who people are, and what there is to see."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        shared = {
            "FANOUT_URL": redis_url, "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
            "INTERNAL_SECRET": secrets.token_hex(32), "LOG_LEVEL": "WARNING", **RELAXED,
        }  # fmt: skip
        own = {"JWT_SECRET": secrets.token_hex(32), "HASH_MEMORY_KIB": "64", "HASH_PASSES": "1"}
        self.server = ServiceProcess(
            "tenants", ["auth", "ingest"], shared | own | {"ACCESS_TOKEN_SECONDS": "864000"}
        )
        self._shared = shared | {"AUTH_URL": self.server.url, "INGEST_URL": self.server.url}
        self._whole = shared | own

    def start(self) -> None:
        environment = clean_environment() | self.server.settings
        command = [sys.executable, "-m", "services", "migrate"]
        subprocess.run(command, env=environment, cwd=self.server.folder, check=True, capture_output=True)
        self.server.start()

    def gateway(self, name: str, settings: Mapping[str, str], *, direct: bool = True) -> ServiceProcess:
        """Its own process, sockets straight on their transports; or in the whole product, over ASGI."""
        if direct:
            return ServiceProcess(name, ["gateway"], self._shared | QUIET | settings)
        return ServiceProcess(name, ["all"], self._whole | QUIET | settings)

    def team(self, people: int) -> tuple[UUID, list[str]]:
        """Make a team of so many; answers its id and a token of each."""
        with httpx.Client(base_url=self.server.url, timeout=30, trust_env=False) as client:
            first = _register(client, {"team_name": "Bench"})
            team = UUID(first["user"]["team_id"])
            tokens = [str(first["access_token"])]
            headers = {"Authorization": f"Bearer {tokens[0]}"}
            for _ in range(people - 1):
                path = f"/api/teams/{team}/invites"
                invite = client.post(path, json={"role": "member"}, headers=headers).raise_for_status().json()
                tokens.append(_register(client, {"invite": invite["invite"]})["access_token"])
        return team, tokens


def _register(client: httpx.Client, more: dict[str, str]) -> dict[str, dict[str, str]]:
    name = uuid4().hex[:12]
    body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD, **more}
    return client.post("/api/auth/register", json=body).raise_for_status().json()


def peers(redis_url: str, teams: int) -> list[Contender]:
    """Everybody but us."""
    commands = {
        NODE: (["node", str(PEERS / "ws.js")], OfPlain(), plain_steps),
        SOCKET_IO: (["node", str(PEERS / "socketio.js")], OfSocketIo(), socketio_steps),
        FASTAPI: ([sys.executable, str(PEERS / "plain.py")], OfPlain(), plain_steps),
    }
    return [_peer(name, redis_url, teams, *given) for name, given in commands.items()]


def carriers(redis_url: str, teams: int) -> list[Contender]:
    """The web servers that a gateway in Python could stand on, with as little on them as can be."""
    program = [sys.executable, str(PEERS / "carriers.py")]
    return [
        _peer(name, redis_url, teams, [*program, server], OfPlain(), plain_steps)
        for server, name in CARRIERS.items()
    ]


def _peer(
    name: str, redis_url: str, teams: int, command: Sequence[str], tongue: Tongue, steps: Steps
) -> Contender:
    server = Peer(Path(command[-1]).stem, command, redis_url)
    named = [uuid4() for _ in range(teams)]
    return Contender(name, server, server.port, named, tongue, steps, lambda _: "")


def gateway(
    name: str, tenants: Tenants, settings: Mapping[str, str], teams: int, sockets: int, *, direct: bool = True
) -> Contender:
    """Ours, with as many people in its teams as so many sockets need."""
    people = math.ceil(sockets / teams / Settings().sockets_per_user)
    made = [tenants.team(people) for _ in range(teams)]

    def token(number: int) -> str:
        return made[number % teams][1][number // teams % people]

    server = tenants.gateway(name, settings, direct=direct)
    return Contender(
        name, server, server.port, [team for team, _ in made], OfGateway(Settings()), plain_steps, token
    )


def have_peers() -> bool:
    """Whether the peers' libraries are installed."""
    return (PEERS / "node_modules").is_dir()


def pin(pid: int, processors: set[int]) -> None:
    """Give a process these processors, where there are that many. Its children inherit them."""
    with suppress(OSError):
        os.sched_setaffinity(pid, processors)
