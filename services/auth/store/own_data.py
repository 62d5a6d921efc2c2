"""Reads what is held of one person; no secret and no digest of one is among it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import (
    api_tokens,
    audit_entries,
    broker_logins,
    enrolment_codes,
    invites,
    logins,
    memberships,
    password_resets,
    teams,
    users,
)
from services.runtime.auth import Caller

Row = Mapping[str, Any]
SECRET = frozenset({"password_hash", "email_key", "secret_hash", "code_hash", "user_id", "created_by"})
"""Columns that are nobody's to read, or say once more whose rows these are."""


async def account(caller: Caller, connection: AsyncConnection) -> Row | None:
    """The caller's account; `None` when it is gone."""
    found = await _read(connection, _shown(users).where(users.c.id == caller.user_id))
    return next(iter(found), None)


async def team_places(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    """The caller's teams, that of longest standing first."""
    query = _shown(memberships).add_columns(teams.c.name.label("team_name"))
    joined = query.join(teams, teams.c.id == memberships.c.team_id)
    mine = joined.where(memberships.c.user_id == caller.user_id)
    return await _read(connection, mine.order_by(memberships.c.joined_at, memberships.c.team_id))


async def log_ins(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    """Those that have ended, too, as long as they are kept."""
    return await _of_person(caller, connection, logins)


async def tokens(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    """API tokens of all teams, revoked ones too."""
    return await _of_person(caller, connection, api_tokens)


async def codes(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    return await _of_person(caller, connection, enrolment_codes)


async def resets(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    return await _of_person(caller, connection, password_resets)


async def agents_at_broker(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    """Which agents have logged in at the broker with which of the caller's tokens."""
    own = select(api_tokens.c.id).where(api_tokens.c.user_id == caller.user_id)
    query = _shown(broker_logins).where(broker_logins.c.token_id.in_(own))
    return await _read(connection, query.order_by(*broker_logins.primary_key))


async def made_invites(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    query = _shown(invites).where(invites.c.created_by == caller.user_id)
    return await _read(connection, query.order_by(invites.c.created_at, invites.c.id))


async def noted(
    caller: Caller, connection: AsyncConnection, team_id: UUID, after: int, limit: int
) -> Sequence[Row]:
    """A page of a team's entries of what the caller did, or was done to them, from behind the `after`th."""
    own = audit_entries.c
    about = or_(own.actor_id == caller.user_id, own.target == str(caller.user_id))
    query = _shown(audit_entries).where(own.team_id == team_id, own.n > after, about)
    return await _read(connection, query.order_by(own.n).limit(limit))


async def _of_person(caller: Caller, connection: AsyncConnection, table: Table) -> Sequence[Row]:
    query = _shown(table).where(table.c.user_id == caller.user_id)
    return await _read(connection, query.order_by(*table.primary_key))


def _shown(table: Table) -> Select[Any]:
    return select(*(column for column in table.columns if column.name not in SECRET))


async def _read(connection: AsyncConnection, query: Select[Any]) -> Sequence[Row]:
    # A column's name is a kind of text of its own, which no encoder knows.
    rows = (await connection.execute(query)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]
