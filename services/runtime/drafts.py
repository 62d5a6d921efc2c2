"""Drafts a migration from the difference between a service's tables and its newest migration."""

import importlib
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, MetaData

from services.runtime.db import open_database
from services.runtime.migrate import migrate, scripts
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

TEMPLATE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {undo}
'''


async def draft(service: str, title: str) -> Path:
    """Write the next migration of a service and answer where; read it before you commit it."""
    metadata: MetaData = importlib.import_module(f"services.{service}.tables").metadata
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/draft.db", Settings(data_dir=Path(folder)))
        await migrate(database, service)
        async with database.read(NOBODY) as connection:
            up, undo = await connection.run_sync(_difference, service, metadata)
        await database.close()
    directory = scripts(service)
    head = directory.get_current_head()
    revision = f"{int(head or 0) + 1:04d}"
    path = Path(directory.versions) / f"{revision}_{title.lower().replace(' ', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    down = f'"{head}"' if head else "None"
    path.write_text(TEMPLATE.format(title=title, revision=revision, down=down, up=up, undo=undo))
    return path


def _difference(connection: Connection, service: str, metadata: MetaData) -> tuple[str, str]:
    found = produce_migrations(compared(connection, service, metadata), metadata)
    assert found.upgrade_ops is not None
    assert found.downgrade_ops is not None
    return (
        render_python_code(found.upgrade_ops, render_item=_render),
        render_python_code(found.downgrade_ops, render_item=_render),
    )


def compared(connection: Connection, service: str, metadata: MetaData) -> MigrationContext:
    """How a service's tables are compared with its models: not with others', nor another database's."""

    def is_ours(thing: Any, name: str | None, kind: str, *_rest: object) -> bool:
        if kind == "table":
            return name in metadata.tables
        return thing.info.get("only") in {None, connection.dialect.name}

    return MigrationContext.configure(
        connection,
        opts={
            "version_table": f"{service}_alembic_version",
            "compare_type": True,
            "include_object": is_ours,
        },
    )


def _render(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    if kind == "type" and type(thing).__name__ == "UtcTime":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, JSON) and "postgresql" in thing._variant_mapping:  # noqa: SLF001
        return 'sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")'
    return False
