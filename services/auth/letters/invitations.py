"""Letters that invite somebody; the list of invitations says what became of each."""

from uuid import UUID

from services.auth.domain import letters
from services.auth.domain.invites import Invite, Sending
from services.auth.store import invites, users
from services.runtime.auth import ANONYMOUS, TeamsCaller
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.mail import Letter, UndeliveredError
from services.runtime.mail.layout import letter
from services.runtime.mail.post import Fate
from services.runtime.mail.queue import Order
from services.runtime.reach import widen

OVER = "The invitation had ended before it could be sent."


class InvitationLetters:
    """Each letter has a secret of its own beside those sent before: whichever of them arrives works."""

    def __init__(self, database: Database, clock: Clock, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._base = public_url.rstrip("/")

    async def compose(self, order: Order) -> Letter | None:
        actor, team_id, now = _actor(order), _team_id(order), self._clock.now()
        secret = LinkSecret.make()
        async with self._database.write(actor) as connection:
            invite = await invites.get(actor, connection, team_id, UUID(order.about))
            if invite is None:
                return None
            if invite.state(now) != "open":
                raise UndeliveredError(OVER, final=True)
            await invites.add_letter(actor, connection, invite.id, secret.digest, now)
            inviter = await self._inviter(connection, invite)
        # A fragment is sent to nobody: neither logs nor referrers learn the secret.
        words = letters.invitation(invite, inviter, f"{self._base}/invite#{secret.text}")
        return letter(order.address, words)

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        team_id, sending = _team_id(order), Sending(fate.state, fate.at, fate.reason)
        await widen(connection, teams=[team_id])
        await invites.note_mail(_actor(order), connection, team_id, UUID(order.about), sending)

    async def _inviter(self, connection: Connection, invite: Invite) -> str | None:
        if invite.created_by is None:
            return None
        known = await users.by_id(ANONYMOUS, connection, invite.created_by)
        return known.username if known else None


def _team_id(order: Order) -> UUID:
    return UUID(order.details["team_id"])


def _actor(order: Order) -> TeamsCaller:
    return TeamsCaller.of([_team_id(order)])
