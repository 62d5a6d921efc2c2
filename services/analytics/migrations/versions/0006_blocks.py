"""Sums of four hours, sums of hours by all dimensions at once, and failed calls of days by one dimension."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUMS = (
    "uses", "calls", "unpriced", "input", "output", "cache_read", "cache_write", "reasoning", "total",
    "cost_pico", "sessions", "health_points", "scored", "errors", "tool_calls", "commits",
)  # fmt: skip
# Every hour is summed up anew, and with it what it is part of; until then it is read from its facts.
MARK = """
INSERT INTO analytics_dirty (team_id, hour, settles_at)
SELECT DISTINCT team_id, hour, {now} FROM analytics_rollup WHERE true
ON CONFLICT (team_id, hour) DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "analytics_rollup_blocks",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("dim", sa.String(length=16), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in SUMS),
        sa.PrimaryKeyConstraint("team_id", "dim", "block", "key", "owner"),
    )
    op.create_table(
        "analytics_rollup_mixed_hours",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tool", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in SUMS),
        sa.PrimaryKeyConstraint("team_id", "hour", "user_id", "tool", "project", "model", "owner"),
    )
    op.create_table(
        "analytics_error_days",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("dim", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "dim", "day", "key", "owner", "category", "tool"),
    )
    is_postgresql = op.get_context().dialect.name == "postgresql"
    op.execute(MARK.format(now="now()" if is_postgresql else "'1970-01-01 00:00:00.000000'"))


def downgrade() -> None:
    op.drop_table("analytics_error_days")
    op.drop_table("analytics_rollup_mixed_hours")
    op.drop_table("analytics_rollup_blocks")
