"""Analytics without its API: what it takes in, sums up and answers, beside a plain count of the same."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, select

from llm_session_manager.protocol import Usage
from services.analytics import tables
from services.analytics.budgets import Budgets
from services.analytics.consumer import SessionConsumer
from services.analytics.domain.calendar import Grid, cell_of, is_weekend
from services.analytics.domain.facts import facts_of
from services.analytics.insights import InsightConsumer
from services.analytics.people import PeopleConsumer
from services.analytics.rebuilding import Rebuilding
from services.analytics.rollups import Rollups
from services.analytics.store.questions import Question, Sum, ask
from services.analytics.store.sources import MEASURES, Narrowing
from services.analytics.telling import Telling
from services.analytics.weekly import Weekly
from services.contracts.people import TeamUpdated
from services.contracts.prices import load_book
from services.contracts.sessions import SessionDeleted, SessionState, SessionStates, Tokens
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bus import Message, Rejection
from services.runtime.db import open_database
from services.runtime.migrate import migrate
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings
from tests.support.builders import OTHER_TEAM, START, TEAM
from tests.support.compositions import MovableClock
from tests.support.states import make_state

BOOK = load_book()
BOTH = TeamsCaller.of({TEAM, OTHER_TEAM})
Told = SessionState | SessionDeleted


class Bench:
    """One analytics service on one database."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings = settings
        self.clock = MovableClock()
        self.database = open_database(database_url, settings)
        self.consumer = SessionConsumer(self.database, BOOK, settings, self.clock)
        self.people = PeopleConsumer(self.database)
        self.insights = InsightConsumer(self.database)
        # Nobody relays it: what is told stays there to be read.
        outbox = Outbox(self.database, tables.outbox, Silent(), Silent(), settings, self.clock)
        self.telling = Telling(outbox, self.clock)
        self.budgets = Budgets(self.database, self.telling, self.clock)
        self.weekly = Weekly(self.database, self.telling, settings, self.clock)
        self.rollups = Rollups(self.database, settings, self.clock)
        self.rebuilding = Rebuilding(self.database, BOOK, settings, self.clock)

    async def take(self, *told: Told) -> list[Rejection | None]:
        """Handle what is told as one batch."""
        return list(await self.consumer.handle([message(one) for one in told]))

    async def roll_up(self) -> None:
        """Let all hours settle."""
        while await self.rollups.settle(self.clock.now() + timedelta(days=1)):
            pass

    async def ask(self, caller: Caller, question: Question) -> list[Sum]:
        async with self.database.read(caller) as connection:
            return list(await ask(caller, connection, question))

    async def set_team(self, at: Any = None, **settings: Any) -> None:
        """Let the team have these settings from then on, or from now."""
        told = TeamUpdated(team_id=TEAM, name="Harbour", settings=settings, at=at or self.clock.now())
        assert await self.people.handle([Message(told.kind, told.model_dump_json().encode())]) == [None]

    async def outgoing(self, key: str) -> list[dict[str, Any]]:
        """What waits to be told under a routing key."""
        return [
            orjson.loads(row["body"]) for row in await self.rows(tables.outbox) if row["routing_key"] == key
        ]

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        async with self.database.read(BOTH) as connection:
            found = await connection.execute(select(table).order_by(*table.primary_key))
            return [dict(row) for row in found.mappings()]

    async def clear(self) -> None:
        """Begin anew with empty tables."""
        async with self.database.write(BOTH) as connection:
            for table in reversed(tables.metadata.sorted_tables):
                await connection.execute(delete(table))

    async def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        return {table.name: await self.rows(table) for table in tables.metadata.sorted_tables}


class Silent:
    """A bus and a fan-out that nobody uses."""

    async def publish(self, *_what: Any) -> None:
        raise AssertionError


@asynccontextmanager
async def open_bench(database_url: str, folder: Any, **changes: Any) -> AsyncIterator[Bench]:
    bench = Bench(Settings(data_dir=folder, **changes), database_url)
    await migrate(bench.database, "analytics")
    try:
        yield bench
    finally:
        await bench.database.close()


def message(told: Told) -> Message:
    if isinstance(told, SessionDeleted):
        return Message("session.deleted", told.model_dump_json().encode())
    team_id = told.session.team_id
    body = SessionStates(team_id=team_id, sent_at=START, states=(told,))
    return Message("session.state", body.model_dump_json().encode())


def reader(user_id: UUID, team_id: UUID = TEAM) -> Caller:
    return Caller(user_id, team_id, "member", "sid")


def state_of(usage: Sequence[Usage] = (), **changes: Any) -> SessionState:
    """A state whose tokens are what its usage adds up to."""
    writes = sum(use.cache_write_5m + use.cache_write_1h for use in usage)
    known = {name: sum(getattr(use, name) for use in usage) for name in ("input", "output", "cache_read")}
    tokens = Tokens(
        **known, cache_write=writes, reasoning=None, total=sum(known.values()) + writes, context_used=None,
        context_window=None,
    )  # fmt: skip
    parts = {"usage": tuple(usage), **changes.pop("parts", {})}
    return make_state(parts=parts, **{"tokens": tokens} | changes)


