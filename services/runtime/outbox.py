"""Messages written in the transaction that made them true, and sent after it: neither without the other."""

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.runtime.bus import Bus, Exchange
from services.runtime.clock import Clock
from services.runtime.db import Database, UtcTime
from services.runtime.fanout import Fanout
from services.runtime.relay import FANOUT, Relay
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


def outbox_table(metadata: MetaData, prefix: str) -> Table:
    """The outbox of one service, `<prefix>_outbox`. `kind` is the exchange's, or `fanout`."""
    return Table(
        f"{prefix}_outbox",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("kind", String(16), nullable=False),
        Column("target", String(255), nullable=False),
        Column("routing_key", String(255), nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("headers", JSON, nullable=False),
        Column("added_at", UtcTime, nullable=False),
    )


class Outbox:
    """Sends in the order of the rows, at least once, and deletes what was confirmed.

    Any number of processes may relay one table; one of them sends at a time.
    """

    def __init__(
        self, database: Database, table: Table, bus: Bus, fanout: Fanout, settings: Settings, clock: Clock
    ) -> None:
        self._relay = Relay(database, table, bus, fanout, settings, clock)
        self._table = table
        self._settings = settings
        self._clock = clock
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._task: asyncio.Task[None] | None = None
        self._problem: str | None = None

    async def start(self) -> None:
        """Begin to relay; the bus and the fan-out may still be connecting."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish the message in hand; what was not sent stays in the table. Stop it before its bus.

        A message that nobody takes any more, because its consumer stopped first, is not waited for long.
        """
        self._is_stopping = True
        self._relay.stop()
        self._woken.set()
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=self._settings.outbox_stop_seconds)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def problem(self) -> str | None:
        """Why the first message cannot be sent now; `None` while all goes well."""
        return self._problem

    async def add(
        self,
        connection: AsyncConnection,
        exchange: Exchange,
        routing_key: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Add a message for the bus to the caller's transaction. Call `wake` once that is committed."""
        row = {"kind": exchange.kind, "target": exchange.name, "routing_key": routing_key, "body": body}
        await self._insert(connection, row | {"headers": dict(headers or {})})

    async def add_fanout(self, connection: AsyncConnection, channel: str, payload: bytes) -> None:
        """Add a message for the fan-out to the caller's transaction. Call `wake` once that is committed."""
        row = {"kind": FANOUT, "target": channel, "routing_key": "", "body": payload, "headers": {}}
        await self._insert(connection, row)

    def wake(self) -> None:
        """Look into the table now, not at the next poll."""
        self._woken.set()

    async def _insert(self, connection: AsyncConnection, row: Mapping[str, object]) -> None:
        await connection.execute(insert(self._table).values(**row, added_at=self._clock.now()))

    async def _run(self) -> None:
        failures = 0
        while not self._is_stopping:
            self._woken.clear()
            try:
                while await self._relay.send():
                    failures = 0
            except Exception as error:  # noqa: BLE001 - whatever it is, the rows stay and are tried again
                self._problem = f"{self._table.name}: {type(error).__name__}: {error}"[:300]
                log.warning("outbox_waits", table=self._table.name, error=self._problem)
                await self._wait(min(self._settings.retry_max_seconds, self._pause_after(failures)))
                failures += 1
            else:
                failures, self._problem = 0, None
                await self._wait(self._settings.outbox_poll_seconds)

    def _pause_after(self, failures: int) -> float:
        return float(self._settings.retry_min_seconds * 2 ** min(failures, 16))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
