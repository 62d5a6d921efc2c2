"""Invitations: made and taken back by admins, accepted by whoever has the secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.auth.announcer import Announcer
from services.auth.audit import AuditLog
from services.auth.domain.audit import Note
from services.auth.domain.invites import Invite, InviteSecret
from services.auth.standing import Standing
from services.auth.store import invites, memberships, teams
from services.runtime.auth import ANONYMOUS, Caller, Role
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, conflict, not_found, unprocessable
from services.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Offer:
    """What an admin asks for; `expires_at` None is the settings' usual time."""

    role: Role
    expires_at: datetime | None
    max_uses: int


class Invitations:
    """Raises `Problem`: 404 for an unknown invitation, 410 for one that brings nobody in any more."""

    def __init__(
        self,
        database: Database,
        standing: Standing,
        announcer: Announcer,
        audit: AuditLog,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._standing = standing
        self._announcer = announcer
        self._audit = audit
        self._clock = clock
        self._usual = timedelta(days=settings.invite_days)
        self._most = timedelta(days=settings.invite_days_max)

    async def make(self, caller: Caller, team_id: UUID, offer: Offer) -> tuple[Invite, InviteSecret]:
        """Make an invitation; its secret is in this answer alone. Admins only."""
        now, secret = self._clock.now(), InviteSecret.make()
        expires_at = offer.expires_at or now + self._usual
        async with self._database.write() as connection:
            team = await self._standing.admin(caller, connection, team_id)
            if not now < expires_at <= now + self._most:
                raise unprocessable("expires_at", f"must lie within {self._most.days} days from now")
            made = Invite(
                uuid4(), team_id, team.name, offer.role, caller.user_id, now, expires_at, offer.max_uses, 0
            )
            await invites.forget_old(caller, connection, team_id, now - self._most)
            await invites.add(caller, connection, made, secret.digest)
            details = {"role": made.role, "max_uses": made.max_uses}
            note = Note("invite.made", caller.user_id, str(made.id), details)
            await self._audit.note(connection, [team_id], note)
        return made, secret

    async def revoke(self, caller: Caller, team_id: UUID, invite_id: UUID) -> None:
        """Take an invitation back. Whoever has joined by it stays. Admins only."""
        async with self._database.write() as connection:
            await self._standing.admin(caller, connection, team_id)
            if not await invites.remove(caller, connection, team_id, invite_id):
                raise not_found("invitation")
            note = Note("invite.revoked", caller.user_id, str(invite_id))
            await self._audit.note(connection, [team_id], note)

    async def shown(self, secret: InviteSecret) -> Invite:
        """What a secret invites to, used up or expired as it may be."""
        async with self._database.read() as connection:
            return _found(await invites.by_secret(ANONYMOUS, connection, secret.digest))

    async def accept(
        self, connection: Connection, user_id: UUID, username: str, secret: InviteSecret
    ) -> UUID:
        """Bring a person into the team, in the caller's transaction; answers which team."""
        now = self._clock.now()
        known = _found(await invites.by_secret(ANONYMOUS, connection, secret.digest))
        # First the team, as everybody who changes something of it: else two wait for each other.
        await teams.lock(ANONYMOUS, connection, known.team_id)
        invite = _found(await invites.by_secret(ANONYMOUS, connection, secret.digest, lock=True))
        _check(invite, now)
        if invite.team_id in await memberships.roles(ANONYMOUS, connection, user_id):
            raise conflict("already_member", "You are in this team already.")
        await invites.use(ANONYMOUS, connection, invite.id)
        await memberships.add(ANONYMOUS, connection, user_id, invite.team_id, invite.role, now)
        await self._announcer.member_joined(connection, invite.team_id, user_id, username, invite.role)
        details = {"role": invite.role, "invite": str(invite.id)}
        note = Note("member.joined", user_id, str(user_id), details)
        await self._audit.note(connection, [invite.team_id], note)
        return invite.team_id


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
