"""A person's own account: changed, deleted, and the log-ins it has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.auth.announcer import Announcer
from services.auth.attempts import Attempts
from services.auth.audit import AuditLog
from services.auth.domain import Person
from services.auth.domain.audit import Note
from services.auth.domain.passwords import own_names
from services.auth.hashing import Hashing
from services.auth.passwords import Passwords
from services.auth.store import invites, logins, memberships, resets, teams, users
from services.runtime.auth import ANONYMOUS, Caller, Role
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import conflict, not_found, unauthenticated, unprocessable
from services.runtime.reach import widen


@dataclass(frozen=True, slots=True)
class Wish:
    """What is `None` stays. A new e-mail address or password needs the current password."""

    username: str | None
    email: str | None
    password: str | None
    current_password: str | None


class Profile:
    """Every method is one transaction; raises `Problem` for what it refuses."""

    def __init__(
        self,
        *,
        database: Database,
        hashing: Hashing,
        passwords: Passwords,
        attempts: Attempts,
        announcer: Announcer,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._hashing = hashing
        self._passwords = passwords
        self._attempts = attempts
        self._announcer = announcer
        self._audit = audit
        self._clock = clock

    async def read(self, caller: Caller) -> Person:
        async with self._database.read(caller) as connection:
            return found(await users.person(caller, connection))

    async def change(self, caller: Caller, wish: Wish, check: Callable[[int], None]) -> Person:
        """Change the account; `check` is given its version and raises where it is not the one expected.

        A new e-mail address or password ends all log-ins but this one, and links to a new password. API
        tokens stay.
        """
        password_hash = await self._checked(caller, wish)
        guarded = wish.email is not None or password_hash is not None
        async with self._database.write(caller) as connection:
            before = found(await users.person(caller, connection, lock=True))
            check(before.version)
            changes = users.Changes(wish.username, wish.email, password_hash)
            await users.change(caller, connection, changes)
            if guarded:
                await logins.end_others(caller, connection, self._clock.now())
                await resets.forget(caller, connection, caller.user_id)
            # Behind the log-ins, as by whoever logs out elsewhere: else the two wait for each other.
            if wish.email is not None:
                await self._audit.note_of_person(connection, caller.user_id, "account.email_changed")
            if password_hash is not None:
                await self._audit.note_of_person(connection, caller.user_id, "account.password_changed")
            after = found(await users.person(caller, connection))
            await self._announcer.user_updated(connection, caller.user_id, after.username)
        self._announcer.wake()
        await self._announcer.rights_changed(user_id=caller.user_id)
        return after

    async def delete(self, caller: Caller, password: str) -> None:
        """Delete the account for good, and with it the teams that nobody else is in.

        Raises `Problem` 409 `last_admin` where others would be left without an admin.
        """
        person = await self._check(caller, password, "password")
        async with self._database.write(caller) as connection:
            roles = await self._hold(caller, connection)
            ended = [each for each in sorted(roles) if await self._ends(caller, connection, each)]
            await self._announcer.agents_ended(caller, connection, user_id=caller.user_id)
            for team_id in ended:
                await teams.remove(caller, connection, team_id)
                await self._announcer.team_deleted(connection, team_id)
            left = sorted(set(roles) - set(ended))
            for team_id in left:
                await invites.forget_address(caller, connection, team_id, person.email)
            await users.remove(caller, connection)
            await self._note_left(caller, connection, left)
            await self._announcer.user_deleted(connection, caller.user_id, roles)
        self._announcer.wake()
        await self._announcer.rights_changed(user_id=caller.user_id)
        for team_id in ended:
            await self._announcer.rights_changed(team_id=team_id)

    async def end_login(self, caller: Caller, sid: str) -> None:
        """End one of the caller's log-ins, at once and everywhere."""
        async with self._database.write(caller) as connection:
            if not await logins.end_own(caller, connection, sid, self._clock.now()):
                raise not_found("log-in")
            await self._audit.note_of_person(connection, caller.user_id, "login.ended", why="ended")
        await self._announcer.rights_changed(sid=sid)

    async def end_other_logins(self, caller: Caller) -> None:
        """End all of the caller's log-ins but this one."""
        async with self._database.write(caller) as connection:
            count = await logins.end_others(caller, connection, self._clock.now())
            if count:
                await self._audit.note_of_person(
                    connection, caller.user_id, "login.ended", why="others_ended", count=count
                )
        await self._announcer.rights_changed(user_id=caller.user_id)

    async def _checked(self, caller: Caller, wish: Wish) -> str | None:
        """The new password's hash, where there is a new password."""
        if wish.email is None and wish.password is None:
            return None
        if wish.current_password is None:
            raise unprocessable("current_password", "is needed for this change")
        person = await self._check(caller, wish.current_password, "current_password")
        if wish.password is None:
            return None
        names = own_names(wish.email or person.email, wish.username or person.username, None)
        return await self._passwords.accepted(wish.password, names)

    async def _check(self, caller: Caller, password: str, field: str) -> Person:
        """Make sure that it is the person themself. Wrong passwords count like failed sign-ins."""
        async with self._database.read(caller) as connection:
            person = found(await users.person(caller, connection))
            stored = await users.password_hash(caller, connection)
        await self._attempts.begin(person.email)
        fits, _ = await self._hashing.verify(password, stored)
        if not fits:
            raise unprocessable(field, "is not your password", "wrong_password")
        await self._attempts.succeed(person.email)
        return person

    async def _hold(self, caller: Caller, connection: Connection) -> Mapping[UUID, Role]:
        """Lock the person's teams, then the person; answers what they are in which."""
        for team_id in sorted(await memberships.roles(ANONYMOUS, connection, caller.user_id)):
            await teams.lock(ANONYMOUS, connection, team_id)
        found(await users.person(caller, connection, lock=True))
        # Whoever waited for a lock may have been waiting for the end of their own membership.
        roles = await memberships.roles(ANONYMOUS, connection, caller.user_id)
        await widen(connection, teams=roles)
        return roles

    async def _ends(self, caller: Caller, connection: Connection, team_id: UUID) -> bool:
        """Whether a team ends with the person. Raises `Problem` where it would be left without an admin."""
        if await memberships.count(caller, connection, team_id) == 1:
            return True
        member = await memberships.member(caller, connection, team_id, caller.user_id)
        if member and member.role == "admin" and await self._is_last(caller, connection, team_id):
            raise conflict("last_admin", "A team of yours has no other admin: make somebody one first.")
        return False

    async def _note_left(self, caller: Caller, connection: Connection, left: Collection[UUID]) -> None:
        note = Note("member.left", caller.user_id, str(caller.user_id), {"why": "account_deleted"})
        for team_id in left:
            await self._audit.note(connection, [team_id], note)
            await self._announcer.member_left(connection, team_id, caller.user_id)

    async def _is_last(self, caller: Caller, connection: Connection, team_id: UUID) -> bool:
        return await memberships.admins(caller, connection, team_id) == 1


def found(person: Person | None) -> Person:
    """The person. Raises `Problem` 401 when the account is gone."""
    if person is None:
        raise unauthenticated()
    return person
