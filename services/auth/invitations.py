"""Invitations: made and taken back by admins, accepted by whoever has the secret."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.auth.announcer import Announcer
from services.auth.audit import AuditLog
from services.auth.domain.audit import Note
from services.auth.domain.invites import Invite, Sending
from services.auth.letters import INVITATION, mail_off
from services.auth.standing import Standing
from services.auth.store import invites, memberships, teams, users
from services.runtime.auth import ANONYMOUS, Caller, Role
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, conflict, not_found, unprocessable
from services.runtime.mail.post import Post
from services.runtime.mail.queue import Order
from services.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Offer:
    """What an admin asks for; `expires_at` None is the settings' usual time, `email` where it is sent."""

    role: Role
    expires_at: datetime | None
    max_uses: int
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Joiner:
    """Whoever accepts an invitation."""

    user_id: UUID
    username: str
    email: str


class Invitations:
    """Raises `Problem`: 404 for an unknown invitation, 410 for one that brings nobody in any more."""

    def __init__(
        self,
        *,
        database: Database,
        standing: Standing,
        announcer: Announcer,
        audit: AuditLog,
        post: Post,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._standing = standing
        self._announcer = announcer
        self._audit = audit
        self._post = post
        self._clock = clock
        self._usual = timedelta(days=settings.invite_days)
        self._most = timedelta(days=settings.invite_days_max)
        self._patience = timedelta(hours=settings.mail_hours)

    async def make(self, caller: Caller, team_id: UUID, offer: Offer) -> tuple[Invite, LinkSecret]:
        """Make an invitation; its secret is in this answer alone, and in the letter where there is one.

        Admins only. Raises 409 for an address when mail is off, or when it is that of a member or is invited.
        """
        now, secret = self._clock.now(), LinkSecret.make()
        expires_at = offer.expires_at or now + self._usual
        async with self._database.write(caller) as connection:
            team = await self._standing.admin(caller, connection, team_id)
            if not now < expires_at <= now + self._most:
                raise unprocessable("expires_at", f"must lie within {self._most.days} days from now")
            await invites.forget_old(caller, connection, team_id, now - self._most)
            made = Invite(
                uuid4(), team_id, team.name, offer.role, caller.user_id, now, expires_at, offer.max_uses, 0,
                offer.email, Sending("queued", now) if offer.email else None,
            )  # fmt: skip
            if offer.email is not None:
                await self._check_address(caller, connection, team_id, offer.email)
                await self._send(connection, made, offer.email)
            await invites.add(caller, connection, made, secret.digest)
            details = {"role": made.role, "max_uses": made.max_uses, "by_mail": offer.email is not None}
            note = Note("invite.made", caller.user_id, str(made.id), details)
            await self._audit.note(connection, [team_id], note)
        self._post.wake()
        return made, secret

    async def resend(self, caller: Caller, team_id: UUID, invite_id: UUID) -> tuple[Invite, LinkSecret]:
        """Send an invitation again, with a new secret in place of all before; it has the usual time at least.

        Admins only. Raises 409 for one that went to no address, or has been used, and when mail is off.
        """
        now, secret = self._clock.now(), LinkSecret.make()
        async with self._database.write(caller) as connection:
            await self._standing.admin(caller, connection, team_id)
            await self._drop(connection, invite_id)
            found = _found(await invites.get(caller, connection, team_id, invite_id, lock=True))
            if found.email is None:
                raise conflict("no_address", "This invitation was sent to no address: make a new one.")
            if found.state(now) == "used_up":
                raise conflict("invite_used_up", "This invitation has been used.")
            expires_at = max(found.expires_at, now + self._usual)
            again = replace(found, expires_at=expires_at, mail=Sending("queued", now))
            await self._send(connection, again, found.email)
            await invites.renew(caller, connection, again, secret.digest)
            note = Note("invite.resent", caller.user_id, str(invite_id))
            await self._audit.note(connection, [team_id], note)
        self._post.wake()
        return again, secret

    async def revoke(self, caller: Caller, team_id: UUID, invite_id: UUID) -> None:
        """Take an invitation back. Whoever has joined by it stays. Admins only."""
        async with self._database.write(caller) as connection:
            await self._standing.admin(caller, connection, team_id)
            await self._drop(connection, invite_id)
            if not await invites.remove(caller, connection, team_id, invite_id):
                raise not_found("invitation")
            note = Note("invite.revoked", caller.user_id, str(invite_id))
            await self._audit.note(connection, [team_id], note)

    async def shown(self, secret: LinkSecret) -> Invite:
        """What a secret invites to, used up or expired as it may be."""
        async with self._database.read(ANONYMOUS) as connection:
            return _found(await invites.by_secret(ANONYMOUS, connection, secret.digest))

    async def accept(self, connection: Connection, joiner: Joiner, secret: LinkSecret) -> UUID:
        """Bring a person into the team, in the caller's transaction; answers which team.

        Raises 403 where it was sent to another address than the account's.
        """
        now = self._clock.now()
        known = _found(await invites.by_secret(ANONYMOUS, connection, secret.digest))
        # First the team, as everybody who changes something of it: else two wait for each other.
        await teams.lock(ANONYMOUS, connection, known.team_id)
        invite = _found(await invites.by_secret(ANONYMOUS, connection, secret.digest, lock=True))
        _check(invite, now)
        if not invite.is_for(joiner.email):
            raise Problem(403, "invite_for_another", "This invitation is for another address.")
        if invite.team_id in await memberships.roles(ANONYMOUS, connection, joiner.user_id):
            raise conflict("already_member", "You are in this team already.")
        await invites.use(ANONYMOUS, connection, invite.id)
        user_id, team_id = joiner.user_id, invite.team_id
        await memberships.add(ANONYMOUS, connection, user_id, team_id, invite.role, now)
        await self._announcer.member_joined(connection, team_id, user_id, joiner.username, invite.role)
        details = {"role": invite.role, "invite": str(invite.id)}
        note = Note("member.joined", user_id, str(user_id), details)
        await self._audit.note(connection, [team_id], note)
        return team_id

    async def _check_address(self, caller: Caller, connection: Connection, team_id: UUID, email: str) -> None:
        known = await users.known(caller, connection, email)
        if known and await memberships.member(caller, connection, team_id, known[0]):
            raise conflict("already_member", "They are in this team already.")
        if await invites.is_invited(caller, connection, team_id, email, self._clock.now()):
            raise conflict("already_invited", "This address has an open invitation: send that one again.")

    async def _send(self, connection: Connection, invite: Invite, email: str) -> None:
        """Have the letter written and sent behind this transaction."""
        if not self._post.is_on:
            raise mail_off()
        until = min(invite.expires_at, self._clock.now() + self._patience)
        order = Order(INVITATION, str(invite.id), email, until, {"team_id": str(invite.team_id)})
        await self._post.add(connection, order)

    async def _drop(self, connection: Connection, invite_id: UUID) -> None:
        # Before the invitation is locked, as the post does it: else the two wait for each other.
        await self._post.drop(connection, INVITATION, str(invite_id))


def _found(invite: Invite | None) -> Invite:
    if invite is None:
        raise not_found("invitation")
    return invite


def _check(invite: Invite, now: datetime) -> None:
    match invite.state(now):
        case "expired":
            raise Problem(410, "invite_expired", "This invitation has expired: ask for a new one.")
        case "used_up":
            raise Problem(410, "invite_used_up", "This invitation has been used: ask for a new one.")
