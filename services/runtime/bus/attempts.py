"""Attempts that outlive the process which made them, so that a message that kills it is found out."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from services.runtime.bus import Message
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from services.runtime.tables import attempts


def digest(message: Message) -> str:
    """Name a message by what it is: whatever its sender says about it proves nothing."""
    key = message.routing_key.encode("utf-8", "replace")
    return hashlib.sha256(key + b"\0" + message.body).hexdigest()


class Attempts:
    """The attempts noted for messages of one queue; each call is one transaction of its own."""

    def __init__(self, database: Database, queue: str, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._queue = queue
        self._keep = timedelta(days=settings.dead_letter_days)
        self._clock = clock

    async def note(self, message: Message) -> int:
        """Note that an attempt begins; answers how many were noted before and never taken back."""
        now = self._clock.now()
        mine = (attempts.c.queue == self._queue) & (attempts.c.digest == digest(message))
        async with self._database.write(NOBODY) as connection:
            before = (await connection.execute(select(attempts.c.attempts).where(mine))).scalar()
            values = {"attempts": (before or 0) + 1, "noted_at": now}
            if before is None:
                await connection.execute(delete(attempts).where(attempts.c.noted_at < now - self._keep))
                names = {"queue": self._queue, "digest": digest(message)}
                await connection.execute(insert(attempts).values(names | values))
            else:
                await connection.execute(update(attempts).where(mine).values(values))
        return before or 0

    async def forget(self, message: Message) -> None:
        """Take the notes back: the process lives on, or the message is settled."""
        mine = (attempts.c.queue == self._queue) & (attempts.c.digest == digest(message))
        async with self._database.write(NOBODY) as connection:
            await connection.execute(delete(attempts).where(mine))
