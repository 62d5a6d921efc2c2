"""Sums of whole days beside those of hours, sums of failed calls, and an index that lists need alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SUMS = (
    "uses", "calls", "unpriced", "input", "output", "cache_read", "cache_write", "reasoning", "total",
    "cost_pico", "sessions", "health_points", "scored", "errors", "tool_calls", "commits",
)  # fmt: skip
LISTED = [
    "first_quarter", "quarter", "hour", "session_id", "user_id", "visibility", "deleted", "tool", "project",
    "model", "total", "cost_pico", "duration_s", "health_score", "started_at", "last_activity_at",
]  # fmt: skip
# Every hour is summed up anew, and with it its day; until then it is read from its facts.
MARK = """
INSERT INTO analytics_dirty (team_id, hour, settles_at)
SELECT DISTINCT team_id, hour, {now} FROM analytics_rollup WHERE true
ON CONFLICT (team_id, hour) DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "analytics_rollup_days",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("dim", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in SUMS),
        sa.PrimaryKeyConstraint("team_id", "dim", "day", "key", "owner"),
    )
    op.create_table(
        "analytics_rollup_mixed",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tool", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in SUMS),
        sa.PrimaryKeyConstraint("team_id", "day", "user_id", "tool", "project", "model", "owner"),
    )
    op.create_table(
        "analytics_error_hours",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "hour", "owner", "category", "tool"),
    )
    op.drop_index("analytics_sessions_by_quarter", "analytics_sessions")
    op.create_index(
        "analytics_sessions_listed",
        "analytics_sessions",
        ["team_id", "last_quarter"],
        postgresql_include=LISTED,
    )
    is_postgresql = op.get_context().dialect.name == "postgresql"
    op.execute(MARK.format(now="now()" if is_postgresql else "'1970-01-01 00:00:00.000000'"))


def downgrade() -> None:
    op.drop_index("analytics_sessions_listed", "analytics_sessions")
    op.create_index("analytics_sessions_by_quarter", "analytics_sessions", ["team_id", "last_quarter"])
    op.drop_table("analytics_error_hours")
    op.drop_table("analytics_rollup_mixed")
    op.drop_table("analytics_rollup_days")
