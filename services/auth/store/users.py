"""Persons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import Credentials, Person, email_key
from services.auth.tables import memberships, users
from services.runtime.auth import Anonymous, Caller
from services.runtime.errors import Problem, conflict
from services.runtime.reach import find, widen


@dataclass(frozen=True, slots=True)
class NewUser:
    id: UUID
    email: str
    username: str
    password_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What is `None` stays."""

    username: str | None = None
    email: str | None = None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a letter to a person goes, and how they are called."""

    user_id: UUID
    email: str
    username: str


async def add(_nobody: Anonymous, connection: AsyncConnection, new: NewUser) -> None:
    """Add a person in no team. Raises `Problem` 409 when the e-mail address is taken."""
    row = {
        "id": new.id,
        "email": new.email,
        "email_key": email_key(new.email),
        "username": new.username,
        "password_hash": new.password_hash,
        "rights_version": 1,
        "version": 1,
        "created_at": new.at,
        "last_login": new.at,
    }
    await widen(connection, persons=[new.id])
    try:
        await connection.execute(insert(users).values(row))
    except IntegrityError:
        raise _taken() from None


async def credentials(_nobody: Anonymous, connection: AsyncConnection, email: str) -> Credentials | None:
    """What to check a password against; `None` for an unknown address."""
    await find(connection, "auth", "email", email_key(email))
    columns = (users.c.id, users.c.password_hash)
    row = (await connection.execute(select(*columns).where(users.c.email_key == email_key(email)))).first()
    return Credentials(*row) if row else None


async def by_address(_nobody: Anonymous, connection: AsyncConnection, email: str) -> Addressee | None:
    """Whose address it is, with the address as their account has it."""
    await find(connection, "auth", "email", email_key(email))
    columns = (users.c.id, users.c.email, users.c.username)
    row = (await connection.execute(select(*columns).where(users.c.email_key == email_key(email)))).first()
    return Addressee(*row) if row else None


async def by_id(
    _nobody: Anonymous, connection: AsyncConnection, user_id: UUID, *, lock: bool = False
) -> Addressee | None:
    """Somebody who is known by a secret or an order. `lock` keeps the account until the transaction ends."""
    await widen(connection, persons=[user_id])
    query = select(users.c.id, users.c.email, users.c.username).where(users.c.id == user_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return Addressee(*row) if row else None


async def last_team(_nobody: Anonymous, connection: AsyncConnection, user_id: UUID) -> UUID | None:
    """The team the person chose last, which they may have left since."""
    found: UUID | None = (
        await connection.execute(select(users.c.team_id).where(users.c.id == user_id))
    ).scalar()
    return found


async def note_login(
    _nobody: Anonymous, connection: AsyncConnection, user_id: UUID, at: datetime, renewed: str | None
) -> bool:
    """Remember the time, and the password's new hash where there is one; `False` for who is gone."""
    values: dict[str, object] = {"last_login": at}
    if renewed:
        values["password_hash"] = renewed
    changed = update(users).where(users.c.id == user_id).values(values)
    return bool((await connection.execute(changed)).rowcount)


async def person(caller: Caller, connection: AsyncConnection, *, lock: bool = False) -> Person | None:
    """The caller, in the team their token names. `None` when the account is gone.

    `lock` keeps it as it is until the transaction ends.
    """
    member = and_(memberships.c.user_id == users.c.id, memberships.c.team_id == caller.team_id)
    query = (
        select(
            users.c.id,
            users.c.email,
            users.c.username,
            memberships.c.team_id,
            memberships.c.role,
            users.c.created_at,
            users.c.last_login,
            users.c.version,
            users.c.rights_version,
        )
        .select_from(users.outerjoin(memberships, member))
        .where(users.c.id == caller.user_id)
    )
    locked = query.with_for_update(of=users) if lock else query
    row = (await connection.execute(locked)).mappings().first()
    return Person(**row) if row else None


async def change(caller: Caller, connection: AsyncConnection, changes: Changes) -> None:
    """Change the caller's account. Raises `Problem` 409 when the e-mail address is taken."""
    values: dict[str, object] = {"version": users.c.version + 1}
    if changes.username is not None:
        values["username"] = changes.username
    if changes.email is not None:
        values |= {"email": changes.email, "email_key": email_key(changes.email)}
    if changes.password_hash is not None:
        values["password_hash"] = changes.password_hash
    try:
        await connection.execute(update(users).where(users.c.id == caller.user_id).values(values))
    except IntegrityError:
        raise _taken() from None


async def password_hash(caller: Caller, connection: AsyncConnection) -> str | None:
    """What the caller's password is checked against; `None` when the account is gone."""
    query = select(users.c.password_hash).where(users.c.id == caller.user_id)
    found: str | None = (await connection.execute(query)).scalar()
    return found


async def set_password(_nobody: Anonymous, connection: AsyncConnection, user_id: UUID, new_hash: str) -> None:
    changed = {"password_hash": new_hash, "version": users.c.version + 1}
    await connection.execute(update(users).where(users.c.id == user_id).values(changed))


async def known(_caller: Caller, connection: AsyncConnection, email: str) -> tuple[UUID, str] | None:
    """Id and name of the person with this address; an admin who adds somebody asks it."""
    await find(connection, "auth", "email", email_key(email))
    query = select(users.c.id, users.c.username).where(users.c.email_key == email_key(email))
    row = (await connection.execute(query)).first()
    return (row.id, row.username) if row else None


async def names(_caller: Caller, connection: AsyncConnection, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """How these persons are called now; those whose accounts are gone are left out."""
    await widen(connection, persons=ids)
    query = select(users.c.id, users.c.username).where(users.c.id.in_(list(ids)))
    return {row.id: row.username for row in await connection.execute(query)}


async def remove(caller: Caller, connection: AsyncConnection) -> None:
    """Delete the caller's account, with memberships, log-ins and API tokens."""
    await connection.execute(delete(users).where(users.c.id == caller.user_id))


async def choose_team(caller: Caller, connection: AsyncConnection, team_id: UUID) -> None:
    """Remember the team last chosen."""
    await connection.execute(update(users).where(users.c.id == caller.user_id).values(team_id=team_id))


def _taken() -> Problem:
    return conflict("email_taken", "There is an account with this e-mail address.")
