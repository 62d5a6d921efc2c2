"""Publishes changes of sessions through Redis, as each server wants them, without waiting for an answer."""

import hashlib
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4, uuid5

import orjson

from services.contracts.channels import SessionChanged, team_channel
from services.contracts.sessions import Health, Messages, Session, Tokens
from services.runtime.fanout.scripts import PUBLISH
from services.runtime.settings import Settings

CURSOR = "x" * 49
SCRIPT = hashlib.sha1(PUBLISH.encode(), usedforsecurity=False).hexdigest()
VERSION, NUMBER, FIRST_VERSION = 987_654_321, 123_456_789, 100_000_000


def example(team: UUID, session: int) -> Session:
    """A session of ordinary size, about a kilobyte, that looks like nothing else."""
    now = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    return Session(
        id=uuid5(team, str(session)), native_id=f"change-{NUMBER}", tool="claude-code", tool_version="2.1.9",
        title="Let people sign in with a passkey", project="shop-api", repository="acme/shop-api",
        branch="passkeys", hostname="anna-mbp", user_id=uuid5(team, "anna"), username="anna",
        model="claude-sonnet-4-5", status="active", status_reason="running a tool", visibility="team",
        team_id=team, shared_at=now, parent_id=None, agent_id=uuid5(team, "agent"), version=VERSION,
        tags=["backend"], note=None, health=Health(score=82.5, grade="good", top_reason="long context"),
        tokens=Tokens(input=9_000, output=41_000, cache_read=2_100_000, cache_write=120_000, reasoning=None,
                      total=2_270_000, context_used=83_000, context_window=200_000),
        cost_usd=1.234567, cost_basis="api_equivalent", provenance="exact", incomplete_calls=0,
        unpriced_models=[], messages=Messages(user=12, assistant=140), tool_calls=96, errors=3, refusals=1,
        api_errors=0, compactions=1, files_changed=14, commits=2, tier="metadata", demo=False,
        started_at=now, last_activity_at=now, ended_at=None, updated_at=now,
    )  # fmt: skip


class Tongue(Protocol):
    """How one server is spoken to through Redis."""

    def channel(self, team: UUID) -> str:
        """What a client subscribes to."""

    def command(self, team: UUID, session: Session) -> list[bytes]:
        """The command of Redis that publishes a session."""


class OfGateway:
    """As our own services publish: counted, kept for a while, and announced, in one script."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._epoch = uuid4().hex[:16]

    def channel(self, team: UUID) -> str:
        return team_channel(team)

    def command(self, team: UUID, session: Session) -> list[bytes]:
        name, settings = team_channel(team), self._settings
        payload = SessionChanged(session=session).model_dump_json()
        words: list[Any] = [
            "EVALSHA", SCRIPT, 2, f"fanout:top:{name}", f"fanout:log:{name}",
            self._epoch, settings.fanout_epoch_seconds,
            settings.fanout_keep_entries, settings.fanout_keep_seconds, f"fanout:0:{name}", payload,
        ]  # fmt: skip
        return [str(word).encode() for word in words]


class OfPlain:
    """The frame itself on a channel of the team's, for servers that pass on what they hear."""

    def channel(self, team: UUID) -> str:
        return f"plain:{team}"

    def command(self, team: UUID, session: Session) -> list[bytes]:
        return [b"PUBLISH", self.channel(team).encode(), orjson.dumps(frame_of(team, session))]


class OfSocketIo:
    """What the Redis adapter of another server of socket.io would publish for an emit to a room."""

    def channel(self, team: UUID) -> str:
        return f"room-{team}"

    def command(self, team: UUID, session: Session) -> list[bytes]:
        room = self.channel(team)
        packet = {"type": 2, "data": ["session_update", frame_of(team, session)], "nsp": "/"}
        message = ["herald", packet, {"rooms": [room], "except": [], "flags": {}}]
        return [b"PUBLISH", f"socket.io#/#{room}#".encode(), orjson.dumps(message)]


def frame_of(team: UUID, session: Session) -> dict[str, Any]:
    data = orjson.loads(session.model_dump_json())
    data |= {"session_id": data["id"], "health_score": 82.5, "token_count": 2_270_000}
    frame = {"type": "session_update", "channel": f"team:{team}", "data": data, "left": False}
    return {**frame, "cursor": CURSOR}


class Herald:
    """Changes one session after the other, of one team after the other; each change has a number."""

    def __init__(self, redis_port: int, tongue: Tongue, teams: Sequence[UUID], sessions: int) -> None:
        self._redis = socket.create_connection(("127.0.0.1", redis_port))
        self._redis.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._redis.sendall(_encoded([b"SCRIPT", b"LOAD", PUBLISH.encode()]))
        self._commands = [
            _template(tongue.command(team, example(team, session)))
            for session in range(sessions)
            for team in teams
        ]
        self._times: list[float] = []

    def __len__(self) -> int:
        return len(self._times)

    def published_at(self, number: int) -> float:
        return self._times[number]

    def publish(self, count: int) -> None:
        """Publish the next changes. Raises `OSError` when Redis does not like one of an earlier call."""
        first = len(self._times)
        commands = [self._command(number) for number in range(first, first + count)]
        self._times += [time.monotonic()] * count
        self._redis.sendall(b"".join(commands))
        self._look()

    def close(self) -> None:
        self._redis.close()

    def _command(self, number: int) -> bytes:
        begin, middle, end = self._commands[number % len(self._commands)]
        # As long as the number it stands for, so that the lengths that Redis is told stay true.
        return b"%b%09d%b%09d%b" % (begin, number, middle, FIRST_VERSION + number, end)

    def _look(self) -> None:
        self._redis.setblocking(False)
        try:
            answers = self._redis.recv(1024 * 1024)
        except BlockingIOError:
            return
        finally:
            self._redis.setblocking(True)
        if b"-ERR" in answers or b"-NOSCRIPT" in answers:
            raise OSError(answers[:200])


def _template(words: list[bytes]) -> tuple[bytes, bytes, bytes]:
    """Encode a command for Redis, cut where a change's number and its version go."""
    begin, _, rest = _encoded(words).partition(b"%d" % NUMBER)
    middle, _, end = rest.partition(b"%d" % VERSION)
    return begin, middle, end


def _encoded(words: list[bytes]) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
