"""The ways in and out: register, log in, refresh, switch, accept an invitation, log out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.auth.announcer import Announcer
from services.auth.attempts import Attempts
from services.auth.audit import AuditLog
from services.auth.domain.audit import Note
from services.auth.domain.passwords import own_names
from services.auth.domain.rotation import judge
from services.auth.domain.settings import TeamSettings
from services.auth.grants import Grants, SignedIn, digest_of
from services.auth.hashing import Hashing
from services.auth.invitations import Invitations, Joiner
from services.auth.passwords import Passwords
from services.auth.store import logins, memberships, teams, users
from services.runtime.auth import ANONYMOUS, Anonymous, Caller
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, not_found, unauthenticated
from services.runtime.reach import widen
from services.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Registration:
    """`team_name` makes a team, `invite` joins one; without either the person is in no team yet."""

    email: str
    username: str
    password: str
    team_name: str | None
    invite: LinkSecret | None


class Accounts:
    """Every method is one transaction, and raises `Problem` for what it refuses.

    `label` is what the browser calls itself, for the list of log-ins.
    """

    def __init__(
        self,
        *,
        database: Database,
        hashing: Hashing,
        passwords: Passwords,
        grants: Grants,
        invitations: Invitations,
        attempts: Attempts,
        announcer: Announcer,
        audit: AuditLog,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._hashing = hashing
        self._passwords = passwords
        self._grants = grants
        self._invitations = invitations
        self._attempts = attempts
        self._announcer = announcer
        self._audit = audit
        self._clock = clock
        self._idle = timedelta(days=settings.refresh_idle_days)
        self._absolute = timedelta(days=settings.refresh_absolute_days)
        self._grace = timedelta(seconds=settings.refresh_grace_seconds)

    async def register(self, new: Registration, label: str) -> SignedIn:
        """Make a person, and their team or their place in one, and log them in."""
        names = own_names(new.email, new.username, new.team_name)
        password_hash = await self._passwords.accepted(new.password, names)
        now, user_id = self._clock.now(), uuid4()
        row = users.NewUser(user_id, new.email, new.username, password_hash, now)
        async with self._database.write(ANONYMOUS) as connection:
            await users.add(ANONYMOUS, connection, row)
            if new.team_name is not None:
                await self.found_team(ANONYMOUS, connection, user_id, new.team_name, now)
            if new.invite is None:
                await self._announcer.user_updated(connection, user_id, new.username)
            else:
                joiner = Joiner(user_id, new.username, new.email)
                await self._invitations.accept(connection, joiner, new.invite)
            signed_in = await self._begin(connection, user_id, label, now)
        self._announcer.wake()
        return signed_in

    async def log_in(self, email: str, password: str, label: str) -> SignedIn:
        """Check the password and begin a log-in. An unknown address takes as long, and says the same."""
        await self._attempts.begin(email)
        async with self._database.read(ANONYMOUS) as connection:
            known = await users.credentials(ANONYMOUS, connection, email)
        fits, renewed = await self._hashing.verify(password, known.password_hash if known else None)
        if known is None or not fits:
            raise _wrong()
        await self._attempts.succeed(email)
        now = self._clock.now()
        async with self._database.write(ANONYMOUS) as connection:
            await widen(connection, persons=[known.user_id])
            # The account may have gone while its password was checked.
            if not await users.note_login(ANONYMOUS, connection, known.user_id, now, renewed):
                raise _wrong()
            return await self._begin(connection, known.user_id, label, now)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Exchange a refresh token. One that was exchanged before ends the log-in for whoever holds it."""
        now, digest = self._clock.now(), digest_of(refresh_token)
        async with self._database.write(ANONYMOUS) as connection:
            login = await logins.presented(ANONYMOUS, connection, digest)
            verdict = judge(login.token, now, self._grace) if login else "ended"
            if login and verdict in {"rotate", "again"}:
                expires_at = min(now + self._idle, login.created_at + self._absolute)
                if verdict == "rotate":
                    await logins.use(ANONYMOUS, connection, login, digest, now, expires_at)
                return await self._grants.renew(
                    connection, login.sid, login.user_id, login.team_id, now, expires_at, digest
                )
            if login and verdict == "reuse":
                await logins.end(ANONYMOUS, connection, login.sid, now)
                await self._note_end(connection, login.user_id, "reused")
        if login and verdict == "reuse":
            await self._announcer.rights_changed(sid=login.sid)
            raise Problem(401, "refresh_reused", "This sign-in was used twice and has been ended.")
        raise unauthenticated("This sign-in has ended.")

    async def switch(self, caller: Caller, team_id: UUID) -> SignedIn:
        """Choose another of the caller's teams; the new access token names it."""
        async with self._database.write(caller) as connection:
            # Before the person, as whoever changes their role or removes them. To name the team in the
            # person's row locks it too, only later: then the two wait for each other.
            await teams.keep(caller, connection, team_id)
            if await memberships.role_in(caller, connection, team_id) is None:
                raise not_found("team")
            return await self._choose(caller, connection, team_id)

    async def accept_invite(self, caller: Caller, secret: LinkSecret) -> SignedIn:
        """Join the team of an invitation; the new access token names it."""
        async with self._database.write(caller) as connection:
            person = await users.person(caller, connection)
            if person is None:
                raise unauthenticated("This sign-in has ended.")
            joiner = Joiner(person.id, person.username, person.email)
            team_id = await self._invitations.accept(connection, joiner, secret)
            signed_in = await self._choose(caller, connection, team_id)
        self._announcer.wake()
        await self._announcer.rights_changed(user_id=caller.user_id)
        return signed_in

    async def log_out(self, caller: Caller) -> None:
        """End the caller's log-in, everywhere and at once."""
        async with self._database.write(caller) as connection:
            await logins.end(caller, connection, caller.sid, self._clock.now())
            await self._note_end(connection, caller.user_id, "logged_out")
        await self._announcer.rights_changed(sid=caller.sid)

    async def log_out_by(self, refresh_token: str) -> None:
        """End the log-in of a refresh token; an unknown one is none."""
        async with self._database.write(ANONYMOUS) as connection:
            login = await logins.presented(ANONYMOUS, connection, digest_of(refresh_token))
            if login:
                await logins.end(ANONYMOUS, connection, login.sid, self._clock.now())
                await self._note_end(connection, login.user_id, "logged_out")
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
        await self._audit.note(connection, [team_id], Note("team.made", user_id, str(team_id)))
        return team_id

    async def _begin(self, connection: Connection, user_id: UUID, label: str, now: datetime) -> SignedIn:
        signed_in = await self._grants.begin(connection, user_id, label, now)
        # Behind the log-ins, of which old ones have just gone, as by whoever logs out of one of these.
        await self._audit.note_of_person(connection, user_id, "login.begun")
        return signed_in

    async def _choose(self, caller: Caller, connection: Connection, team_id: UUID) -> SignedIn:
        await users.choose_team(caller, connection, team_id)
        await logins.choose_team(caller, connection, team_id)
        return await self._grants.token(connection, caller.sid, caller.user_id, team_id)

    async def _note_end(self, connection: Connection, user_id: UUID, why: str) -> None:
        await self._audit.note_of_person(connection, user_id, "login.ended", why=why)


def _wrong() -> Problem:
    return Problem(401, "wrong_credentials", "The e-mail address or the password is wrong.")
