"""Commands: as those see them who see the session, as their machine gets them, and as a timer ends them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.commands import OPEN
from services.ingest.store.sessions import visible
from services.ingest.tables import agents, commands, session_owners, sessions
from services.runtime import reach
from services.runtime.auth import Actor, Caller, TeamsCaller

UNSTARTED = ("pending", "sent")


def _whole() -> Select[Any]:
    """A command without its export, with names, its machine's last sign of life and its session's sight."""
    columns = [column for column in commands.columns if column.name != "export"]
    joined = (
        commands.join(sessions, sessions.c.id == commands.c.session_id)
        .outerjoin(agents, agents.c.id == commands.c.agent_id)
        .outerjoin(session_owners, session_owners.c.user_id == commands.c.asked_by)
    )
    return select(
        *columns,
        sessions.c.visibility,
        agents.c.hostname,
        agents.c.last_seen_at,
        session_owners.c.username.label("asked_by_name"),
    ).select_from(joined)


async def add(caller: Caller, connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    assert row["team_id"] == caller.team_id
    await connection.execute(insert(commands).values(**row))


async def listed(
    caller: Caller,
    connection: AsyncConnection,
    session_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Give the commands of a session that the caller may see, newest first."""
    query = _whole().where(visible(caller), sessions.c.id == session_id)
    if before is not None:
        at, last = before
        older = and_(commands.c.created_at == at, commands.c.id < last)
        query = query.where(or_(commands.c.created_at < at, older))
    query = query.order_by(commands.c.created_at.desc(), commands.c.id.desc()).limit(limit)
    return await _rows(connection, query)


async def open_like(
    caller: Caller, connection: AsyncConnection, session_id: UUID, kind: str, now: datetime
) -> dict[str, Any] | None:
    """Give what the caller has already asked, and what is still to come."""
    query = _whole().where(
        commands.c.session_id == session_id,
        commands.c.team_id == caller.team_id,
        commands.c.asked_by == caller.user_id,
        commands.c.kind == kind,
        commands.c.status.in_(OPEN),
        commands.c.expires_at > now,
    )
    return await _first(connection, query)


async def export_of(
    caller: Caller, connection: AsyncConnection, session_id: UUID, command_id: UUID
) -> bytes | None:
    """Give what a machine sent of a session that the caller may see."""
    query = (
        select(commands.c.export)
        .select_from(commands.join(sessions, sessions.c.id == commands.c.session_id))
        .where(visible(caller), sessions.c.id == session_id, commands.c.id == command_id)
    )
    found = (await connection.execute(query)).scalar()
    return None if found is None else bytes(found)


async def of_machine(
    caller: Caller, connection: AsyncConnection, agent_id: UUID, now: datetime, sent_before: datetime
) -> list[dict[str, Any]]:
    """Give what an own machine is to do now, oldest first; what it was sent a moment ago is left out."""
    sent = and_(commands.c.status == "sent", commands.c.sent_at <= sent_before)
    query = _whole().where(
        _own(caller),
        commands.c.agent_id == agent_id,
        commands.c.expires_at > now,
        or_(commands.c.status == "pending", sent),
    )
    return await _rows(connection, query.order_by(commands.c.created_at, commands.c.id))


async def find(caller: Caller, connection: AsyncConnection, command_id: UUID) -> dict[str, Any] | None:
    """Give a command to one of the caller's own machines."""
    return await _first(connection, _whole().where(_own(caller), commands.c.id == command_id))


async def lock(actor: Actor, connection: AsyncConnection, command_id: UUID) -> dict[str, Any] | None:
    """Give a command of the actor's teams; nobody else changes it then."""
    theirs = commands.c.team_id.in_(actor.teams)
    query = _whole().where(theirs, commands.c.id == command_id).with_for_update(of=commands)
    return await _first(connection, query)


async def change(
    actor: Actor, connection: AsyncConnection, command_id: UUID, values: Mapping[str, Any]
) -> None:
    """Write columns of a command that `lock` or `overdue` gave."""
    mine = and_(commands.c.id == command_id, commands.c.team_id.in_(actor.teams))
    await connection.execute(update(commands).where(mine).values(**values))


async def summoned(actor: TeamsCaller, connection: AsyncConnection, now: datetime) -> set[UUID]:
    """Give the machines of these teams for which something waits."""
    query = select(commands.c.agent_id).where(
        commands.c.team_id.in_(actor.teams), commands.c.status == "pending", commands.c.expires_at > now
    )
    return set((await connection.execute(query.distinct())).scalars())


async def overdue(
    _nobody: None, connection: AsyncConnection, now: datetime, unanswered: datetime, limit: int
) -> list[dict[str, Any]]:
    """Find and lock commands of any team that were not started, or not answered, in time."""
    await reach.find(connection, "ingest_commands", "open")
    late = or_(
        and_(commands.c.status.in_(UNSTARTED), commands.c.expires_at <= now),
        and_(commands.c.status == "started", commands.c.expires_at <= unanswered),
    )
    query = _whole().where(late).order_by(commands.c.id).limit(limit)
    return await _rows(connection, query.with_for_update(of=commands, skip_locked=True))


async def forget_exports(_nobody: None, connection: AsyncConnection, before: datetime) -> None:
    """Let go of what machines sent of sessions, of any team, asked before this moment."""
    await reach.find(connection, "ingest_commands", "before", before.isoformat())
    old = and_(commands.c.created_at < before, commands.c.export_bytes.is_not(None))
    await connection.execute(update(commands).where(old).values(export=None, export_bytes=None))


async def teams_with(_nobody: None, connection: AsyncConnection, before: datetime) -> Sequence[UUID]:
    """The teams that have commands which were asked before this moment."""
    await reach.find(connection, "ingest_commands", "before", before.isoformat())
    query = select(commands.c.team_id).where(commands.c.created_at < before).distinct()
    return list((await connection.execute(query)).scalars())


def _own(caller: Caller) -> ColumnElement[bool]:
    return and_(commands.c.team_id == caller.team_id, commands.c.owner_id == caller.user_id)


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _first(connection: AsyncConnection, query: Select[Any]) -> dict[str, Any] | None:
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None
