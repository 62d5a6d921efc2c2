"""Connections that wait in a pool, and whether they still live when they are taken out."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from services.runtime.clock import Clock

RESTED_SECONDS = 5.0


def ask_rested(engine: AsyncEngine, clock: Clock) -> None:
    """Replace PostgreSQL connections that have ended while they waited in this engine's pool.

    One that the server closed is known without asking. The server is asked only where a connection has waited
    for seconds, as a firewall may have forgotten it: SQLAlchemy's own `pool_pre_ping` asks each time, in
    three round trips.
    """

    def rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["rested_at"] = clock.monotonic()

    def wake(connection: Any, entry: ConnectionPoolEntry, _taken: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError
        if clock.monotonic() - entry.info.get("rested_at", clock.monotonic()) < RESTED_SECONDS:
            return
        try:
            connection.ping()
        except Exception as error:
            raise DisconnectionError from error

    event.listen(engine.sync_engine, "checkin", rest)
    event.listen(engine.sync_engine, "checkout", wake)
