"""Machines: when each was heard from, and how far its reports are known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from llm_session_manager.protocol import Position
from services.ingest.tables import agents, session_owners, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import Row, upsert


async def put_agent(caller: Caller, connection: AsyncConnection, row: Row) -> dict[str, Any]:
    """Introduce a machine, or hear from it again; its position and first sight stay."""
    existing = await find_agent(caller, connection, row["id"])
    kept = {name: existing[name] for name in ("epoch", "n", "first_seen_at")} if existing else {}
    merged = {**row, **kept}
    await upsert(connection, agents, [merged])
    return merged


async def find_agent(caller: Caller, connection: AsyncConnection, agent_id: UUID) -> dict[str, Any] | None:
    """Give an own machine."""
    query = select(agents).where(
        agents.c.id == agent_id, agents.c.team_id == caller.team_id, agents.c.user_id == caller.user_id
    )
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


def position(agent: Row) -> Position | None:
    """Give the highest `(epoch, n)` known of a machine; `None` before its first report."""
    return Position(epoch=agent["epoch"], n=agent["n"]) if agent["epoch"] else None


async def list_agents(caller: Caller, connection: AsyncConnection, limit: int) -> list[dict[str, Any]]:
    query = (
        select(agents, session_owners.c.username)
        .outerjoin(session_owners, session_owners.c.user_id == agents.c.user_id)
        .where(agents.c.team_id == caller.team_id)
        .order_by(agents.c.last_seen_at.desc(), agents.c.id)
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def lock_agents(
    actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    query = (
        select(agents)
        .where(agents.c.id.in_(sorted(ids)), agents.c.team_id.in_(actor.teams))
        .order_by(agents.c.id)
        .with_for_update()
    )
    return {row["id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def put_heard(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    assert all(row["team_id"] in actor.teams for row in rows)
    await upsert(connection, agents, rows)


async def quiet_sessions(
    actor: TeamsCaller | None,
    connection: AsyncConnection,
    *,
    unheard: datetime,
    given_up: datetime,
    script_unheard: datetime,
    script_given_up: datetime,
    limit: int,
) -> list[dict[str, Any]]:
    """Find and lock live sessions whose silence has reached its next stage, with `heard_at`.

    `actor` is `None` for the timer that looks after all teams.
    """
    heard = func.coalesce(agents.c.last_seen_at, sessions.c.reported_at)
    scripted = sessions.c.agent_id.is_(None)
    due = or_(
        and_(~scripted, sessions.c.silence < 1, heard < unheard),
        and_(~scripted, sessions.c.silence < 2, heard < given_up),
        and_(scripted, sessions.c.silence < 1, sessions.c.reported_at < script_unheard),
        and_(scripted, sessions.c.silence < 2, sessions.c.reported_at < script_given_up),
    )
    live = and_(sessions.c.status != "ended", sessions.c.deleted_at.is_(None))
    query = select(sessions, heard.label("heard_at")).outerjoin(agents, agents.c.id == sessions.c.agent_id)
    query = (
        query.where(live, due)
        .order_by(sessions.c.id)
        .limit(limit)
        .with_for_update(of=sessions, skip_locked=True)
    )
    if actor is not None:
        query = query.where(sessions.c.team_id.in_(actor.teams))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def silenced_sessions(
    actor: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Find and lock the sessions of machines that are heard from again."""
    query = (
        select(sessions)
        .where(
            sessions.c.agent_id.in_(ids),
            sessions.c.team_id.in_(actor.teams),
            sessions.c.silence > 0,
            sessions.c.deleted_at.is_(None),
        )
        .order_by(sessions.c.id)
        .with_for_update()
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]
