"""Agents of many teams that report their sessions in turn, over the broker."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import aio_pika
import asyncpg
from aio_pika.abc import AbstractConnection

from llm_session_manager.protocol import ToolUse
from services.contracts.topology import AGENTS, report_key
from services.runtime.auth.agents import agent_id
from tests.load.wire import Wire, open_wire
from tests.support.builders import MACHINE, encoded, make_report, make_usage

SPACE = UUID("5f9c6f0e-7d0b-4f6e-9b0a-6f6d6c2f8a11")
# Numbers that stand in a report's place for its own.
NUMBER, NATIVE = 111_111_111, "native-to-be"
TICK_SECONDS, AT_ONCE = 0.02, 100
MARGIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Author:
    """One person's machine, and the sessions on it."""

    team_id: UUID
    user_id: UUID

    @property
    def agent(self) -> UUID:
        return agent_id(self.team_id, self.user_id, MACHINE)

    @property
    def key(self) -> str:
        return report_key(self.team_id, self.user_id, self.agent)


def authors(teams: int, people: int) -> list[Author]:
    """So many people in each of so many teams, the same at every call."""
    return [
        Author(uuid5(SPACE, f"team {team}"), uuid5(SPACE, f"person {team} {person}"))
        for team in range(teams)
        for person in range(people)
    ]


async def introduce(superuser_url: str, people: Sequence[Author]) -> None:
    """Let their machines be known, and their sessions be shared with their teams."""
    now = datetime.now(UTC)
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.executemany(
            "INSERT INTO agents (id, team_id, user_id, machine_id, hostname, os, version, epoch, n,"
            " first_seen_at, last_seen_at, admin_commands)"
            " VALUES ($1, $2, $3, $4, 'machine', 'Linux', '1', 0, 0, $5, $5, false)",
            [(one.agent, one.team_id, one.user_id, MACHINE, now) for one in people],
        )
        settings = '{"default_visibility": "team"}'
        for table in ("ingest_teams", "analytics_teams"):
            await connection.executemany(
                f"INSERT INTO {table} (team_id, settings, known_at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                [(team, settings, now) for team in {one.team_id for one in people}],
            )
    finally:
        await connection.close()


class Reporters:
    """Every session reports in turn. Its report of round `n` bears the number `n` and `n` tokens of input.

    So whoever has a session's tokens knows how many of its reports are in them.
    """

    def __init__(self, people: Sequence[Author], sessions: int) -> None:
        self._people = people
        self.sessions = sessions
        self.sent = 0
        self._template = _template()
        self._natives = [f"native-{number}".encode() for number in range(sessions)]
        self._keys = [one.key for one in people]

    @property
    def size(self) -> int:
        """The bytes of a report."""
        return len(self.body(0))

    def body(self, number: int) -> bytes:
        """The report that is sent as the `number`-th of all."""
        turn, session = divmod(number, self.sessions)
        first, middle, last, end = self._template
        told = str(turn + 1).encode()
        return b"".join((first, told, middle, self._natives[session], last, told, end))

    def expected(self) -> int:
        """What all sessions' tokens of input add up to once everything that was sent is in them."""
        turns, more = divmod(self.sent, self.sessions)
        return turns * self.sessions + more

    async def steady(self, wire: Wire, rate: float, seconds: float) -> None:
        """Report at this rate, each when it is due or as soon as the broker takes it."""
        begun, before = time.perf_counter(), self.sent
        while (elapsed := time.perf_counter() - begun) < seconds:
            due = min(int(elapsed * rate) + 1, int(seconds * rate))
            await self.some(wire, before + due - self.sent)
            await asyncio.sleep(TICK_SECONDS)
        await self.some(wire, before + int(seconds * rate) - self.sent)

    async def some(self, wire: Wire, count: int) -> None:
        """The next so many reports, as fast as the broker takes them."""
        end = self.sent + count
        while self.sent < end:
            numbers = range(self.sent, min(end, self.sent + AT_ONCE))
            await wire.send([(self._key(number), self.body(number)) for number in numbers])
            self.sent = numbers.stop

    def _key(self, number: int) -> str:
        return self._keys[number % self.sessions % len(self._keys)]


def report_steadily(url: str, reporters: Reporters, rate: float, seconds: float) -> int:
    """`Reporters.steady` in a process of its own, so that it takes no time from whoever measures another.

    Answers how many were sent in all; takes `seconds`.
    """

    async def report() -> None:
        async with await aio_pika.connect(url) as connection:
            await reporters.steady(await open_reports(connection), rate, seconds)

    asyncio.run(report())
    return reporters.sent


async def open_reports(connection: AbstractConnection) -> Wire:
    """Where agents publish; nothing is confirmed, as what arrives is counted at the other end."""
    return await open_wire(connection, AGENTS.name)


def _template() -> tuple[bytes, bytes, bytes, bytes]:
    """A report of a session an hour old, cut at its number, its session and its tokens."""
    now = datetime.now(UTC).replace(microsecond=0)
    usage = [
        make_usage(at=now - MARGIN + timedelta(minutes=15 * place), input=0, output=400, cache_read=20_000)
        for place in range(3)
    ]
    tools = [ToolUse(name=name, calls=calls, errors=0) for name, calls in (("Bash", 12), ("Edit", 30))]
    report = make_report(
        NUMBER, NATIVE, epoch=int(now.timestamp()), started_at=now - MARGIN, last_activity_at=now,
        usage=(*usage, make_usage(at=now, input=NUMBER)), tools=tuple(tools), error_categories={"failed": 3},
    ).model_copy(update={"sent_at": now})  # fmt: skip
    number = str(NUMBER).encode()
    first, middle, end = encoded(report).split(number)
    middle, last = middle.split(NATIVE.encode())
    return first, middle, last, end
