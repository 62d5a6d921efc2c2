"""Persons."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import Credentials, Person, email_key
from services.auth.tables import memberships, users
from services.runtime.auth import Anonymous, Caller
from services.runtime.errors import conflict


@dataclass(frozen=True, slots=True)
class NewUser:
    id: UUID
    email: str
    username: str
    password_hash: str
    at: datetime


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
    try:
        await connection.execute(insert(users).values(row))
    except IntegrityError:
        raise conflict("email_taken", "There is an account with this e-mail address.") from None


async def credentials(_nobody: Anonymous, connection: AsyncConnection, email: str) -> Credentials | None:
    """What to check a password against; `None` for an unknown address."""
    columns = (users.c.id, users.c.password_hash)
    row = (await connection.execute(select(*columns).where(users.c.email_key == email_key(email)))).first()
    return Credentials(*row) if row else None


async def last_team(_nobody: Anonymous, connection: AsyncConnection, user_id: UUID) -> UUID | None:
    """The team the person chose last, which they may have left since."""
    found: UUID | None = (
        await connection.execute(select(users.c.team_id).where(users.c.id == user_id))
    ).scalar()
    return found


async def note_login(
    _nobody: Anonymous, connection: AsyncConnection, user_id: UUID, at: datetime, renewed: str | None
) -> None:
    """Remember the time, and the password's new hash where there is one."""
    values: dict[str, object] = {"last_login": at}
    if renewed:
        values["password_hash"] = renewed
    await connection.execute(update(users).where(users.c.id == user_id).values(values))


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


async def rename(caller: Caller, connection: AsyncConnection, username: str) -> None:
    changed = {"username": username, "version": users.c.version + 1}
    await connection.execute(update(users).where(users.c.id == caller.user_id).values(changed))


async def choose_team(caller: Caller, connection: AsyncConnection, team_id: UUID) -> None:
    """Remember the team last chosen."""
    await connection.execute(update(users).where(users.c.id == caller.user_id).values(team_id=team_id))
