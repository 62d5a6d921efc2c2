"""Dead letters as rows: where the bus itself keeps none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from services.runtime.bus import DeadLetter, Message, Rejection
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from services.runtime.tables import dead_letters

DETAIL_LENGTH = 1_000


class Graves:
    """The dead letters of all queues, each kept for `dead_letter_days`."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._keep = timedelta(days=settings.dead_letter_days)
        self._clock = clock

    async def add(self, queue: str, message: Message, rejection: Rejection) -> None:
        now = self._clock.now()
        row = {
            "queue": queue,
            "routing_key": message.routing_key,
            "code": rejection.code[:64],
            "detail": plain(rejection.detail),
            "body": message.body,
            "headers": dict(message.headers),
            "died_at": now,
        }
        async with self._database.write(NOBODY) as connection:
            await connection.execute(delete(dead_letters).where(dead_letters.c.died_at < now - self._keep))
            await connection.execute(insert(dead_letters).values(row))

    async def list(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        """The oldest ones, but for those that are about to be replayed."""
        return await self._select(queue, limit, replay=False)

    async def awaited(self) -> set[str]:
        """The queues that have letters about to be replayed."""
        query = select(dead_letters.c.queue).where(dead_letters.c.replay).distinct()
        async with self._database.read(NOBODY) as connection:
            return set((await connection.execute(query)).scalars())

    async def awaiting_replay(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        return await self._select(queue, limit, replay=True)

    async def ask_replay(self, queue: str, ids: Sequence[str]) -> int:
        """Mark letters for whichever process consumes the queue; answers how many."""
        asked = update(dead_letters).where(_among(queue, ids), ~dead_letters.c.replay).values(replay=True)
        async with self._database.write(NOBODY) as connection:
            return (await connection.execute(asked)).rowcount

    async def drop(self, queue: str, ids: Sequence[str] | None) -> int:
        which = dead_letters.c.queue == queue if ids is None else _among(queue, ids)
        async with self._database.write(NOBODY) as connection:
            return (await connection.execute(delete(dead_letters).where(which))).rowcount

    async def _select(self, queue: str, limit: int, *, replay: bool) -> Sequence[DeadLetter]:
        which = (dead_letters.c.queue == queue) & (dead_letters.c.replay == replay)
        query = select(dead_letters).where(which).order_by(dead_letters.c.id).limit(limit)
        async with self._database.read(NOBODY) as connection:
            return [_letter(row) for row in (await connection.execute(query)).mappings()]


def plain(detail: str) -> str:
    """Shorten a reason to what any store and any header takes."""
    return detail.replace("\0", "").encode("utf-8", "replace").decode()[:DETAIL_LENGTH]


def _among(queue: str, ids: Sequence[str]) -> Any:
    numbers = [int(number) for number in ids if number.isascii() and number.isdigit() and len(number) < 19]
    return (dead_letters.c.queue == queue) & dead_letters.c.id.in_(numbers)


def _letter(row: RowMapping) -> DeadLetter:
    return DeadLetter(
        id=str(row["id"]),
        queue=row["queue"],
        routing_key=row["routing_key"],
        code=row["code"],
        detail=row["detail"],
        body=row["body"],
        headers=row["headers"],
        died_at=row["died_at"],
    )
