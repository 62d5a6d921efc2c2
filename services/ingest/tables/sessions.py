"""Sessions, as agents report them and their owners change them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, Uuid, text

from services.ingest.tables.base import Json, metadata
from services.runtime.db import UtcTime

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _few(name: str, which: str, *columns: str) -> Index:
    """An index of the few rows of which this holds."""
    return Index(name, *columns, postgresql_where=text(which), sqlite_where=text(which))


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
    # When it ends to be shared by itself, and who sees it then.
    Column("shared_until", UtcTime),
    Column("visibility_after", String(16)),
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
    # What a list is sorted by is never null: so an index has its very order, and a cursor is one comparison.
    Column("sort_at", UtcTime, nullable=False),
    Column("sort_started_at", UtcTime, nullable=False),
    Column("sort_tokens", BigInteger, nullable=False),
    Column("sort_cost", BigInteger, nullable=False),
    Column("sort_health", Float, nullable=False),
    Index("sessions_of_team", "team_id", "sort_at", "id"),
    Index("sessions_by_change", "team_id", "updated_at", "id"),
    Index("sessions_by_start", "team_id", "sort_started_at", "id"),
    Index("sessions_by_tokens", "team_id", "sort_tokens", "id"),
    Index("sessions_by_cost", "team_id", "sort_cost", "id"),
    Index("sessions_by_health", "team_id", "sort_health", "id"),
    Index("sessions_of_person", "team_id", "user_id", "sort_at", "id"),
    Index("sessions_of_owner", "user_id", "id"),
    Index("sessions_of_project", "team_id", "project", "sort_at", "id"),
    Index("sessions_of_repository", "team_id", "repository", "sort_at", "id"),
    Index("sessions_of_branch", "team_id", "branch", "sort_at", "id"),
    Index("sessions_of_tool", "team_id", "tool", "sort_at", "id"),
    Index("sessions_by_agent", "agent_id", "silence"),
    _few("sessions_living", "status <> 'ended'", "team_id", "status", "sort_at", "id"),
    _few("sessions_public", "visibility = 'public'", "team_id", "sort_at", "id"),
    _few("sessions_ending", "shared_until IS NOT NULL", "shared_until"),
    _few("sessions_of_parent", "parent_id IS NOT NULL", "parent_id"),
)

# What is left of a tombstone beside its id: nothing that says anything.
EMPTIED: Mapping[str, Any] = {column.name: None for column in sessions.columns if column.nullable} | {
    "tags": [], "tools": [], "error_categories": {}, "pull_requests": [], "subagents": [],
    "unpriced_models": [], "incomplete_calls": 0, "provenance": "unknown", "status": "ended",
    "reported_status": "ended", "sort_started_at": LONG_AGO, "sort_tokens": -1, "sort_cost": -1,
    "sort_health": -1.0,
}  # fmt: skip
