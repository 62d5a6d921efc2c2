"""Gives somebody who is locked out a new password; no route leads here."""

import secrets

from services.auth.audit import AuditLog
from services.auth.hashing import Hashing
from services.auth.store import logins, resets, users
from services.contracts.channels import CONTROL, RightsChanged
from services.runtime.auth import ANONYMOUS
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox

PASSWORD_BYTES = 15


class Recovery:
    def __init__(
        self, database: Database, hashing: Hashing, outbox: Outbox, audit: AuditLog, clock: Clock
    ) -> None:
        self._database = database
        self._hashing = hashing
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def reset(self, email: str) -> str | None:
        """Set a new password and end all log-ins; answers it, `None` when nobody has this address.

        A running server hears of it through its outbox.
        """
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        password_hash, now = await self._hashing.hash(password), self._clock.now()
        async with self._database.write(ANONYMOUS) as connection:
            known = await users.credentials(ANONYMOUS, connection, email)
            if known is None:
                return None
            await users.set_password(ANONYMOUS, connection, known.user_id, password_hash)
            await logins.end_all(ANONYMOUS, connection, known.user_id, now)
            await resets.forget(ANONYMOUS, connection, known.user_id)
            await self._audit.note_of_person(connection, known.user_id, "account.password_reset")
            ended = RightsChanged(user_id=known.user_id, at=now)
            await self._outbox.add_fanout(connection, CONTROL, ended.model_dump_json().encode())
        return password
