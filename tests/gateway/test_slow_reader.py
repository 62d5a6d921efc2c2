"""One who stops reading, at a gateway as it runs in production: bounded, cut with 4408, no loss to others."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.request import ProxyHandler, build_opener
from uuid import UUID

import pytest

from services.contracts.sessions import Session
from services.runtime.settings import Settings
from tests.load import contenders
from tests.load.contenders import OFF, Contender, Tenants
from tests.load.crowd import CHUNK, text_frame
from tests.load.herald import OfGateway
from tests.load.trial import Trial
from tests.support.servers.redis import Redis

pytestmark = pytest.mark.servers

READERS, SESSIONS, CHANGES = 20, 50, 200
MEGABYTE = 1024 * 1024


class OfLongNotes(OfGateway):
    """Sessions that fill a buffer quickly."""

    def command(self, team: UUID, session: Session) -> list[bytes]:
        return super().command(team, session.model_copy(update={"note": "x" * 9_000}))


@pytest.fixture
def gateway(redis_server: Redis, tmp_path: Path) -> Iterator[Contender]:
    """A gateway that tells every change, for people of one team."""
    tenants = Tenants(redis_server.url, tmp_path)
    tenants.start()
    made = contenders.gateway("gateway", tenants, OFF, 1, READERS + 1)
    made.server.start()
    yield Contender(
        made.name, made.server, made.port, made.teams, OfLongNotes(Settings()), made.steps, made.token
    )
    made.server.close()
    tenants.server.close()


class Sleeper:
    """A client that subscribes and then reads nothing."""

    def __init__(self, contender: Contender) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", contender.port))
        for said, answer in contender.steps(f"team:{contender.teams[0]}", contender.token(READERS)):
            self.socket.sendall(said)
            got = b""
            while answer not in got:
                got += self.socket.recv(CHUNK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def end(self) -> tuple[int, int]:
        """Read all there is; answers how much that was, and the code it is closed with."""
        got = b""
        while more := self.socket.recv(CHUNK):
            got += more
        close = got[got.rindex(b"\x88") :]
        return len(got), int.from_bytes(close[2:4], "big")


def cut(contender: Contender) -> int:
    """How many sockets the gateway has cut for not reading, as it counts them itself."""
    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{contender.port}/metrics") as answer:
        found = re.search(r'td_sockets_cut_total\{code="4408"\} (\d+)', answer.read().decode())
    return int(found[1]) if found else 0


def test_one_who_stops_reading_is_cut_and_costs_no_more_than_the_bounds(
    gateway: Contender, redis_server: Redis
) -> None:
    with Trial(gateway, redis_server.port, READERS, SESSIONS) as trial:
        trial.enter(READERS)
        known = cut(gateway)
        measured = [trial.steady(1.0, CHANGES) for _ in range(2)]
        before = trial.memory()
        with Sleeper(gateway) as sleeper:
            while cut(gateway) == known:
                measured.append(trial.steady(0.5, CHANGES))
            # What it may cost: the map of what waits, and the message under way.
            assert trial.memory() - before < 4 * MEGABYTE
            read, code = sleeper.end()
        measured.append(trial.steady(0.5, CHANGES))
    assert code == 4408
    assert [one.missing for one in measured] == [0] * len(measured)
    assert cut(gateway) == known + 1
    assert read < sum(one.published for one in measured[2:]) * 9_000


def test_others_are_answered_while_one_does_not_read(gateway: Contender, redis_server: Redis) -> None:
    with Trial(gateway, redis_server.port, 1, SESSIONS) as trial, Sleeper(gateway), Sleeper(gateway) as other:
        trial.enter(1)
        assert trial.steady(0.5, CHANGES).missing == 0
        other.socket.sendall(text_frame(json.dumps({"type": "ping"})))
        got = b""
        while b'{"type":"pong"}' not in got:
            got += other.socket.recv(CHUNK)
