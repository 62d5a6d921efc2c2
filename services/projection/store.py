"""Writes a projection, guarded by the sessions' versions."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contracts.sessions import SessionDeleted, SessionState
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import upsert

Row = dict[str, Any]


async def put(actor: TeamsCaller, connection: AsyncConnection, table: Table, rows: Iterable[Row]) -> None:
    """Write rows that are newer than what is there; a deletion wins over a state of its version."""
    newest: dict[UUID, Row] = {}
    for row in rows:
        assert row["team_id"] in actor.teams
        held = newest.get(row["session_id"])
        if held is None or (row["version"], row["deleted"]) >= (held["version"], held["deleted"]):
            newest[row["session_id"]] = row
    guard = (
        f"excluded.version > {table.name}.version "
        f"OR (excluded.version = {table.name}.version AND excluded.deleted AND NOT {table.name}.deleted)"
    )
    await upsert(connection, table, [newest[key] for key in sorted(newest)], guard)


async def find(actor: TeamsCaller, connection: AsyncConnection, table: Table, session_id: UUID) -> Row | None:
    query = select(table).where(table.c.session_id == session_id, table.c.team_id.in_(actor.teams))
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


def state_row(state: SessionState) -> Row:
    session = state.session
    return {
        "session_id": session.id,
        "team_id": session.team_id,
        "user_id": session.user_id,
        "version": session.version,
        "deleted": False,
        "visibility": session.visibility,
        "status": session.status,
        "last_activity_at": session.last_activity_at,
        "body": state.model_dump(mode="json", exclude={"events"}),
    }


def tombstone(gone: SessionDeleted) -> Row:
    return {
        "session_id": gone.session_id,
        "team_id": gone.team_id,
        "user_id": gone.user_id,
        "version": gone.version,
        "deleted": True,
        "visibility": "private",
        "status": "ended",
        "last_activity_at": None,
        "body": None,
    }
