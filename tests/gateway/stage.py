"""A gateway with everything around it small and real: an ingest, a browser, time that is moved."""

import asyncio
import json
from typing import Self
from uuid import UUID, uuid5

from gateway.agenda import Agenda
from gateway.audience import Source
from gateway.changes import card_of
from gateway.client import LOST, Client
from gateway.connection import Surroundings
from gateway.guard import Guard
from gateway.hub import Hub
from gateway.mirror import Content
from gateway.roster import Roster
from gateway.sockets import no_head
from gateway.track import Track
from services.contracts.channels import CONTROL, SessionChanged, SessionGone, team_channel, user_channel
from services.contracts.frames import Filters
from services.contracts.sessions import Messages, Session, Tokens
from services.runtime.auth import Caller
from services.runtime.fanout import Fanout
from services.runtime.fanout.memory import MemoryFanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.gateway.stopwatch import START, ManualClock, settle

TEAM = UUID(int=1)
ANNA, BEN = UUID(int=11), UUID(int=12)
NAMES = {ANNA: "anna", BEN: "ben"}


def session_id(n: int) -> UUID:
    return uuid5(TEAM, str(n))


def make_session(n: int = 0, owner: UUID = ANNA, **changes) -> Session:
    known = {
        "id": session_id(n), "native_id": f"native-{n}", "tool": "codex", "tool_version": None, "title": None,
        "project": "shop", "repository": None, "branch": None, "hostname": "host", "user_id": owner,
        "username": NAMES.get(owner, "carl"), "model": None, "status": "active", "status_reason": None,
        "visibility": "team", "team_id": TEAM, "shared_at": None, "parent_id": None, "agent_id": None,
        "version": 1, "tags": [], "note": None, "health": None,
        "tokens": Tokens(input=1, output=2, cache_read=0, cache_write=0, reasoning=0, total=3,
                         context_used=None, context_window=None),
        "cost_usd": None, "cost_basis": "api_equivalent", "provenance": "exact", "incomplete_calls": 0,
        "unpriced_models": [], "messages": Messages(user=1, assistant=1), "tool_calls": 0, "errors": 0,
        "refusals": 0, "api_errors": 0, "compactions": 0, "files_changed": 0, "commits": 0, "tier": None,
        "demo": False, "started_at": START, "last_activity_at": START, "ended_at": None, "updated_at": START,
    }  # fmt: skip
    return Session(**(known | changes))


def caller(user: UUID = ANNA, team: UUID | None = TEAM, **changes) -> Caller:
    return Caller(user, team, "member", changes.pop("sid", f"sid-{user.int}"), **changes)


