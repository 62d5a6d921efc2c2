"""Engine and transactions for SQLite and PostgreSQL."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from sqlalchemy import DateTime, Dialect, TypeDecorator, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from services.runtime.clock import SystemClock
from services.runtime.pool import ask_rested
from services.runtime.reach import NO_SETTINGS, Within, enter
from services.runtime.settings import Settings

LOG_PATIENCE_MS = 200
PLANS_ANEW = {"plan_cache_mode": "force_custom_plan"}
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# What is deleted is overwritten, whatever this build of SQLite would do by itself.
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON",
)  # fmt: skip
Connection: TypeAlias = AsyncConnection
"""One transaction, as `Database.read` and `Database.write` hand it out."""


class UtcTime(TypeDecorator[datetime]):
    """An instant: always UTC in Python, with microseconds, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        at = value if value.tzinfo is UTC else value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database; hands out transactions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @asynccontextmanager
    async def write(self, who: Within) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write: committed when the block ends, rolled back when it raises.

        On PostgreSQL it touches only rows of `who`'s teams, and of what `reach` takes in later.

        On SQLite it holds the one write lock from its beginning, so it never fails in the middle.
        """
        async with self.engine.connect() as connection:
            if self.dialect == "sqlite":
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                await enter(connection, who)
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await connection.commit()

    @asynccontextmanager
    async def read(self, who: Within, *, plans_anew: bool = False) -> AsyncIterator[AsyncConnection]:
        """One read-only transaction: all of its queries see the same state, rows of `who`'s teams alone.

        `plans_anew`: PostgreSQL plans each query for its own values. A query that comes again and again it
        plans for any, as if every filter and every range of hours found the same share of the rows.
        """
        async with self.engine.connect() as connection:
            if self.dialect == "sqlite":
                await connection.exec_driver_sql("BEGIN")
            else:
                await connection.execution_options(**SNAPSHOT)
            await enter(connection, who, PLANS_ANEW if plans_anew else NO_SETTINGS)
            yield connection
            await connection.rollback()

    async def empty_log(self) -> bool:
        """On SQLite, leave nothing in the log beside the database; `False` where others need it just now.

        Writers wait meanwhile, for a moment at most. PostgreSQL's log is not ours to empty.
        """
        if self.dialect != "sqlite":
            return True
        async with self.engine.connect() as connection:
            patience = (await connection.exec_driver_sql("PRAGMA busy_timeout")).scalar_one()
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={LOG_PATIENCE_MS}")
            try:
                answer = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                return bool(answer.one()[0] == 0)
            finally:
                await connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")

    async def close(self) -> None:
        await self.engine.dispose()


async def limit_statements(connection: AsyncConnection, milliseconds: int) -> None:
    """Let statements of this transaction take so long, not what is usual; SQLite knows no such limit."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.set_config("statement_timeout", str(milliseconds), True)))


def open_database(url: str, settings: Settings) -> Database:
    """Open `sqlite:///path` or `postgresql://…`; the driver is added here. Connects at first use."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite(parsed.database or ""))
    if parsed.get_backend_name() == "postgresql":
        return Database(_postgresql(url, settings))
    raise ValueError(f"DATABASE_URL: {parsed.get_backend_name()} is neither sqlite nor postgresql")


def _sqlite(path: str) -> AsyncEngine:
    if path in {"", ":memory:"}:
        raise ValueError("DATABASE_URL: SQLite needs a file")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", json_serializer=_dumps, json_deserializer=json.loads
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver's own implicit BEGIN is deferred; `Database` begins by hand instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql(url: str, settings: Settings) -> AsyncEngine:
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        parsed,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_wait_seconds,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": settings.database_connect_seconds,
            "server_settings": {
                "application_name": "llm-session-manager",
                "statement_timeout": str(settings.statement_timeout_ms),
                "lock_timeout": str(settings.lock_timeout_ms),
                "idle_in_transaction_session_timeout": str(settings.idle_in_transaction_ms),
                "timezone": "UTC",
                # A page's queries are short, and another process's as good as this one's.
                "max_parallel_workers_per_gather": "0",
            },
        },
    )
    ask_rested(engine, SystemClock())
    return engine


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


TRANSIENT_CLASSES = ("08", "53")
TRANSIENT_STATES = frozenset(
    {"40001", "40P01", "25006", "55P03", "57P01", "57P02", "57P03", "57014", "25P03"}
)


def is_transient(error: BaseException) -> bool:
    """Whether a database error says nothing about what was asked: the same may succeed later."""
    if isinstance(error, (PoolTimeoutError, ConnectionError, TimeoutError, OSError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    locked = "database is locked" in str(error.orig)
    lost = error.connection_invalidated or "connection" in type(error.orig).__name__.lower()
    return locked or lost or state in TRANSIENT_STATES or state.startswith(TRANSIENT_CLASSES)
