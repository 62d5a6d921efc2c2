"""Teams of made-up people: the only ones whose settings say `demo`."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import email_key
from services.auth.tables import api_tokens, memberships, teams, users
from services.runtime.auth import Anonymous, TeamsCaller
from services.runtime.reach import find, widen


@dataclass(frozen=True, slots=True)
class Someone:
    """`elsewhere` says that they are in a team besides."""

    user_id: UUID
    email: str
    elsewhere: bool


async def marked(_nobody: Anonymous, connection: AsyncConnection) -> list[UUID]:
    """The teams that are marked, whoever is in them."""
    await find(connection, "auth", "demo")
    query = select(teams.c.id).where(teams.c.settings["demo"].as_boolean() == true())
    return list((await connection.execute(query)).scalars())


async def members(actor: TeamsCaller, connection: AsyncConnection, emails: Collection[str]) -> list[Someone]:
    """The members of the actor's teams who have one of these addresses."""
    known = select(memberships.c.user_id).where(memberships.c.team_id.in_(actor.teams))
    await widen(connection, persons=(await connection.execute(known)).scalars())
    other = memberships.alias()
    elsewhere = exists().where(other.c.user_id == users.c.id, other.c.team_id.not_in(actor.teams))
    query = (
        select(users.c.id, users.c.email, elsewhere)
        .distinct()
        .join(memberships, memberships.c.user_id == users.c.id)
        .where(memberships.c.team_id.in_(actor.teams))
        .where(users.c.email_key.in_([email_key(email) for email in emails]))
    )
    return [Someone(row[0], row[1], bool(row[2])) for row in await connection.execute(query)]


async def token_ids(actor: TeamsCaller, connection: AsyncConnection) -> list[str]:
    """The ids of all API tokens of the actor's teams."""
    query = select(api_tokens.c.id).where(api_tokens.c.team_id.in_(actor.teams))
    return list((await connection.execute(query)).scalars())


async def set_password(
    actor: TeamsCaller, connection: AsyncConnection, email: str, password_hash: str
) -> None:
    """Set the password of a member of the actor's teams."""
    member = select(memberships.c.user_id).where(memberships.c.team_id.in_(actor.teams))
    await connection.execute(
        update(users)
        .where(users.c.email_key == email_key(email), users.c.id.in_(member))
        .values(password_hash=password_hash)
    )


async def raise_versions(actor: TeamsCaller, connection: AsyncConnection) -> None:
    """Note that the rights of everybody in the actor's teams change."""
    member = select(memberships.c.user_id).where(memberships.c.team_id.in_(actor.teams))
    raised = {"rights_version": users.c.rights_version + 1}
    await connection.execute(update(users).where(users.c.id.in_(member)).values(raised))


async def forget(
    actor: TeamsCaller, connection: AsyncConnection, persons: Collection[UUID]
) -> dict[str, int]:
    """Delete the actor's teams and these persons, with all that hangs on either; answers counts by table."""
    gone = await connection.execute(delete(users).where(users.c.id.in_(persons)))
    ended = await connection.execute(delete(teams).where(teams.c.id.in_(actor.teams)))
    return {"users": gone.rowcount, "teams": ended.rowcount}
