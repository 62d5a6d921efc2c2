"""Writes what agents report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import (
    CHILDREN,
    session_commits,
    session_events,
    session_files,
    session_memories,
    session_samples,
    session_usage,
    sessions,
)
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import Row, upsert
from services.runtime.bus import Transient

NEWER = "(excluded.epoch, excluded.n) > ({0}.epoch, {0}.n)"
COMPLETE: Mapping[str, Table] = {
    table.name: table for table in (session_usage, session_files, session_commits, session_memories)
}


async def lock_sessions(
    actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Give the rows that exist, tombstones included, locked in one order until the transaction ends."""
    query = (
        select(sessions)
        .where(sessions.c.id.in_(sorted(ids)), sessions.c.team_id.in_(actor.teams))
        .order_by(sessions.c.id)
        .with_for_update()
    )
    return {row["id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def put_sessions(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write each row unless what is there is as new, or deleted, or not the version the row was made from.

    Raises `Transient` when not all were written: `lock_sessions` found no row to lock, and another
    transaction made it in the meantime.
    """
    guard = (
        f"sessions.deleted_at IS NULL AND {NEWER.format('sessions')} "
        "AND excluded.version = sessions.version + 1"
    )
    if await upsert(connection, sessions, _own(actor, rows), guard) != len(rows):
        raise Transient("another process stored the same session")


async def put_settled(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write rows that were read and locked in this transaction, whatever their order."""
    await upsert(connection, sessions, _own(actor, rows), "sessions.deleted_at IS NULL")


async def put_complete(
    actor: TeamsCaller, connection: AsyncConnection, name: str, ids: Sequence[UUID], rows: Sequence[Row]
) -> None:
    """Make the sessions' rows of a complete list exactly `rows`; what is equal already is not written.

    Of rows with one key the last stays, so that a careless list harms nobody.
    """
    table = COMPLETE[name]
    found = await children_of(actor, connection, table, ids)
    old = {_key(table, row): row for row in found}
    new = {_key(table, row): row for row in _own(actor, rows)}
    await upsert(connection, table, [row for key, row in new.items() if old.get(key) != row])
    gone = [row for key, row in old.items() if key not in new]
    for start in range(0, len(gone), 100):
        matches = [_is_row(table, row) for row in gone[start : start + 100]]
        await connection.execute(delete(table).where(or_(*matches)))


async def put_events(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add events; of one id the newest report's stays."""
    await _put_newest(actor, connection, session_events, rows)


async def put_samples(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add samples; of one session's 15 minutes the newest report's stays."""
    await _put_newest(actor, connection, session_samples, rows)


async def _put_newest(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, rows: Sequence[Row]
) -> None:
    newest: dict[tuple[Any, ...], Row] = {}
    for row in sorted(_own(actor, rows), key=lambda row: (row["epoch"], row["n"])):
        newest[_key(table, row)] = row
    await upsert(connection, table, list(newest.values()), NEWER.format(table.name))


async def children_of(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    query = select(table).where(table.c.session_id.in_(ids), table.c.team_id.in_(actor.teams))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def wipe_children(actor: TeamsCaller, connection: AsyncConnection, session_id: UUID) -> None:
    for table in CHILDREN:
        await connection.execute(
            delete(table).where(table.c.session_id == session_id, table.c.team_id.in_(actor.teams))
        )


def _own(actor: TeamsCaller, rows: Sequence[Row]) -> list[Row]:
    assert all(row["team_id"] in actor.teams for row in rows)
    return list(rows)


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _is_row(table: Table, row: Row) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key))
