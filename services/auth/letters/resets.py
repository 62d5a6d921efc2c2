"""Letters about passwords: the link to choose a new one, and the news that one was chosen."""

from datetime import datetime, timedelta
from uuid import UUID

from services.auth.audit import AuditLog
from services.auth.domain import letters
from services.auth.domain.audit import Note
from services.auth.store import memberships, resets, users
from services.auth.store.users import Addressee
from services.runtime.auth import ANONYMOUS
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.mail import Letter
from services.runtime.mail.layout import letter
from services.runtime.mail.post import Fate
from services.runtime.mail.queue import Order
from services.runtime.settings import Settings


class ResetLetters:
    """To the address of an account, as the account has it; an address without one gets nothing."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._base = settings.public_url.rstrip("/")
        self._lives = timedelta(minutes=settings.reset_minutes)

    async def compose(self, order: Order) -> Letter | None:
        secret, now = LinkSecret.make(), self._clock.now()
        expires_at = now + self._lives
        async with self._database.write(ANONYMOUS) as connection:
            known = await users.by_address(ANONYMOUS, connection, order.address)
            if known is None:
                return None
            await resets.add(ANONYMOUS, connection, secret.digest, known.user_id, now, expires_at)
            await self._note(connection, known, order)
        # A fragment is sent to nobody: neither logs nor referrers learn the secret.
        words = letters.reset(known.username, f"{self._base}/reset#{secret.text}", expires_at)
        return letter(known.email, words)

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        """Nobody is told: whoever asked may not learn whether there is such an account."""

    async def _note(self, connection: Connection, known: Addressee, order: Order) -> None:
        roles = await memberships.roles(ANONYMOUS, connection, known.user_id)
        # Nobody knows who asked. However often the letter is tried, it was asked for once.
        note = Note("account.reset_asked", None, str(known.user_id), event_id=f"reset:{order.about}")
        await self._audit.note(connection, roles, note)


class ChangeLetters:
    """To whom a password belongs, after it was changed by a link."""

    def __init__(self, database: Database, public_url: str) -> None:
        self._database = database
        self._base = public_url.rstrip("/")

    async def compose(self, order: Order) -> Letter | None:
        async with self._database.read(ANONYMOUS) as connection:
            known = await users.by_id(ANONYMOUS, connection, UUID(order.about))
        if known is None:
            return None
        at = datetime.fromisoformat(order.details["at"])
        return letter(order.address, letters.password_changed(known.username, f"{self._base}/reset", at))

    async def settle(self, connection: Connection, order: Order, fate: Fate) -> None:
        """It says what happened; what becomes of it changes nothing."""
