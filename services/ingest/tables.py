"""The tables that ingest owns."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.runtime.db import UtcTime
from services.runtime.outbox import outbox_table

metadata = MetaData()
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# A deleted session keeps its row, emptied, as the tombstone that the guarded upsert respects.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("agent_id", Uuid),
    Column("tool", String(32), nullable=False),
    Column("native_id", String(128), nullable=False),
    Column("parent_id", Uuid),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("deleted_at", UtcTime),
    Column("tier", String(16)),
    Column("tool_version", String(200)),
    Column("title", String(500)),
    Column("own_title", String(500)),
    Column("note", Text),
    Column("tags", Json, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("shared_at", UtcTime),
    Column("demo", Boolean, nullable=False),
    Column("project", String(200)),
    Column("repository", String(200)),
    Column("branch", String(200)),
    Column("hostname", String(200)),
    Column("model", String(200)),
    Column("status", String(16), nullable=False),
    Column("status_reason", String(500)),
    Column("reported_status", String(16), nullable=False),
    Column("reported_reason", String(500)),
    Column("silence", Integer, nullable=False),
    Column("provenance", String(16), nullable=False),
    Column("incomplete_calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cache_read_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("total_tokens", BigInteger),
    Column("context_used", BigInteger),
    Column("context_window", BigInteger),
    Column("cost_pico", BigInteger),
    Column("unpriced_models", Json, nullable=False),
    Column("user_messages", BigInteger),
    Column("assistant_messages", BigInteger),
    Column("tool_calls", BigInteger),
    Column("errors", BigInteger),
    Column("refusals", BigInteger),
    Column("api_errors", BigInteger),
    Column("compactions", BigInteger),
    Column("files_changed", BigInteger),
    Column("commit_count", BigInteger),
    Column("active_seconds", BigInteger),
    Column("longest_repeat", BigInteger),
    Column("given_health", Float),
    Column("health_score", Float),
    Column("health_grade", String(16)),
    Column("health_reason", String(200)),
    Column("tools", Json, nullable=False),
    Column("error_categories", Json, nullable=False),
    Column("pull_requests", Json, nullable=False),
    Column("subagents", Json, nullable=False),
    Column("started_at", UtcTime),
    Column("last_activity_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("reported_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("sort_at", UtcTime, nullable=False),
    Index("sessions_of_team", "team_id", "sort_at", "id"),
    Index("sessions_of_person", "team_id", "user_id", "sort_at", "id"),
    Index("sessions_by_agent", "agent_id", "silence"),
    Index("sessions_by_status", "status", "team_id"),
)

session_owners = Table(
    "session_owners",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("username", String(200), nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

ingest_teams = Table(
    "ingest_teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# Teams and persons that are gone, so that what still comes of theirs is let go.
departed = Table(
    "ingest_departed",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)


def _of_session() -> Column[object]:
    return Column("session_id", Uuid, ForeignKey("sessions.id"), primary_key=True)


session_usage = Table(
    "session_usage",
    metadata,
    _of_session(),
    Column("at", UtcTime, primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("service_tier", String(200), primary_key=True),
    Column("band", BigInteger, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("incomplete_calls", BigInteger, nullable=False),
    Column("input", BigInteger, nullable=False),
    Column("output", BigInteger, nullable=False),
    Column("cache_read", BigInteger, nullable=False),
    Column("cache_write_5m", BigInteger, nullable=False),
    Column("cache_write_1h", BigInteger, nullable=False),
    Column("reasoning", BigInteger),
    Column("cost_pico", BigInteger),
)

session_events = Table(
    "session_events",
    metadata,
    _of_session(),
    Column("event_id", String(128), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Json, nullable=False),
    Index("events_of_session", "session_id", "at", "event_id"),
)

session_files = Table(
    "session_files",
    metadata,
    _of_session(),
    Column("path", String(1024), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("change", String(16), nullable=False),
    Column("edits", BigInteger, nullable=False),
    Column("added", BigInteger),
    Column("removed", BigInteger),
    Column("last_at", UtcTime, nullable=False),
)

session_commits = Table(
    "session_commits",
    metadata,
    _of_session(),
    Column("sha", String(128), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("branch", String(200)),
    Column("subject", String(500)),
    Column("at", UtcTime, nullable=False),
)

session_memories = Table(
    "session_memories",
    metadata,
    _of_session(),
    Column("name", String(1024), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("modified_at", UtcTime, nullable=False),
)

session_samples = Table(
    "session_samples",
    metadata,
    _of_session(),
    Column("at", UtcTime, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("health_score", Float),
    Column("context_used", BigInteger),
)

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
    Index("agents_of_team", "team_id", "user_id"),
    Index("agents_by_seen", "last_seen_at"),
)

CHILDREN = (session_usage, session_events, session_files, session_commits, session_memories, session_samples)

outbox = outbox_table(metadata, "ingest")
