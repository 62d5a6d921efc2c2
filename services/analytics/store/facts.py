"""Writes the facts of sessions, and marks the hours whose sums they change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.facts import Facts
from services.analytics.tables import dirty, errors, sessions, tags, usage
from services.projection.store import put
from services.runtime.auth import TeamsCaller
from services.runtime.bulk import among, key_in, key_of, upsert, values_of

Row = dict[str, Any]
Hour = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Written:
    """A session's whole row, and the facts that hang on it: none for one that is deleted."""

    row: Row
    facts: Facts


async def write(
    actor: TeamsCaller, connection: AsyncConnection, states: Sequence[Written], settles_at: datetime
) -> None:
    """Replace the facts of sessions by those of newer states, and mark the hours that this changes.

    What is older than what is there changes nothing. A session's row stays locked until the end of the
    transaction, so that nobody else writes its facts in between.
    """
    before = await _held(actor, connection, [each.row["session_id"] for each in states])
    newer = [each for each in states if _is_newer(each.row, before.get(each.row["session_id"]))]
    await put(actor, connection, sessions, [each.row for each in newer])
    # What was not there could not be locked, and somebody else may have written it meanwhile.
    begun = [each.row["session_id"] for each in newer if each.row["session_id"] not in before]
    now = await _held(actor, connection, begun) if begun else {}
    newest = {
        each.row["session_id"]: each
        for each in newer
        if each.row["session_id"] in before or _place(each.row) == _place(now[each.row["session_id"]])
    }
    if newest:
        hours = await _replace(actor, connection, newest, before)
        await mark(actor, connection, hours, settles_at)


async def rewrite(
    actor: TeamsCaller, connection: AsyncConnection, states: Sequence[Written], settles_at: datetime
) -> None:
    """Make the facts of sessions anew, whose rows this transaction has locked and read."""
    before = await _held(actor, connection, {each.row["session_id"] for each in states})
    await upsert(connection, sessions, [each.row for each in states])
    same = {each.row["session_id"]: each for each in states}
    await mark(actor, connection, await _replace(actor, connection, same, before), settles_at)


async def mark(
    actor: TeamsCaller, connection: AsyncConnection, hours: Iterable[Hour], settles_at: datetime
) -> None:
    """Note that these hours' rollup is no longer true; until when they are given time to settle."""
    rows = [
        {"team_id": team_id, "hour": hour, "settles_at": settles_at}
        for team_id, hour in sorted(set(hours))
        if team_id in actor.teams
    ]
    await upsert(connection, dirty, rows, "excluded.settles_at > analytics_dirty.settles_at")


async def _held(actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]) -> Mapping[UUID, Row]:
    query = select(*(sessions.c[name] for name in _HELD)).where(
        among(connection, sessions.c.session_id, ids), among(connection, sessions.c.team_id, actor.teams)
    )
    query = query.order_by(sessions.c.session_id).with_for_update()
    return {row["session_id"]: row for row in await _rows(connection, query)}


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    found = await connection.execute(query)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def _place(row: Mapping[str, Any]) -> tuple[int, bool]:
    return row["version"], row["deleted"]


def _is_newer(row: Row, held: Row | None) -> bool:
    return held is None or _place(row) > _place(held)


async def _replace(
    actor: TeamsCaller,
    connection: AsyncConnection,
    newest: Mapping[UUID, Written],
    before: Mapping[UUID, Row],
) -> set[Hour]:
    """Write what is new and take away what is no more; answers the hours whose sums changed."""
    hours: set[Hour] = set()
    for table, name in ((usage, "usage"), (tags, "tags"), (errors, "errors")):
        wanted = [row for each in newest.values() for row in getattr(each.facts, name)]
        changed = await _put_exactly(actor, connection, table, newest.keys(), wanted)
        if table is usage:
            hours |= {(row["team_id"], row["hour"]) for row in changed}
        if table is errors:
            begun = ((row["team_id"], newest[row["session_id"]].row["hour"]) for row in changed)
            hours |= {(team_id, hour) for team_id, hour in begun if hour is not None}
    for session_id, each in newest.items():
        old = before.get(session_id, {})
        if any(old.get(name) != each.row[name] for name in _BEGUN):
            hours |= {(row["team_id"], row["hour"]) for row in (old, each.row) if row.get("hour") is not None}
        if any(old.get(name) != each.row[name] for name in _KEYS):
            hours |= {(row["team_id"], row["hour"]) for row in each.facts.usage}
    return hours


# What the sums of a session's beginning are made of, and what those of all its hours are sorted by.
_KEYS = ("visibility", "deleted", "tool", "project", "tags")
_BEGUN = (*_KEYS, "quarter", "model", "health_points", "errors", "tool_calls", "commits")
_HELD = ("session_id", "team_id", "version", "hour", *_BEGUN)


async def _put_exactly(
    actor: TeamsCaller,
    connection: AsyncConnection,
    table: Table,
    ids: Iterable[UUID],
    wanted: Sequence[Row],
) -> list[Row]:
    """Let these sessions have these rows and no others; answers those that were written or taken away."""
    key, values, place = key_of(table), values_of(table), key_in(table)
    query = select(table).where(
        among(connection, table.c.session_id, ids), among(connection, table.c.team_id, actor.teams)
    )
    old = {place(row): row for row in map(tuple, await connection.execute(query))}
    new = {key(row): row for row in wanted}
    gone = old.keys() - new.keys()
    changed = [new[each] for each in sorted(new) if values(new[each]) != old.get(each)]
    if gone:
        await connection.execute(
            delete(table).where(
                tuple_(*table.primary_key).in_(gone),
                among(connection, table.c.team_id, actor.teams),
            )
        )
    await upsert(connection, table, changed)
    names = [column.name for column in table.columns]
    return [*(dict(zip(names, old[each], strict=True)) for each in gone), *changed]
