"""Facts of sessions, sums of hours, snapshots of teams, and who is in them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.runtime.row_security import FOUND, widening

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REACH = f"""
CREATE FUNCTION analytics_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'settled' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM analytics_dirty WHERE settles_at <= key::timestamptz;
        WHEN 'unread' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM analytics_sessions WHERE hour IS NULL AND NOT deleted;
        WHEN 'lately' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM (
                SELECT team_id FROM analytics_sessions WHERE status <> 'ended'
                UNION SELECT team_id FROM analytics_sessions WHERE last_activity_at >= key::timestamptz
            ) theirs;
        WHEN 'person' THEN
            SELECT array_agg(team_id) INTO their_teams
            FROM analytics_members WHERE user_id = key::uuid;
        WHEN 'all' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM (
                SELECT team_id FROM analytics_sessions
                UNION SELECT team_id FROM analytics_rollup
            ) theirs;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("quarter", "hour", "first_quarter", "last_quarter", "health_points"), sa.Integer()),
    "tool": sa.String(32),
    "title": sa.String(500),
    **dict.fromkeys(("project", "repository", "model"), sa.String(200)),
    "tags": JSON,
    **dict.fromkeys(("started_at", "ended_at"), INSTANT),
    "health_score": sa.Float(),
    **dict.fromkeys(("cost_basis", "provenance"), sa.String(16)),
    **dict.fromkeys(
        ("duration_s", "input", "output", "cache_read", "cache_write", "reasoning", "total", "cost_pico",
         "user_messages", "assistant_messages", "tool_calls", "errors", "refusals", "api_errors",
         "compactions", "files_changed", "commits"),
        sa.BigInteger(),
    ),
    "demo": sa.Boolean(),
}  # fmt: skip
INDEXES = {
    "analytics_sessions_by_hour": ["team_id", "hour"],
    "analytics_sessions_by_quarter": ["team_id", "last_quarter"],
    "analytics_sessions_of_person": ["team_id", "user_id", "hour"],
}
FEW = {
    "analytics_sessions_living": ("status <> 'ended'", ["team_id", "status"]),
    "analytics_sessions_unread": ("hour IS NULL AND NOT deleted", ["team_id"]),
}
TABLES = (
    "analytics_usage", "analytics_tags", "analytics_errors", "analytics_rollup", "analytics_dirty",
    "team_metrics", "analytics_users", "analytics_members", "analytics_teams", "analytics_departed",
)  # fmt: skip
GUARDED = ("analytics_sessions", "analytics_dirty", "analytics_rollup", "analytics_members")


def upgrade() -> None:
    _sessions()
    _facts()
    _sums()
    _people()
    if op.get_context().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
        op.execute(REACH)


def _sessions() -> None:
    """What the rows that are there have in these columns is read from their bodies by the running service."""
    for name, kind in COLUMNS.items():
        op.add_column("analytics_sessions", sa.Column(name, kind))
    for name, columns in INDEXES.items():
        op.create_index(name, "analytics_sessions", columns)
    for name, (which, columns) in FEW.items():
        some = sa.text(which)
        op.create_index(name, "analytics_sessions", columns, postgresql_where=some, sqlite_where=some)


def _facts() -> None:
    op.create_table(
        "analytics_usage",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("incomplete_calls", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.Column("input", sa.BigInteger(), nullable=True),
        sa.Column("output", sa.BigInteger(), nullable=True),
        sa.Column("cache_read", sa.BigInteger(), nullable=True),
        sa.Column("cache_write", sa.BigInteger(), nullable=True),
        sa.Column("reasoning", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("cost_pico", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "quarter", "model"),
    )
    op.create_index("analytics_usage_by_hour", "analytics_usage", ["team_id", "hour"])
    op.create_table(
        "analytics_tags",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=50), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "tag"),
    )
    op.create_index("analytics_tags_of_team", "analytics_tags", ["team_id", "tag", "session_id"])
    op.create_table(
        "analytics_errors",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "category", "tool"),
    )


def _sums() -> None:
    op.create_table(
        "analytics_rollup",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("dim", sa.String(length=16), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=True),
        sa.Column("calls", sa.BigInteger(), nullable=True),
        sa.Column("unpriced", sa.BigInteger(), nullable=True),
        sa.Column("input", sa.BigInteger(), nullable=True),
        sa.Column("output", sa.BigInteger(), nullable=True),
        sa.Column("cache_read", sa.BigInteger(), nullable=True),
        sa.Column("cache_write", sa.BigInteger(), nullable=True),
        sa.Column("reasoning", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("cost_pico", sa.BigInteger(), nullable=True),
        sa.Column("sessions", sa.BigInteger(), nullable=True),
        sa.Column("health_points", sa.BigInteger(), nullable=True),
        sa.Column("scored", sa.BigInteger(), nullable=True),
        sa.Column("errors", sa.BigInteger(), nullable=True),
        sa.Column("tool_calls", sa.BigInteger(), nullable=True),
        sa.Column("commits", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "dim", "hour", "key", "owner"),
    )
    op.create_table(
        "analytics_dirty",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("settles_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "hour"),
    )
    op.create_index("analytics_dirty_by_time", "analytics_dirty", ["settles_at"])
    op.create_table(
        "team_metrics",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("metric_type", sa.String(length=32), nullable=False),
        sa.Column("timestamp", INSTANT, nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column(
            "metadata",
            JSON,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("team_id", "metric_type", "timestamp"),
    )


def _people() -> None:
    op.create_table(
        "analytics_users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=200), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "analytics_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )
    op.create_table(
        "analytics_teams",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column(
            "settings",
            JSON,
            nullable=False,
        ),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.create_table(
        "analytics_departed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION analytics_reach")
        op.execute("DROP POLICY found ON analytics_sessions")
    for table in TABLES:
        op.drop_table(table)
    for name in (*INDEXES, *FEW):
        op.drop_index(name, "analytics_sessions")
    for name in COLUMNS:
        op.drop_column("analytics_sessions", name)
