"""Incidents, and what is remembered of a session to notice that it makes no progress."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, String, Table, Uuid
from sqlalchemy import text as sql

from services.insight.tables.base import metadata
from services.runtime.db import UtcTime

FIRING = sql("firing")

# One row an incident. `subject` is what it is about: a session, a machine, a period of a budget. `firing`:
# the condition holds; of one subject at most one does. `calm_at` is when it held last.
alerts = Table(
    "insight_alerts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid),
    Column("username", String(200)),
    Column("kind", String(32), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("session_id", Uuid),
    Column("state", String(16), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("firing", Boolean, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("value", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("calm_at", UtcTime),
    Column("snoozed_until", UtcTime),
    Column("resolved_at", UtcTime),
    Column("resolved_by", Uuid),
    Column("acknowledged_by", Uuid),
    Column("ends_at", UtcTime),
    Index(
        "insight_alerts_firing", "team_id", "kind", "subject",
        unique=True, postgresql_where=FIRING, sqlite_where=FIRING,
    ),
    Index("insight_alerts_of_subject", "team_id", "subject", "kind", "opened_at"),
    Index("insight_alerts_of_team", "team_id", "opened_at", "id"),
)  # fmt: skip

# Since when a session has made no progress, and what it had used and done by then.
progress = Table(
    "insight_progress",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("mark", BigInteger, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
)
