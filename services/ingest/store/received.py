"""Writes what agents report."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.rows import OWN
from services.ingest.domain.words import SEARCHED
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
from services.runtime.bulk import Row, among, key_in, key_of, upsert, values_of
from services.runtime.bus import Transient

NEWER = "(excluded.epoch, excluded.n) > ({0}.epoch, {0}.n)"
COMPLETE: Mapping[str, Table] = {
    table.name: table for table in (session_usage, session_files, session_commits, session_memories)
}


# What a new report is held against, and what of it stays.
_HELD = dict.fromkeys(("id", "epoch", "n", "version", "deleted_at", "status", *OWN, *SEARCHED))


async def lock_sessions(
    actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Give what a report needs of the rows that exist, tombstones included.

    They are locked in one order until the transaction ends.
    """
    query = (
        select(*(sessions.c[name] for name in _HELD))
        .where(among(connection, sessions.c.id, ids), among(connection, sessions.c.team_id, actor.teams))
        .order_by(sessions.c.id)
        .with_for_update()
    )
    return {row["id"]: row for row in await _rows(connection, query)}


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
    key, values, place = key_of(table), values_of(table), key_in(table)
    found = await connection.execute(_children(actor, connection, table, ids))
    old = {place(row): row for row in map(tuple, found)}
    new = {key(row): row for row in _own(actor, rows)}
    await upsert(connection, table, [row for each, row in new.items() if old.get(each) != values(row)])
    gone = [each for each in old if each not in new]
    for start in range(0, len(gone), 100):
        matches = [_is_row(table, each) for each in gone[start : start + 100]]
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
    key = key_of(table)
    newest = {key(row): row for row in sorted(_own(actor, rows), key=itemgetter("epoch", "n"))}
    await upsert(connection, table, list(newest.values()), NEWER.format(table.name))


async def children_of(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    return await _rows(connection, _children(actor, connection, table, ids))


def _children(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, ids: Sequence[UUID]
) -> Select[Any]:
    return select(table).where(
        among(connection, table.c.session_id, ids), among(connection, table.c.team_id, actor.teams)
    )


async def wipe_children(actor: TeamsCaller, connection: AsyncConnection, session_id: UUID) -> None:
    for table in CHILDREN:
        await connection.execute(
            delete(table).where(table.c.session_id == session_id, table.c.team_id.in_(actor.teams))
        )


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    found = await connection.execute(query)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def _own(actor: TeamsCaller, rows: Sequence[Row]) -> list[Row]:
    assert all(row["team_id"] in actor.teams for row in rows)
    return list(rows)


def _is_row(table: Table, key: tuple[Any, ...]) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
