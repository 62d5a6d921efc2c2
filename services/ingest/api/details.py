"""The parts of one session's page."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from llm_session_manager import protocol
from services.contracts.health import Factor
from services.contracts.prices import dollars
from services.ingest.api.bodies import (
    CommitPage,
    EventPage,
    Evidence,
    ExplainedFactor,
    FilePage,
    HealthDetail,
    HealthPoint,
    MemoryPage,
    ToolList,
    UsagePoint,
    UsageSeries,
)
from services.ingest.api.references import SubAgentPage, reference
from services.ingest.domain.views import Row, fact, from_json
from services.ingest.domain.vitals import assess_row
from services.ingest.store import details, people
from services.ingest.store import sessions as store
from services.ingest.store.evidence import evidence
from services.runtime import cursors
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Connection, Database
from services.runtime.errors import not_found

FULL = 100.0
Reading = Callable[[Caller, Connection, UUID], Awaitable[list[Row]]]


def routes(database: Database, gate: TokenGate) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions/{session_id}", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    async def rows_of(caller: Caller, session_id: UUID, read: Reading) -> list[Row]:
        async with database.read(caller) as connection:
            await _must_see(caller, connection, session_id)
            return await read(caller, connection, session_id)

    @router.get("/health")
    async def health(caller: Reader, session_id: UUID) -> HealthDetail:
        """The score, what it is made of (the costliest factor first), and how it was."""
        async with database.read(caller) as connection:
            row = await _must_see(caller, connection, session_id)
            settings = await people.team_settings(TeamsCaller.of({caller.team}), connection)
            samples = await details.samples(caller, connection, session_id)
            # As of its last change: the very score that the list and the live view show.
            judged = assess_row(row, settings.get(caller.team, {}), row["updated_at"])
            costly = [factor.name for factor in judged.factors if factor.score < FULL]
            events = await evidence(caller, connection, session_id, costly)
        return HealthDetail(
            score=judged.health.score if judged.health else None,
            grade=judged.health.grade if judged.health else None,
            factors=[_explained(factor, events.get(factor.name)) for factor in judged.factors],
            history=[
                HealthPoint(at=one["at"], score=one["health_score"])
                for one in samples
                if one["health_score"] is not None
            ],
        )

    @router.get("/history")
    async def history(
        caller: Reader,
        session_id: UUID,
        kind: Annotated[list[protocol.EventKind] | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=500)] = None,
    ) -> EventPage:
        """The timeline, newest first."""
        before = _before(cursor)
        async with database.read(caller) as connection:
            await _must_see(caller, connection, session_id)
            rows = await details.events(caller, connection, session_id, kind or (), before, limit + 1)
        page = rows[:limit]
        more = len(rows) > limit
        return EventPage(
            items=[from_json(protocol.Event, row["body"]) for row in page],
            next_cursor=cursors.encode(page[-1]["at"].isoformat(), page[-1]["event_id"]) if more else None,
        )

    @router.get("/usage")
    async def usage(caller: Reader, session_id: UUID) -> UsageSeries:
        """Tokens and cost in steps of 15 minutes; times without work have no step."""
        async with database.read(caller) as connection:
            await _must_see(caller, connection, session_id)
            rows = await details.usage(caller, connection, session_id)
            samples = await details.samples(caller, connection, session_id)
        context = {sample["at"]: sample["context_used"] for sample in samples}
        steps = groupby(rows, key=lambda row: row["at"])
        return UsageSeries(items=[_point(at, list(step), context.get(at)) for at, step in steps])

    @router.get("/commits")
    async def commits(caller: Reader, session_id: UUID) -> CommitPage:
        rows = await rows_of(caller, session_id, details.commits)
        return CommitPage(items=[fact(protocol.Commit, row) for row in rows])

    @router.get("/files")
    async def files(caller: Reader, session_id: UUID) -> FilePage:
        rows = await rows_of(caller, session_id, details.files)
        return FilePage(items=[fact(protocol.FileChange, row) for row in rows])

    @router.get("/memories")
    async def memories(caller: Reader, session_id: UUID) -> MemoryPage:
        rows = await rows_of(caller, session_id, details.memories)
        return MemoryPage(items=[fact(protocol.Memory, row) for row in rows])

    @router.get("/tools")
    async def tools(caller: Reader, session_id: UUID) -> ToolList:
        """Tool calls by name, failures by kind, pull requests and sub-agents."""
        async with database.read(caller) as connection:
            row = await _must_see(caller, connection, session_id)
        return ToolList(
            tools=[protocol.ToolUse(**one) for one in row["tools"]],
            error_categories=row["error_categories"],
            pull_requests=[from_json(protocol.PullRequest, one) for one in row["pull_requests"]],
            subagents=[from_json(protocol.SubAgent, one) for one in row["subagents"]],
        )

    @router.get("/subagents")
    async def subagents(caller: Reader, session_id: UUID) -> SubAgentPage:
        """Sub-agents as the session's tool tells of them, and those of its offspring that have a session."""
        async with database.read(caller) as connection:
            row = await _must_see(caller, connection, session_id)
            offspring = await store.offspring(caller, connection, session_id)
        return SubAgentPage(
            items=[from_json(protocol.SubAgent, one) for one in row["subagents"]],
            sessions=[reference(one) for one in offspring],
        )

    return router


async def _must_see(caller: Caller, connection: Connection, session_id: UUID) -> dict[str, Any]:
    row = await store.find_session(caller, connection, session_id)
    if row is None:
        raise not_found("session")
    return row


def _explained(factor: Factor, event: Row | None) -> ExplainedFactor:
    """Of a factor that costs nothing there is nothing to show."""
    found = event and Evidence(id=event["event_id"], at=event["at"], kind=event["kind"])
    return ExplainedFactor(**factor.model_dump(), event=found or None)


def _before(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, event_id = cursors.decode(cursor, 2)
    return cursors.as_instant(at), cursors.as_key(event_id)


def _point(at: datetime, rows: Iterable[Row], context_used: int | None) -> UsagePoint:
    members = list(rows)
    costs = [row["cost_pico"] for row in members]
    return UsagePoint(
        at=at,
        input=sum(row["input"] for row in members),
        output=sum(row["output"] for row in members),
        cache_read=sum(row["cache_read"] for row in members),
        cache_write=sum(row["cache_write_5m"] + row["cache_write_1h"] for row in members),
        context_used=context_used,
        cost_usd=None if None in costs else dollars(sum(costs)),
    )