class Ingest:
    """Keeps sessions, publishes what changes as the real one does, and answers snapshots."""

    def __init__(self, fanout: Fanout) -> None:
        self.fanout = fanout
        self.sessions: dict[UUID, Session] = {}
        self.versions: dict[UUID, int] = {}
        self.loads: list[tuple[Source, str | None]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    async def load(self, source: Source, session_id: str | None) -> Content:
        self.loads.append((source, session_id))
        await self.gate.wait()
        if self.broken:
            raise ConnectionError("ingest is away")
        seen = self.visible(source)
        return Content([card_of(one) for one in seen if session_id in (None, str(one.id))], truncated=False)

    def visible(self, source: Source) -> list[Session]:
        def is_its(session: Session) -> bool:
            if source.owner_id is None:
                return session.visibility != "private"
            return session.visibility == "private" and session.user_id == source.owner_id

        return [one for one in self.sessions.values() if one.team_id == source.team_id and is_its(one)]

    def save(self, n: int, owner: UUID = ANNA, **changes) -> Session:
        """Store without a word."""
        known = self.sessions.get(session_id(n))
        version = self.versions.get(session_id(n), 0) + 1
        self.versions[session_id(n)] = version
        if known is None:
            session = make_session(n, owner, version=version, **changes)
        else:
            session = known.model_copy(update=changes | {"version": version})
        self.sessions[session.id] = session
        return session

    async def put(self, n: int, owner: UUID = ANNA, *, created: bool = False, ended: bool = False, **changes):
        before = self.sessions.get(session_id(n))
        session = self.save(n, owner, **changes)
        if before and before.visibility != "private" and session.visibility == "private":
            await self.say(team_channel(TEAM), gone(session, "left"))
        await self.say(channel_of(session), SessionChanged(session=session, created=created, ended=ended))
        return session

    async def delete(self, n: int) -> None:
        session = self.sessions.pop(session_id(n))
        version = self.versions[session.id] = session.version + 1
        message = gone(session.model_copy(update={"version": version}), "deleted")
        await self.say(channel_of(session), message)

    async def say(self, channel: str, message: SessionChanged | SessionGone) -> None:
        await self.fanout.publish(channel, message.model_dump_json().encode())


def channel_of(session: Session) -> str:
    if session.visibility == "private":
        return user_channel(session.team_id, session.user_id)
    return team_channel(session.team_id)


def gone(session: Session, why: str) -> SessionGone:
    return SessionGone(session_id=session.id, user_id=session.user_id, version=session.version, why=why)


class Browser:
    """A connection that keeps what it got, and a page that understands it."""

    def __init__(self) -> None:
        self.flow = None
        self.texts: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.cards: dict[str, dict[str, dict]] = {}
        self.cursors: dict[str, str] = {}
        self._reads = True
        self._unread: list[str] = []

    def write(self, message: bytes) -> None:
        assert self.closed is None
        if self._reads:
            self._read(message.decode())
        else:
            self._unread.append(message.decode())
            self.flow.pause()

    def write_both(self, begin: bytes, end: bytes) -> None:
        self.write(begin + end)

    def close(self, code: int, reason: str) -> None:
        assert self.closed is None
        self.closed = code, reason

    def stop_reading(self) -> None:
        self._reads = False

    def read_on(self) -> None:
        self._reads = True
        while self._unread:
            self._read(self._unread.pop(0))
        self.flow.resume()

    def _read(self, text: str) -> None:
        self.texts.append(text)
        for frame in unpacked(json.loads(text)):
            self._take(frame)

    @property
    def frames(self) -> list[dict]:
        return [frame for text in self.texts for frame in unpacked(json.loads(text))]

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    def of(self, *types: str) -> list[dict]:
        return [frame for frame in self.frames if frame["type"] in types]

    def clear(self) -> None:
        self.texts.clear()

    def _take(self, frame: dict) -> None:
        channel = frame.get("channel")
        if "cursor" in frame:
            self.cursors[channel] = frame["cursor"]
        if frame["type"] == "subscribed" and not frame["resumed"]:
            self.cards[channel] = {one["id"]: one for one in frame["sessions"]}
        elif frame["type"] == "subscribed":
            self.cards.setdefault(channel, {})
        elif frame["type"].startswith("session_"):
            if frame["left"]:
                self.cards[channel].pop(frame["data"]["session_id"], None)
            else:
                self.cards[channel][frame["data"]["session_id"]] = frame["data"]


def unpacked(frame: dict) -> list[dict]:
    return frame["frames"] if frame["type"] == "batch" else [frame]


class OpenGate:
    """Believes the tokens it was told of, and says no more of those that have ended."""

    def __init__(self) -> None:
        self.callers: dict[str, Caller] = {}
        self.ended: set[str] = set()
        self.broken = False

    async def check(self, token: str) -> Caller:
        from services.runtime.errors import unauthenticated

        if token not in self.callers or self.callers[token].sid in self.ended:
            raise unauthenticated()
        return self.callers[token]

    async def still_valid(self, caller: Caller) -> Caller | None:
        from services.runtime.errors import unavailable

        if self.broken:
            raise unavailable("no database")
        return None if caller.sid in self.ended else caller


class Stage:
    """A hub with its guard, on a clock that stands still."""

    def __init__(self, fanout=MemoryFanout, clock=None, **settings) -> None:
        self.settings = Settings(**settings)
        self.clock = clock or ManualClock()
        self.metrics = Metrics()
        self.fanout = fanout(self.settings, self.clock, self.metrics)
        self.ingest = Ingest(self.fanout)
        self.gate = OpenGate()
        self.roster = Roster(self.settings.sockets_per_user, self.metrics)
        self.guard = Guard(self.gate, self.roster, self.clock, self.settings.rights_check_seconds)
        control = Track(self.fanout, CONTROL, self.clock, self.guard.hear, self.guard.doubt_all)
        self.around = Surroundings(self.settings, self.clock, self.metrics, Agenda(self.clock), no_head)
        self.hub = Hub(self.fanout, self.ingest, control, self.around)

    async def __aenter__(self) -> Self:
        await self.hub.start()
        await self.guard.start()
        return self

    async def __aexit__(self, *_) -> None:
        await self.guard.stop()
        await self.hub.stop()

    def open(self, who: Caller | None = None, browser: Browser | None = None) -> tuple[Client, Browser]:
        browser = browser or Browser()
        client = Client(browser, who or caller(), None, self.around, self.hub.leave)
        assert self.roster.add(client)
        return client, browser

    def lose(self, client: Client) -> None:
        """Its connection is gone."""
        client.end(LOST)
        self.roster.remove(client)

    async def subscribe(self, client: Client, channel: str = f"team:{TEAM}", since=None, **filters) -> None:
        await self.hub.subscribe(client, channel, Filters(**filters), since)
        await settle()

    async def joined(self, user: UUID = ANNA, channel: str = f"team:{TEAM}", **filters):
        client, browser = self.open(caller(user))
        await self.subscribe(client, channel, **filters)
        return client, browser

    def metric(self, name: str, **labels) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0