def deletion_of(state: SessionState, version: int) -> SessionDeleted:
    session = state.session
    return SessionDeleted(
        team_id=session.team_id, user_id=session.user_id, session_id=session.id, version=version, at=START
    )


def newest(told: Iterable[Told]) -> list[SessionState]:
    """What is left of all that was told, in whatever order: each session's newest state, if it still is."""
    held: dict[UUID, tuple[tuple[int, bool], Told]] = {}
    for one in told:
        gone = isinstance(one, SessionDeleted)
        key = one.session_id if isinstance(one, SessionDeleted) else one.session.id
        version = one.version if isinstance(one, SessionDeleted) else one.session.version
        if key not in held or held[key][0] < (version, gone):
            held[key] = (version, gone), one
    return [one for _, one in held.values() if isinstance(one, SessionState)]


def counted(
    states: Iterable[SessionState], caller: Caller, question: Question
) -> Mapping[tuple[int, str, bool], Mapping[str, int]]:
    """The answer to a question, added up one by one from what sessions are."""
    sums: dict[tuple[int, str, bool], Counter[str]] = defaultdict(Counter)
    for state in states:
        session, facts = state.session, facts_of(state, BOOK)
        hidden = session.visibility == "private" and session.user_id != caller.user_id
        if session.team_id != caller.team or (hidden and not question.hidden):
            continue
        begun = {
            "sessions": 1, "health_points": facts.session["health_points"], "errors": session.errors,
            "scored": int(session.health is not None), "tool_calls": session.tool_calls,
            "commits": session.commits,
        }  # fmt: skip
        rows = [(row["quarter"], row["model"], {**row, "uses": 1}) for row in facts.usage]
        for quarter, model, measures in [*rows, (facts.session["quarter"], session.model or "", begun)]:
            cell = place(question.grid, quarter)
            if cell is None or not fits(question.narrowing, session, model):
                continue
            for key in keys(question, session, model):
                own = sums[cell, "" if hidden else key, hidden]
                own.update({name: measures.get(name) or 0 for name in MEASURES})
    return sums


def counted_failures(
    states: Iterable[SessionState], caller: Caller, grid: Grid, narrowing: Narrowing
) -> Sequence[Mapping[str, Any]]:
    """Failures that are alike, put together one by one; the most common first."""
    found: dict[tuple[str, str], list[tuple[datetime, UUID, Mapping[str, Any]]]] = defaultdict(list)
    for state in states:
        session, facts = state.session, facts_of(state, BOOK)
        seen = session.visibility != "private" or session.user_id == caller.user_id
        begun = place(grid, facts.session["quarter"]) is not None
        if (
            seen
            and begun
            and session.team_id == caller.team
            and fits(narrowing, session, session.model or "")
        ):
            for row in facts.errors:
                found[row["category"], row["tool"]].append((row["last_at"], session.id, row))
    told = [
        {
            "category": category, "tool": tool, "count": sum(row["count"] for _, _, row in rows),
            "sessions": len(rows), "first_at": min(row["first_at"] for _, _, row in rows),
            "last_at": max(at for at, _, _ in rows),
            "example": min(which for at, which, _ in rows if at == max(at for at, _, _ in rows)),
        }
        for (category, tool), rows in found.items()
    ]  # fmt: skip
    return sorted(told, key=lambda one: (-one["count"], one["category"], one["tool"]))


def place(grid: Grid, quarter: int) -> int | None:
    """The cell that holds a quarter; none where the range does not."""
    if not grid.first <= quarter < grid.last:
        return None
    step = next(step for step in reversed(grid.steps) if step.first <= quarter)
    if not grid.weekends and is_weekend(quarter, step):
        return None
    return cell_of(grid.kind, quarter, step)


def fits(narrowing: Narrowing, session: Any, model: str) -> bool:
    values = {
        "user": {session.user_id}, "tool": {session.tool}, "project": {session.project or ""},
        "model": {model}, "tag": set(session.tags),
    }  # fmt: skip
    return all(set(getattr(narrowing, dim)) & values[dim] for dim in narrowing.dims)


def keys(question: Question, session: Any, model: str) -> Sequence[str]:
    tags = [tag for tag in session.tags if not question.narrowing.tag or tag in question.narrowing.tag]
    named: Mapping[str, Sequence[str]] = {
        "team": [""], "user": [str(session.user_id)], "tool": [session.tool],
        "project": [session.project or ""], "model": [model], "tag": tags,
    }  # fmt: skip
    return named[question.dim]


def plain(question: Question, found: Iterable[Sum]) -> Mapping[tuple[int, str, bool], Mapping[str, int]]:
    """The same of what analytics answered: what it does not know counts for nothing."""
    sums: dict[tuple[int, str, bool], Counter[str]] = defaultdict(Counter)
    for each in found:
        key = str(UUID(each.key)) if question.dim == "user" and each.key else each.key
        values = {name: value or 0 for name, value in each.measures.items()}
        sums[each.cell, key, each.hidden].update(values)
    return sums


def total(sums: Mapping[Any, Mapping[str, int]]) -> Counter[str]:
    every: Counter[str] = Counter()
    for each in sums.values():
        every.update(each)
    return every
