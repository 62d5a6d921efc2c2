"""The table of a projection."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, MetaData, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.runtime.db import UtcTime

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def projection_table(metadata: MetaData, prefix: str) -> Table:
    """Make `<prefix>_sessions`; a deleted session stays as a row without a body, so that it stays deleted."""
    return Table(
        f"{prefix}_sessions",
        metadata,
        Column("session_id", Uuid, primary_key=True),
        Column("team_id", Uuid, nullable=False),
        Column("user_id", Uuid, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("deleted", Boolean, nullable=False),
        Column("visibility", String(16), nullable=False),
        Column("status", String(16), nullable=False),
        Column("last_activity_at", UtcTime),
        Column("body", Json),
        Index(f"{prefix}_sessions_of_team", "team_id", "last_activity_at"),
    )
