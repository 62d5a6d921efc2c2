"""How long teams keep what, and what of it is due to go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.sessions import named
from services.ingest.tables import DETAILS, commands, ingest_teams, sessions
from services.runtime.auth import TeamsCaller
from services.runtime.reach import find

NONE = "[]"


async def days_kept(_nobody: None, connection: AsyncConnection, *setting: str) -> Mapping[UUID, int]:
    """The teams that say how long they keep this, each with its number of days."""
    await find(connection, "ingest_retention", "limited")
    days = ingest_teams.c.settings[setting].as_integer()
    query = select(ingest_teams.c.team_id, days).where(days.is_not(None)).order_by(ingest_teams.c.team_id)
    return {row[0]: row[1] for row in await connection.execute(query)}


async def due(
    team: TeamsCaller, connection: AsyncConnection, before: datetime, limit: int
) -> list[dict[str, Any]]:
    """Find and lock sessions that have ended and were not active since then, the oldest first."""
    query = _over(named(), team, before).limit(limit).with_for_update(of=sessions, skip_locked=True)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def detailed(
    team: TeamsCaller, connection: AsyncConnection, before: datetime, limit: int
) -> Sequence[UUID]:
    """Find and lock those of them that have details, the oldest first."""
    query = _over(select(sessions.c.id), team, before).where(_has_details()).limit(limit)
    return list((await connection.execute(query.with_for_update(skip_locked=True))).scalars())


async def take_details(
    team: TeamsCaller, connection: AsyncConnection, ids: Sequence[UUID], now: datetime
) -> None:
    """Take all details of sessions that the transaction has locked; their versions rise by one."""
    mine = update(sessions).where(sessions.c.id.in_(ids), sessions.c.team_id.in_(team.teams))
    fewer = {"pull_requests": [], "updated_at": now, "version": sessions.c.version + 1}
    await connection.execute(mine.values(**fewer))
    for table in DETAILS:
        own = delete(table).where(table.c.session_id.in_(ids), table.c.team_id.in_(team.teams))
        await connection.execute(own)


async def forget_commands(
    team: TeamsCaller, connection: AsyncConnection, before: datetime, limit: int
) -> int:
    """Let go of commands of these teams that were asked before this moment; answers how many there were."""
    old = select(commands.c.id).where(commands.c.team_id.in_(team.teams), commands.c.created_at < before)
    some = delete(commands).where(commands.c.id.in_(old.limit(limit)), commands.c.team_id.in_(team.teams))
    return (await connection.execute(some)).rowcount


def _over(query: Select[Any], team: TeamsCaller, before: datetime) -> Select[Any]:
    return query.where(
        sessions.c.team_id.in_(team.teams),
        sessions.c.deleted_at.is_(None),
        sessions.c.status == "ended",
        sessions.c.sort_at < before,
    ).order_by(sessions.c.sort_at, sessions.c.id)


def _has_details() -> ColumnElement[bool]:
    held = (exists().where(table.c.session_id == sessions.c.id) for table in DETAILS)
    return or_(*held, cast(sessions.c.pull_requests, String) != NONE)
