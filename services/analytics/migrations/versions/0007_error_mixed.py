"""Failed calls of days by all dimensions at once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Every hour is summed up anew, and with it what it is part of; until then it is read from its facts.
MARK = """
INSERT INTO analytics_dirty (team_id, hour, settles_at)
SELECT DISTINCT team_id, hour, {now} FROM analytics_rollup WHERE true
ON CONFLICT (team_id, hour) DO NOTHING
"""


def upgrade() -> None:
    op.create_table(
        "analytics_error_mixed",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_tool", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "team_id", "day", "user_id", "session_tool", "project", "model", "owner", "category", "tool"
        ),
    )
    is_postgresql = op.get_context().dialect.name == "postgresql"
    op.execute(MARK.format(now="now()" if is_postgresql else "'1970-01-01 00:00:00.000000'"))


def downgrade() -> None:
    op.drop_table("analytics_error_mixed")
