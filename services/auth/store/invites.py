"""Invitations, without their secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After, email_key
from services.auth.domain.invites import Invite, Sending
from services.auth.tables import invite_letters, invites, teams
from services.runtime.auth import Actor, Anonymous, Caller
from services.runtime.reach import find

own = invites.c


async def add(caller: Caller, connection: AsyncConnection, invite: Invite, digest: str) -> None:
    """Keep an invitation, with the digest of the secret that is shown."""
    row = {"id": invite.id, "team_id": invite.team_id, "role": invite.role, "secret_hash": digest}
    times = {"created_at": invite.created_at, "expires_at": invite.expires_at}
    uses = {"max_uses": invite.max_uses, "uses": invite.uses}
    whom = {"email": invite.email, **_sending(invite.mail)}
    await connection.execute(
        insert(invites).values(**row, **times, **uses, **whom, created_by=caller.user_id)
    )


async def page(
    _caller: Caller, connection: AsyncConnection, team_id: UUID, after: After | None, limit: int
) -> Sequence[Invite]:
    """A page of a team's invitations, oldest first; ask for the caller's role before."""
    query = _named().where(own.team_id == team_id).order_by(own.created_at, own.id).limit(limit)
    if after:
        same = and_(own.created_at == after.at, own.id > UUID(after.key))
        query = query.where(or_(own.created_at > after.at, same))
    return [_invite(row) for row in (await connection.execute(query)).mappings()]


async def get(
    _actor: Actor, connection: AsyncConnection, team_id: UUID, invite_id: UUID, *, lock: bool = False
) -> Invite | None:
    """An invitation of the team. `lock` keeps it as it is until the transaction ends."""
    return await _one(connection, _named().where(own.team_id == team_id, own.id == invite_id), lock=lock)


async def is_invited(
    _caller: Caller, connection: AsyncConnection, team_id: UUID, email: str, now: datetime
) -> bool:
    """Whether an invitation of the team to this address is open."""
    open_ones = and_(own.team_id == team_id, own.expires_at > now, own.uses < own.max_uses)
    query = select(own.email).where(open_ones, own.email.is_not(None))
    return email_key(email) in {email_key(each) for each in (await connection.execute(query)).scalars()}


async def remove(_caller: Caller, connection: AsyncConnection, team_id: UUID, invite_id: UUID) -> bool:
    """Delete an invitation of the team; answers whether there was one."""
    mine = and_(own.team_id == team_id, own.id == invite_id)
    return bool((await connection.execute(delete(invites).where(mine))).rowcount)


async def by_secret(
    _nobody: Caller | Anonymous, connection: AsyncConnection, digest: str, *, lock: bool = False
) -> Invite | None:
    """The invitation of a secret, shown or sent. `lock` keeps it as it is until the transaction ends."""
    await find(connection, "auth", "invite", digest)
    await find(connection, "auth_letter", "invite", digest)
    sent = exists().where(invite_letters.c.invite_id == own.id, invite_letters.c.secret_hash == digest)
    return await _one(connection, _named().where(or_(own.secret_hash == digest, sent)), lock=lock)


async def use(_nobody: Caller | Anonymous, connection: AsyncConnection, invite_id: UUID) -> None:
    """Count one use; lock the invitation first."""
    await connection.execute(update(invites).where(own.id == invite_id).values(uses=own.uses + 1))


async def add_letter(
    _actor: Actor, connection: AsyncConnection, invite_id: UUID, digest: str, at: datetime
) -> None:
    """Keep the digest of the secret in a letter, beside those sent before."""
    row = {"secret_hash": digest, "invite_id": invite_id, "made_at": at}
    await connection.execute(insert(invite_letters).values(row))


async def renew(_caller: Caller, connection: AsyncConnection, invite: Invite, digest: str) -> None:
    """Give an invitation a new secret in place of all it had, and time as it says; lock it first."""
    await connection.execute(delete(invite_letters).where(invite_letters.c.invite_id == invite.id))
    values = {"secret_hash": digest, "expires_at": invite.expires_at, **_sending(invite.mail)}
    await connection.execute(update(invites).where(own.id == invite.id).values(values))


async def note_mail(
    _actor: Actor, connection: AsyncConnection, team_id: UUID, invite_id: UUID, sending: Sending
) -> None:
    """Note how far the letter of an invitation has got."""
    mine = and_(own.team_id == team_id, own.id == invite_id)
    await connection.execute(update(invites).where(mine).values(_sending(sending)))


async def forget_old(_caller: Caller, connection: AsyncConnection, team_id: UUID, before: datetime) -> None:
    """Delete a team's invitations that ended before then."""
    await connection.execute(delete(invites).where(own.team_id == team_id, own.expires_at < before))


async def forget_address(_caller: Caller, connection: AsyncConnection, team_id: UUID, email: str) -> None:
    """Delete the team's invitations to an address whose account is going."""
    query = select(own.id, own.email).where(own.team_id == team_id, own.email.is_not(None))
    to_them = [row.id for row in await connection.execute(query) if email_key(row.email) == email_key(email)]
    await connection.execute(delete(invites).where(own.id.in_(to_them)))


def _named() -> Select[Any]:
    columns = [column for column in own if column.name != "secret_hash"]
    return select(*columns, teams.c.name.label("team_name")).join(teams, teams.c.id == own.team_id)


async def _one(connection: AsyncConnection, query: Select[Any], *, lock: bool) -> Invite | None:
    row = (await connection.execute(query.with_for_update(of=invites) if lock else query)).mappings().first()
    return _invite(row) if row else None


def _invite(row: Mapping[str, Any]) -> Invite:
    plain = {name: value for name, value in row.items() if not name.startswith("mail_")}
    state = row["mail_state"]
    return Invite(**plain, mail=Sending(state, row["mail_at"], row["mail_reason"]) if state else None)


def _sending(sending: Sending | None) -> Mapping[str, object]:
    if sending is None:
        return {}
    return {"mail_state": sending.state, "mail_at": sending.at, "mail_reason": sending.reason}
