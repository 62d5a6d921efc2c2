"""Takes messages from an outbox table to the bus and the fan-out."""

from collections.abc import Sequence
from typing import Literal

import structlog
from sqlalchemy import RowMapping, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.runtime.bus import Bus, Exchange, Unroutable
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
FANOUT = "fanout"


class Relay:
    """Sends the oldest rows, one after the other, and deletes them."""

    def __init__(
        self, database: Database, table: Table, bus: Bus, fanout: Fanout, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._table = table
        self._bus = bus
        self._fanout = fanout
        self._settings = settings
        self._clock = clock
        self._is_stopping = False

    def stop(self) -> None:
        """Send no further message."""
        self._is_stopping = True

    async def send(self) -> int:
        """Send what is there, up to a batch; answers how many are sent and deleted.

        Raises what sending the first unsent row raised, after the rows before it are deleted.
        """
        if self._database.dialect == "postgresql":
            sent, error = await self._send_locked()
        else:
            sent, error = await self._send_alone()
        if error is not None:
            raise error
        return sent

    async def _send_alone(self) -> tuple[int, Exception | None]:
        # SQLite has one write lock: held while sending, it would block the handlers that are waited for.
        async with self._database.read(NOBODY) as connection:
            rows = await self._oldest(connection)
        sent, error = await self._send(rows)
        if sent:
            async with self._database.write(NOBODY) as connection:
                await self._delete(connection, sent)
        return len(sent), error

    async def _send_locked(self) -> tuple[int, Exception | None]:
        async with self._database.write(NOBODY) as connection:
            if not await self._lock_first(connection):
                return 0, None
            sent, error = await self._send(await self._oldest(connection))
            if sent:
                await self._delete(connection, sent)
            return len(sent), error

    async def _lock_first(self, connection: AsyncConnection) -> bool:
        """Whoever holds the first row may send: so the order is kept, whatever number of processes try."""
        first = select(self._table.c.id).order_by(self._table.c.id).limit(1)
        oldest = (await connection.execute(first)).scalar()
        mine = (await connection.execute(first.with_for_update(skip_locked=True))).scalar()
        return oldest is not None and mine == oldest

    async def _oldest(self, connection: AsyncConnection) -> Sequence[RowMapping]:
        query = select(self._table).order_by(self._table.c.id).limit(self._settings.outbox_batch)
        return (await connection.execute(query)).mappings().all()

    async def _send(self, rows: Sequence[RowMapping]) -> tuple[list[int], Exception | None]:
        sent: list[int] = []
        # A transaction that idles for long is ended by the server, and its rows would be sent twice.
        latest = self._clock.monotonic() + self._settings.publish_timeout_seconds
        for row in rows:
            if self._is_stopping or self._clock.monotonic() > latest:
                break
            try:
                await self._send_one(row)
            except Exception as error:  # noqa: BLE001 - the caller raises it
                return sent, error
            sent.append(row["id"])
        return sent, None

    async def _send_one(self, row: RowMapping) -> None:
        kind: Literal["topic", "direct", "fanout"] = row["kind"]
        if kind == "fanout":
            await self._fanout.publish(row["target"], row["body"])
            return
        try:
            exchange = Exchange(row["target"], kind)
            await self._bus.publish(exchange, row["routing_key"], row["body"], row["headers"])
        except Unroutable:
            # The whole topology is declared: nobody wants it, and waiting would hold up all others.
            log.warning("outbox_unroutable", exchange=row["target"], routing_key=row["routing_key"])

    async def _delete(self, connection: AsyncConnection, ids: Sequence[int]) -> None:
        await connection.execute(delete(self._table).where(self._table.c.id.in_(ids)))
