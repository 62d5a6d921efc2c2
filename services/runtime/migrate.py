"""Brings each service's tables up to date, each with its own Alembic version table."""

from functools import cache
from pathlib import Path

import structlog
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.row_security import guard, lift

log = structlog.get_logger(__name__)
ROOT = Path(__file__).resolve().parents[1]
ADVISORY_LOCK = 7_305_801_241


def scripts(service: str) -> ScriptDirectory:
    """Return the migration scripts of a service, `services/<service>/migrations/versions`."""
    folder = ROOT / service / "migrations"
    return _read(folder, frozenset(path.name for path in (folder / "versions").iterdir()))


@cache
def _read(folder: Path, _names: frozenset[str]) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


async def migrate(database: Database, service: str) -> None:
    """Apply what is missing, in one transaction. Safe to run in many processes at once: they queue."""
    async with database.write(NOBODY) as connection:
        if database.dialect == "postgresql":
            # Waiting for another's migration may take longer than any statement of a service.
            await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            await connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        await connection.run_sync(_upgrade, service)


def _upgrade(connection: Connection, service: str) -> None:
    directory = scripts(service)
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": f"{service}_alembic_version",
            "transactional_ddl": True,
            "fn": lambda revision, _context: directory._upgrade_revs("head", revision),  # noqa: SLF001
        },
    )
    before = context.get_current_heads()
    if before != (directory.get_current_head(),):
        lift(connection)
        with Operations.context(context):
            context.run_migrations()
        log.info("migrated", service=service, head=directory.get_current_head())
    guard(connection)


async def pending(database: Database, service: str) -> bool:
    """Whether the service's tables are behind its code."""
    async with database.read(NOBODY) as connection:
        return await connection.run_sync(_behind, service)


def _behind(connection: Connection, service: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": f"{service}_alembic_version"})
    return context.get_current_revision() != scripts(service).get_current_head()
