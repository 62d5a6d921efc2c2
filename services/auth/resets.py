"""Somebody who has forgotten their password proves by a letter who they are, and chooses a new one."""

from datetime import timedelta
from uuid import uuid4

from services.auth.announcer import Announcer
from services.auth.attempts import Attempts
from services.auth.audit import AuditLog
from services.auth.domain.passwords import own_names
from services.auth.letters import CHANGED, RESET, mail_off
from services.auth.passwords import Passwords
from services.auth.store import logins, resets, users
from services.auth.store.users import Addressee
from services.contracts.channels import RightsChanged
from services.runtime.auth import ANONYMOUS
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem
from services.runtime.mail.post import Post
from services.runtime.mail.queue import Order
from services.runtime.settings import Settings


class Resets:
    """Raises `Problem` for what it refuses."""

    def __init__(
        self,
        *,
        database: Database,
        passwords: Passwords,
        attempts: Attempts,
        announcer: Announcer,
        audit: AuditLog,
        post: Post,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = attempts
        self._announcer = announcer
        self._audit = audit
        self._post = post
        self._clock = clock
        self._lives = timedelta(minutes=settings.reset_minutes)
        self._news = timedelta(hours=settings.mail_hours)

    async def ask(self, email: str) -> None:
        """Have a letter sent to the account of this address, if there is one.

        Whether there is one is found out behind the answer, which so takes as long and says the same.
        Raises 409 `mail_off`.
        """
        if not self._post.is_on:
            raise mail_off()
        if not await self._attempts.may_have_reset(email):
            return
        order = Order(RESET, uuid4().hex, email, self._clock.now() + self._lives, {})
        async with self._database.write(ANONYMOUS) as connection:
            await self._post.add(connection, order)
        self._post.wake()

    async def confirm(self, secret: LinkSecret, password: str) -> None:
        """Set the password of whom the secret was sent to, and end all their log-ins, everywhere and at once.

        Raises 410 for a secret that is unknown, used or old; one whose password will not do stays good.
        """
        async with self._database.read(ANONYMOUS) as connection:
            user_id = await resets.whose(ANONYMOUS, connection, secret.digest, self._clock.now())
            known = await users.by_id(ANONYMOUS, connection, user_id) if user_id else None
        if known is None:
            raise _over()
        names = own_names(known.email, known.username, None)
        password_hash = await self._passwords.accepted(password, names)
        async with self._database.write(ANONYMOUS) as connection:
            # First the person: else two with a secret each wait for each other.
            found = await users.by_id(ANONYMOUS, connection, known.user_id, lock=True)
            taken = await resets.take(ANONYMOUS, connection, secret.digest, self._clock.now())
            if found is None or taken is None:
                raise _over()
            await self._set(connection, found, password_hash)
        await self._attempts.succeed(known.email)
        self._post.wake()
        self._announcer.wake()
        await self._announcer.rights_changed(user_id=known.user_id)

    async def _set(self, connection: Connection, found: Addressee, password_hash: str) -> None:
        now = self._clock.now()
        await users.set_password(ANONYMOUS, connection, found.user_id, password_hash)
        await logins.end_all(ANONYMOUS, connection, found.user_id, now)
        await resets.forget(ANONYMOUS, connection, found.user_id)
        await self._audit.note_of_person(connection, found.user_id, "account.password_reset", by="mail")
        await self._announcer.rights_ended(connection, RightsChanged(user_id=found.user_id, at=now))
        about, details = str(found.user_id), {"at": now.isoformat()}
        await self._post.add(connection, Order(CHANGED, about, found.email, now + self._news, details))


def _over() -> Problem:
    return Problem(410, "reset_over", "This link has been used or has expired: ask for a new one.")
