"""Where teams have their news sent, and what became of each delivery."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, Uuid
from sqlalchemy import text as sql

from services.insight.tables.base import Json, metadata
from services.runtime.db import UtcTime

WAITING = sql("status = 'waiting'")

# The addresses of Slack and Teams are secrets themselves; `secret` signs what goes to a generic receiver.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("secret", String(100)),
    Column("version", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("last_status", String(16)),
    Index("webhooks_of_team", "team_id", "created_at", "id"),
)

# `message` is what is told. `due_at` is when the next attempt may be made, also the end of a lease.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("webhook_id", Uuid, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("message", Json, nullable=False),
    Column("session_id", Uuid),
    Column("insight_id", Uuid),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("response_status", Integer),
    Column("error", String(200)),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Index("webhook_deliveries_due", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
    Index("webhook_deliveries_of_webhook", "team_id", "webhook_id", "created_at", "id"),
    Index("webhook_deliveries_by_time", "created_at"),
)
