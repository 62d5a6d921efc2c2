"""What analytics tells others: budgets crossed, weekly reports, files taken; insights that it counts."""

import sqlalchemy as sa
from alembic import op

from services.runtime.row_security import FOUND, widening

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# `analytics_reach` of before, with three more questions.
REACH = """
CREATE OR REPLACE FUNCTION analytics_reach(what text, key text) RETURNS void
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
        {more}
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening}
END
$$
"""
MORE = """
        WHEN 'moving' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM analytics_dirty;
        WHEN 'stale' THEN
            SELECT array_agg(team_id) INTO their_teams FROM analytics_teams WHERE stale;
        WHEN 'weekly' THEN
            SELECT array_agg(team_id) INTO their_teams
            FROM analytics_teams WHERE settings @> '{"weekly_report": true}';
"""


def upgrade() -> None:
    op.add_column(
        "analytics_teams", sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _tables()
    op.create_index("analytics_insights_of_person", "analytics_insights", ["team_id", "user_id", "shared_at"])
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY found ON analytics_teams FOR SELECT USING ({FOUND})")
        op.execute(reach(MORE))


def _tables() -> None:
    op.create_table(
        "analytics_outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("routing_key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "analytics_crossings",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "scope", "unit", "subject", "period", "percent"),
    )
    op.create_table(
        "analytics_insights",
        sa.Column("insight_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("shared_at", INSTANT, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("insight_id"),
    )
    op.create_table(
        "analytics_reports",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "week"),
    )


def reach(more: str) -> str:
    return REACH.replace("{more}", more).replace("{widening}", widening("td.teams", "their_teams"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(reach(""))
        op.execute("DROP POLICY found ON analytics_teams")
    for table in ("analytics_reports", "analytics_insights", "analytics_crossings", "analytics_outbox"):
        op.drop_table(table)
    op.drop_column("analytics_teams", "stale")
