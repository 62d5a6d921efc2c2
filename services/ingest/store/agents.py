"""Machines: when each was heard from, and how far its reports are known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from llm_session_manager.protocol import Position
from services.ingest.tables import agents, session_owners, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import Row, among, upsert
from services.runtime.reach import find


async def put_agent(caller: Caller, connection: AsyncConnection, row: Row) -> dict[str, Any]:
    """Introduce a machine, or hear from it again, also once revoked; its position and first sight stay."""
    # Held, as a report may be moving its position on.
    existing = await find_agent(caller, connection, row["id"], lock=True)
    kept = {name: existing[name] for name in ("epoch", "n", "first_seen_at")} if existing else {}
    merged = {**row, **kept, "revoked_at": None}
    await upsert(connection, agents, [merged])
    return merged


async def find_agent(
    caller: Caller, connection: AsyncConnection, agent_id: UUID, *, lock: bool = False
) -> dict[str, Any] | None:
    """Give an own machine. `lock` keeps it as it is until the transaction ends."""
    query = select(agents).where(
        agents.c.id == agent_id, agents.c.team_id == caller.team_id, agents.c.user_id == caller.user_id
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().first()
    return dict(row) if row else None


async def machine_of(
    caller: Caller, connection: AsyncConnection, agent_id: UUID | None
) -> dict[str, Any] | None:
    """Give a machine of the caller's team."""
    query = select(agents).where(agents.c.id == agent_id, agents.c.team_id == caller.team_id)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def mark_revoked(caller: Caller, connection: AsyncConnection, agent_id: UUID, at: datetime) -> None:
    """Leave a machine of the team out of its list, until it is introduced anew."""
    mine = and_(agents.c.id == agent_id, agents.c.team_id == caller.team_id)
    await connection.execute(update(agents).where(mine).values(revoked_at=at))


def position(agent: Row) -> Position | None:
    """Give the highest `(epoch, n)` known of a machine; `None` before its first report."""
    return Position(epoch=agent["epoch"], n=agent["n"]) if agent["epoch"] else None


async def list_agents(
    caller: Caller, connection: AsyncConnection, before: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Give the team's machines, the one heard from last first, from before when one was heard from."""
    seen, identity = agents.c.last_seen_at, agents.c.id
    query = (
        select(agents, session_owners.c.username)
        .outerjoin(session_owners, session_owners.c.user_id == agents.c.user_id)
        .where(agents.c.team_id == caller.team_id, agents.c.revoked_at.is_(None))
        .order_by(seen.desc(), identity.desc())
        .limit(limit)
    )
    if before is not None:
        last = tuple_(literal(before[0], seen.type), literal(before[1], identity.type))
        query = query.where(tuple_(seen, identity) < last)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def lock_agents(
    actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    query = (
        select(agents)
        .where(among(connection, agents.c.id, ids), among(connection, agents.c.team_id, actor.teams))
        .order_by(agents.c.id)
        .with_for_update()
    )
    return {row["id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def put_heard(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    assert all(row["team_id"] in actor.teams for row in rows)
    await upsert(connection, agents, rows)


async def quiet_sessions(
    _nobody: None,
    connection: AsyncConnection,
    *,
    unheard: datetime,
    given_up: datetime,
    script_unheard: datetime,
    script_given_up: datetime,
    limit: int,
) -> list[dict[str, Any]]:
    """Find and lock live sessions of any team whose silence has reached its next stage, with `heard_at`."""
    await find(connection, "ingest", "living")
    # Only its owner sees a private session, so its own reports may keep it alive.
    own_word = or_(
        agents.c.last_seen_at.is_(None),
        and_(sessions.c.visibility == "private", sessions.c.reported_at > agents.c.last_seen_at),
    )
    heard = case((own_word, sessions.c.reported_at), else_=agents.c.last_seen_at)
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
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def silenced_sessions(
    actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> list[dict[str, Any]]:
    """Find and lock the sessions of machines that are heard from again."""
    query = (
        select(sessions)
        .where(
            among(connection, sessions.c.agent_id, ids),
            among(connection, sessions.c.team_id, actor.teams),
            sessions.c.silence > 0,
            sessions.c.deleted_at.is_(None),
        )
        .order_by(sessions.c.id)
        .with_for_update()
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]
