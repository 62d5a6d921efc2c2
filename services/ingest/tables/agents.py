"""Machines, and what a dashboard asks of them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Uuid, false

from services.ingest.tables.base import Json, metadata
from services.runtime.db import UtcTime

agents = Table(
    "agents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("machine_id", String(128), nullable=False),
    Column("hostname", String(200), nullable=False),
    Column("os", String(200), nullable=False),
    Column("version", String(200), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("commands", Json),
    Column("admin_commands", Boolean, nullable=False, server_default=false()),
    Column("revoked_at", UtcTime),
    Index("agents_of_team", "team_id", "user_id"),
)

# `asked_sid` is the sign-in or token it was asked with: where that has ended, so has the command.
commands = Table(
    "commands",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("agent_id", Uuid, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_as", String(16), nullable=False),
    Column("asked_sid", String(64), nullable=False),
    Column("claim", String(128)),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("code", String(128)),
    Column("detail", String(500)),
    Column("export", LargeBinary),
    Column("export_bytes", BigInteger),
    Index("commands_of_session", "session_id", "created_at", "id"),
    Index("commands_of_agent", "agent_id", "status"),
    Index("commands_by_status", "status", "expires_at"),
    Index("commands_by_age", "created_at"),
)
