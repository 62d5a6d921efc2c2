"""Begins log-ins and gives their tokens."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.auth.domain import Person, chosen_team
from services.auth.issuer import Issuer
from services.auth.store import logins, memberships, users
from services.runtime.auth import ANONYMOUS, Caller
from services.runtime.db import Connection
from services.runtime.errors import unauthenticated
from services.runtime.settings import Settings

SID_BYTES = 16
REFRESH_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`refresh_token` is for the browser's cookie, `refresh_seconds` how long it lives unused.

    Both are `None` where the browser keeps the one it has.
    """

    person: Person
    access_token: str
    expires_in: int
    refresh_token: str | None = None
    refresh_seconds: int | None = None


class Grants:
    """Every method works in the caller's transaction. Raises `Problem` 401 when the account is gone."""

    def __init__(self, issuer: Issuer, settings: Settings) -> None:
        self._issuer = issuer
        self._first = timedelta(days=min(settings.refresh_idle_days, settings.refresh_absolute_days))

    async def begin(self, connection: Connection, user_id: UUID, label: str, now: datetime) -> SignedIn:
        """Begin a log-in; `label` is what the browser calls itself."""
        sid, expires_at = secrets.token_urlsafe(SID_BYTES), now + self._first
        await logins.begin(ANONYMOUS, connection, sid, user_id, now, expires_at, label)
        return await self.renew(connection, sid, user_id, None, now, expires_at, None)

    async def renew(
        self,
        connection: Connection,
        sid: str,
        user_id: UUID,
        team_id: UUID | None,
        now: datetime,
        expires_at: datetime,
        parent: str | None,
    ) -> SignedIn:
        """Give a log-in its next refresh token, and an access token."""
        refresh_token = secrets.token_urlsafe(REFRESH_BYTES)
        await logins.issue(ANONYMOUS, connection, sid, digest_of(refresh_token), parent, now)
        signed_in = await self.token(connection, sid, user_id, team_id)
        return SignedIn(
            signed_in.person,
            signed_in.access_token,
            signed_in.expires_in,
            refresh_token,
            int((expires_at - now).total_seconds()),
        )

    async def token(self, connection: Connection, sid: str, user_id: UUID, wanted: UUID | None) -> SignedIn:
        """Give an access token alone, for the wanted team or the one chosen last."""
        roles = await memberships.roles(ANONYMOUS, connection, user_id)
        last = await users.last_team(ANONYMOUS, connection, user_id)
        team_id = chosen_team(roles, (wanted, last))
        caller = Caller(user_id, team_id, roles[team_id] if team_id else None, sid)
        person = await users.person(caller, connection)
        if person is None:
            raise unauthenticated("This sign-in has ended.")
        token = await self._issuer.token(
            connection, sid, user_id, team_id, caller.role, person.rights_version
        )
        return SignedIn(person, token, self._issuer.seconds)


def digest_of(token: str) -> str:
    """What is kept of a secret: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
