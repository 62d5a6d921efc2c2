"""What persons were told, how they want to be told, and the letters that wait for their morning."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, Uuid
from sqlalchemy import text as sql

from services.insight.tables.base import Json, metadata
from services.runtime.db import UtcTime

UNREAD = sql("read_at IS NULL")

# `actor_id` is who did what is told; the row goes with either person.
notifications = Table(
    "notifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("title", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", String(500), nullable=False),
    Column("session_id", Uuid),
    Column("insight_id", Uuid),
    Column("alert_id", Uuid),
    Column("actor_id", Uuid),
    Column("actor_name", String(200)),
    Column("read_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Index("notifications_of_person", "team_id", "user_id", "created_at", "id"),
    Index(
        "notifications_unread", "team_id", "user_id", "created_at", "id",
        postgresql_where=UNREAD, sqlite_where=UNREAD,
    ),
    Index("notifications_by_time", "created_at"),
)  # fmt: skip

notification_preferences = Table(
    "notification_preferences",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("events", Json, nullable=False),
    Column("quiet_hours", Json),
    Column("version", BigInteger, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

# Messages that were taken in, so that nobody is told twice what comes twice.
heard = Table(
    "insight_heard",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# Held back by somebody's quiet hours; a row is gone once its letter is handed over.
letters = Table(
    "notification_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("title", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", String(500), nullable=False),
    Column("session_id", Uuid),
    Column("insight_id", Uuid),
    Column("added_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Index("notification_letters_due", "due_at"),
)
