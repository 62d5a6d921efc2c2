"""The ways in and out: register, log in, refresh, switch, log out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.auth.announcer import Announcer
from services.auth.domain import Person, chosen_team
from services.auth.domain.passwords import own_names, refusal
from services.auth.domain.rotation import judge
from services.auth.domain.settings import TeamSettings
from services.auth.hashing import Hashing
from services.auth.issuer import Issuer
from services.auth.store import logins, memberships, teams, users
from services.runtime.auth import ANONYMOUS, Anonymous, Caller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, not_found, unauthenticated, unprocessable
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


@dataclass(frozen=True, slots=True)
class Registration:
    email: str
    username: str
    password: str
    team_name: str | None


class Accounts:
    """Every method is one transaction, and raises `Problem` for what it refuses."""

    def __init__(
        self,
        database: Database,
        hashing: Hashing,
        issuer: Issuer,
        announcer: Announcer,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._hashing = hashing
        self._issuer = issuer
        self._announcer = announcer
        self._clock = clock
        self._idle = timedelta(days=settings.refresh_idle_days)
        self._absolute = timedelta(days=settings.refresh_absolute_days)
        self._grace = timedelta(seconds=settings.refresh_grace_seconds)
        self._password_min = settings.password_min_length

    async def register(self, new: Registration) -> SignedIn:
        """Make a person, and their team where it is named, and log them in."""
        names = own_names(new.email, new.username, new.team_name)
        if reason := refusal(new.password, names, self._password_min):
            raise unprocessable("password", reason)
        password_hash = await self._hashing.hash(new.password)
        now, user_id = self._clock.now(), uuid4()
        row = users.NewUser(user_id, new.email, new.username, password_hash, now)
        async with self._database.write() as connection:
            await users.add(ANONYMOUS, connection, row)
            if new.team_name is not None:
                await self.found_team(ANONYMOUS, connection, user_id, new.team_name, now)
            await self._announcer.user_updated(connection, user_id, new.username)
            signed_in = await self._begin(connection, user_id, now)
        self._announcer.wake()
        return signed_in

    async def log_in(self, email: str, password: str) -> SignedIn:
        """Check the password and begin a log-in. An unknown address takes as long, and says the same."""
        async with self._database.read() as connection:
            known = await users.credentials(ANONYMOUS, connection, email)
        fits, renewed = await self._hashing.verify(password, known.password_hash if known else None)
        if known is None or not fits:
            raise Problem(401, "wrong_credentials", "The e-mail address or the password is wrong.")
        now = self._clock.now()
        async with self._database.write() as connection:
            await users.note_login(ANONYMOUS, connection, known.user_id, now, renewed)
            return await self._begin(connection, known.user_id, now)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Exchange a refresh token. One that was exchanged before ends the log-in for whoever holds it."""
        now, digest = self._clock.now(), _digest(refresh_token)
        async with self._database.write() as connection:
            login = await logins.presented(ANONYMOUS, connection, digest)
            verdict = judge(login.token, now, self._grace) if login else "ended"
            if login and verdict in {"rotate", "again"}:
                expires_at = min(now + self._idle, login.created_at + self._absolute)
                if verdict == "rotate":
                    await logins.use(ANONYMOUS, connection, login, digest, now, expires_at)
                return await self._signed_in(
                    connection, login.sid, login.user_id, login.team_id, now, expires_at, digest
                )
            if login and verdict == "reuse":
                await logins.end(ANONYMOUS, connection, login.sid, now)
        if login and verdict == "reuse":
            await self._announcer.rights_changed(sid=login.sid)
            raise Problem(401, "refresh_reused", "This sign-in was used twice and has been ended.")
        raise unauthenticated("This sign-in has ended.")

    async def switch(self, caller: Caller, team_id: UUID) -> SignedIn:
        """Choose another of the caller's teams; the new access token names it."""
        async with self._database.write() as connection:
            if await memberships.role_in(caller, connection, team_id) is None:
                raise not_found("team")
            await users.choose_team(caller, connection, team_id)
            await logins.choose_team(caller, connection, team_id)
            return await self._token(connection, caller.sid, caller.user_id, team_id)

    async def log_out(self, caller: Caller) -> None:
        """End the caller's log-in, everywhere and at once."""
        async with self._database.write() as connection:
            await logins.end(caller, connection, caller.sid, self._clock.now())
        await self._announcer.rights_changed(sid=caller.sid)

    async def log_out_by(self, refresh_token: str) -> None:
        """End the log-in of a refresh token; an unknown one is none."""
        async with self._database.write() as connection:
            login = await logins.presented(ANONYMOUS, connection, _digest(refresh_token))
            if login:
                await logins.end(ANONYMOUS, connection, login.sid, self._clock.now())
        if login:
            await self._announcer.rights_changed(sid=login.sid)

    async def found_team(
        self,
        founder: Caller | Anonymous,
        connection: Connection,
        user_id: UUID,
        name: str,
        now: datetime,
    ) -> UUID:
        """Make a team within the caller's transaction; the person is its admin."""
        team_id = uuid4()
        settings = TeamSettings().model_dump(mode="json")
        await teams.add(founder, connection, team_id, name, settings, now)
        await memberships.add(founder, connection, user_id, team_id, "admin", now)
        await self._announcer.team_updated(connection, team_id, name, settings)
        return team_id

    async def _begin(self, connection: Connection, user_id: UUID, now: datetime) -> SignedIn:
        sid, expires_at = secrets.token_urlsafe(SID_BYTES), now + min(self._idle, self._absolute)
        await logins.begin(ANONYMOUS, connection, sid, user_id, now, expires_at)
        return await self._signed_in(connection, sid, user_id, None, now, expires_at, None)

    async def _signed_in(
        self,
        connection: Connection,
        sid: str,
        user_id: UUID,
        team_id: UUID | None,
        now: datetime,
        expires_at: datetime,
        parent: str | None,
    ) -> SignedIn:
        refresh_token = secrets.token_urlsafe(REFRESH_BYTES)
        await logins.issue(ANONYMOUS, connection, sid, _digest(refresh_token), parent, now)
        signed_in = await self._token(connection, sid, user_id, team_id)
        return SignedIn(
            signed_in.person,
            signed_in.access_token,
            signed_in.expires_in,
            refresh_token,
            int((expires_at - now).total_seconds()),
        )

    async def _token(self, connection: Connection, sid: str, user_id: UUID, wanted: UUID | None) -> SignedIn:
        roles = await memberships.roles(ANONYMOUS, connection, user_id)
        last = await users.last_team(ANONYMOUS, connection, user_id)
        team_id = chosen_team(roles, (wanted, last))
        caller = Caller(user_id, team_id, roles[team_id] if team_id else None, sid)
        person = await users.person(caller, connection)
        if person is None:
            raise unauthenticated("This sign-in has ended.")
        token = self._issuer.token(sid, user_id, team_id, caller.role, person.rights_version)
        return SignedIn(person, token, self._issuer.seconds)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
