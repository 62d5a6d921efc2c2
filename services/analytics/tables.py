"""The tables that analytics owns.

Time is counted in whole quarters of an hour and whole hours since 1970 (UTC), so that days and weeks of any
zone are plain arithmetic on both databases.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    false,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from services.projection.tables import projection_table
from services.runtime.db import UtcTime
from services.runtime.outbox import outbox_table

metadata = MetaData()
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
LIVING = sql("status <> 'ended'")
UNREAD = sql("hour IS NULL AND NOT deleted")

# One row a session. `quarter` and `hour` are those it began in; `first_quarter` to `last_quarter` holds its
# beginning and all of its usage. `health_points` are thousandths of the score, so that sums are exact.
sessions = projection_table(metadata, "analytics")
for column in (
    Column("quarter", Integer), Column("hour", Integer), Column("first_quarter", Integer),
    Column("last_quarter", Integer), Column("tool", String(32)), Column("title", String(500)),
    Column("project", String(200)), Column("repository", String(200)), Column("model", String(200)),
    Column("tags", Json), Column("started_at", UtcTime), Column("ended_at", UtcTime),
    Column("duration_s", BigInteger), Column("health_score", Float), Column("health_points", Integer),
    Column("input", BigInteger), Column("output", BigInteger), Column("cache_read", BigInteger),
    Column("cache_write", BigInteger), Column("reasoning", BigInteger), Column("total", BigInteger),
    Column("cost_pico", BigInteger), Column("cost_basis", String(16)), Column("provenance", String(16)),
    Column("user_messages", BigInteger), Column("assistant_messages", BigInteger),
    Column("tool_calls", BigInteger), Column("errors", BigInteger), Column("refusals", BigInteger),
    Column("api_errors", BigInteger), Column("compactions", BigInteger), Column("files_changed", BigInteger),
    Column("commits", BigInteger), Column("demo", Boolean),
):  # fmt: skip
    sessions.append_column(column)
Index("analytics_sessions_by_hour", sessions.c.team_id, sessions.c.hour)
Index("analytics_sessions_of_person", sessions.c.team_id, sessions.c.user_id, sessions.c.hour)
# All that lists are narrowed to and sorted by: PostgreSQL finds a page without a look at the rows.
LISTED = (
    "first_quarter", "quarter", "hour", "session_id", "user_id", "visibility", "deleted", "tool", "project",
    "model", "total", "cost_pico", "duration_s", "health_score", "started_at", "last_activity_at",
)  # fmt: skip
Index("analytics_sessions_listed", sessions.c.team_id, sessions.c.last_quarter, postgresql_include=LISTED)
Index("analytics_sessions_unread", sessions.c.team_id, postgresql_where=UNREAD, sqlite_where=UNREAD)
Index(
    "analytics_sessions_living", sessions.c.team_id, sessions.c.status,
    postgresql_where=LIVING, sqlite_where=LIVING,
)  # fmt: skip

# What a session used in one quarter with one model. Where only a sum is known, the kinds are null.
# `cost_pico` is the sum of what has a price; `unpriced` counts the calls that have none.
usage = Table(
    "analytics_usage",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("quarter", Integer, primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("hour", Integer, nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("incomplete_calls", BigInteger, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
    Column("input", BigInteger),
    Column("output", BigInteger),
    Column("cache_read", BigInteger),
    Column("cache_write", BigInteger),
    Column("reasoning", BigInteger),
    Column("total", BigInteger, nullable=False),
    Column("cost_pico", BigInteger),
    Index("analytics_usage_by_hour", "team_id", "hour"),
)

tags = Table(
    "analytics_tags",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("tag", String(50), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Index("analytics_tags_of_team", "team_id", "tag", "session_id"),
)

# Failed calls of a session by category and tool; either is empty where the session does not say it.
errors = Table(
    "analytics_errors",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("category", String(200), primary_key=True),
    Column("tool", String(200), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)

SUMS = (
    "uses", "calls", "unpriced", "input", "output", "cache_read", "cache_write", "reasoning", "total",
    "cost_pico", "sessions", "health_points", "scored", "errors", "tool_calls", "commits",
)  # fmt: skip


def _sums(name: str, span: str) -> Table:
    return Table(
        name,
        metadata,
        Column("team_id", Uuid, primary_key=True),
        Column("dim", String(16), primary_key=True),
        Column(span, Integer, primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("owner", Uuid, primary_key=True),
        *(Column(each, BigInteger) for each in SUMS),
    )


# Sums of an hour, and of those of four hours and of a day (UTC). `owner` is nobody (all zeros) for what the
# team sees, else whose private sessions it is.
rollup = _sums("analytics_rollup", "hour")
blocks = _sums("analytics_rollup_blocks", "block")
days = _sums("analytics_rollup_days", "day")


def _mixed(name: str, span: str) -> Table:
    return Table(
        name,
        metadata,
        Column("team_id", Uuid, primary_key=True),
        Column(span, Integer, primary_key=True),
        Column("user_id", Uuid, primary_key=True),
        Column("tool", String(32), primary_key=True),
        Column("project", String(200), primary_key=True),
        Column("model", String(200), primary_key=True),
        Column("owner", Uuid, primary_key=True),
        *(Column(each, BigInteger) for each in SUMS),
    )


# Sums of an hour and of a day (UTC) by all dimensions at once but that of tags.
mixed_hours = _mixed("analytics_rollup_mixed_hours", "hour")
mixed_days = _mixed("analytics_rollup_mixed", "day")


def _alike(name: str, *place: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("team_id", Uuid, primary_key=True),
        *place,
        Column("owner", Uuid, primary_key=True),
        Column("category", String(200), primary_key=True),
        Column("tool", String(200), primary_key=True),
        Column("count", BigInteger, nullable=False),
        Column("sessions", BigInteger, nullable=False),
        Column("first_at", UtcTime, nullable=False),
        Column("last_at", UtcTime, nullable=False),
        Column("example", Uuid, nullable=False),
    )


# Failed calls of the sessions that began in an hour, in a day (UTC) by one dimension, and in a day by all of
# them at once but that of tags. `example` is the session of the newest of them.
error_hours = _alike("analytics_error_hours", Column("hour", Integer, primary_key=True))
error_days = _alike(
    "analytics_error_days",
    Column("dim", String(16), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("key", String(200), primary_key=True),
)
error_mixed = _alike(
    "analytics_error_mixed",
    Column("day", Integer, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("session_tool", String(32), primary_key=True),
    Column("project", String(200), primary_key=True),
    Column("model", String(200), primary_key=True),
)

# Hours whose rollup, and with it that of their day, is not what their facts are now.
dirty = Table(
    "analytics_dirty",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("settles_at", UtcTime, nullable=False),
    Index("analytics_dirty_by_time", "settles_at"),
)

team_metrics = Table(
    "team_metrics",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("metric_type", String(32), primary_key=True),
    Column("timestamp", UtcTime, primary_key=True),
    Column("value", Float),
    Column("metadata", Json, nullable=False),
)

users = Table(
    "analytics_users",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("username", String(200), nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# Who is, or was, in a team.
members = Table(
    "analytics_members",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# `stale`: its facts were priced by another book than its settings make now.
teams = Table(
    "analytics_teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("known_at", UtcTime, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
)

# Teams and persons that are gone, so that what still comes of theirs is let go.
departed = Table(
    "analytics_departed",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

outbox = outbox_table(metadata, "analytics")

# What has been raised of a budget: once a period, whatever is counted anew. `subject` is the person or the
# session it is of, nobody (all zeros) for the team's. Tokens, or picodollars.
crossings = Table(
    "analytics_crossings",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("unit", String(8), primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("percent", Integer, primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("most", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Insights that were shared; one that is gone stays as a row, so that it stays gone.
insights = Table(
    "analytics_insights",
    metadata,
    Column("insight_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid),
    Column("shared_at", UtcTime, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("analytics_insights_of_person", "team_id", "user_id", "shared_at"),
)

# The weeks, by their Monday, of which a team has had its report.
reports = Table(
    "analytics_reports",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("week", String(10), primary_key=True),
    Column("at", UtcTime, nullable=False),
)
