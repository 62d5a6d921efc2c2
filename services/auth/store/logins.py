"""Log-ins and their families of refresh tokens. Tokens come and are kept as digests only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After, Device
from services.auth.domain.rotation import Presented
from services.auth.tables import logins, refresh_tokens
from services.runtime.auth import Anonymous, Caller
from services.runtime.reach import find


@dataclass(frozen=True, slots=True)
class Login:
    sid: str
    user_id: UUID
    team_id: UUID | None
    created_at: datetime
    token: Presented
    parent_hash: str | None


async def begin(
    _nobody: Anonymous,
    connection: AsyncConnection,
    sid: str,
    user_id: UUID,
    at: datetime,
    expires_at: datetime,
    label: str,
) -> None:
    """Begin a log-in, and forget the person's that have run out."""
    await connection.execute(delete(logins).where(logins.c.user_id == user_id, logins.c.expires_at <= at))
    row = {"sid": sid, "user_id": user_id, "expires_at": expires_at, "label": label}
    await connection.execute(insert(logins).values(**row, created_at=at, last_at=at))


async def issue(
    _nobody: Anonymous,
    connection: AsyncConnection,
    sid: str,
    token_hash: str,
    parent_hash: str | None,
    at: datetime,
) -> None:
    """Keep a new refresh token."""
    row = {"token_hash": token_hash, "sid": sid, "parent_hash": parent_hash, "issued_at": at, "void": False}
    await connection.execute(insert(refresh_tokens).values(row))


async def presented(_nobody: Anonymous, connection: AsyncConnection, token_hash: str) -> Login | None:
    """The log-in of a refresh token, locked until the transaction ends; `None` for an unknown token."""
    await find(connection, "auth", "refresh", token_hash)
    mine = refresh_tokens.c.token_hash == token_hash
    sid = (await connection.execute(select(refresh_tokens.c.sid).where(mine))).scalar()
    if sid is None:
        return None
    login = (await connection.execute(select(logins).where(logins.c.sid == sid).with_for_update())).first()
    token = (await connection.execute(select(refresh_tokens).where(mine))).first()
    if login is None or token is None:
        return None
    child = refresh_tokens.alias()
    followed = exists().where(child.c.parent_hash == token_hash, child.c.used_at.is_not(None))
    state = Presented(
        used_at=token.used_at,
        void=token.void,
        followed=bool((await connection.execute(select(followed))).scalar()),
        expires_at=login.expires_at,
        ended=login.ended_at is not None,
    )
    return Login(login.sid, login.user_id, login.team_id, login.created_at, state, token.parent_hash)


async def use(
    _nobody: Anonymous,
    connection: AsyncConnection,
    login: Login,
    token_hash: str,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Mark a refresh token used; its siblings are void from now on, and the log-in lives longer."""
    used = update(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)
    await connection.execute(used.values(used_at=at))
    if login.parent_hash is not None:
        siblings = update(refresh_tokens).where(
            refresh_tokens.c.parent_hash == login.parent_hash, refresh_tokens.c.token_hash != token_hash
        )
        await connection.execute(siblings.values(void=True))
    kept = update(logins).where(logins.c.sid == login.sid)
    await connection.execute(kept.values(expires_at=expires_at, last_at=at))


async def end(
    caller: Caller | Anonymous,  # noqa: ARG001 - the bearer of a refresh token is nobody yet
    connection: AsyncConnection,
    sid: str,
    at: datetime,
) -> None:
    """End a log-in with its whole family of refresh tokens. Ending it twice is no error."""
    await connection.execute(
        update(logins).where(logins.c.sid == sid, logins.c.ended_at.is_(None)).values(ended_at=at)
    )


async def choose_team(caller: Caller, connection: AsyncConnection, team_id: UUID) -> None:
    """Remember the team chosen in this log-in."""
    await connection.execute(update(logins).where(logins.c.sid == caller.sid).values(team_id=team_id))


async def page(
    caller: Caller, connection: AsyncConnection, at: datetime, after: After | None, limit: int
) -> Sequence[Device]:
    """A page of the caller's log-ins that have not ended, oldest first."""
    columns = (logins.c.sid, logins.c.label, logins.c.created_at, logins.c.last_at, logins.c.expires_at)
    query = select(*columns).where(_living(caller, at)).order_by(logins.c.created_at, logins.c.sid)
    if after:
        same = and_(logins.c.created_at == after.at, logins.c.sid > after.key)
        query = query.where(or_(logins.c.created_at > after.at, same))
    return [Device(*row) for row in await connection.execute(query.limit(limit))]


async def end_own(caller: Caller, connection: AsyncConnection, sid: str, at: datetime) -> bool:
    """End a log-in of the caller's; answers whether there was one."""
    mine = and_(_living(caller, at), logins.c.sid == sid)
    return bool((await connection.execute(update(logins).where(mine).values(ended_at=at))).rowcount)


async def end_others(caller: Caller, connection: AsyncConnection, at: datetime) -> int:
    """End all log-ins of the caller's but this one; answers how many."""
    others = and_(_living(caller, at), logins.c.sid != caller.sid)
    return int((await connection.execute(update(logins).where(others).values(ended_at=at))).rowcount)


async def end_all(_nobody: Anonymous, connection: AsyncConnection, user_id: UUID, at: datetime) -> None:
    """End every log-in of a person."""
    theirs = and_(logins.c.user_id == user_id, logins.c.ended_at.is_(None))
    await connection.execute(update(logins).where(theirs).values(ended_at=at))


def _living(caller: Caller, at: datetime) -> ColumnElement[bool]:
    return and_(logins.c.user_id == caller.user_id, logins.c.ended_at.is_(None), logins.c.expires_at > at)
