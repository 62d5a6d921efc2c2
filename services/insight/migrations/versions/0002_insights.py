"""Insights with votes and comments, feeds, who is in a team, and what is told of all that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.runtime.row_security import FOUND, widening

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WORDS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
REACH = f"""
CREATE FUNCTION insight_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'person' THEN
            SELECT array_agg(team_id) INTO their_teams FROM (
                SELECT team_id FROM insight_members WHERE user_id = key::uuid
                UNION SELECT team_id FROM shared_insights WHERE shared_by = key::uuid
                UNION SELECT team_id FROM insight_comments WHERE user_id = key::uuid
                UNION SELECT team_id FROM insight_votes WHERE user_id = key::uuid
            ) theirs;
        WHEN 'feed' THEN
            SELECT array_agg(team_id) INTO their_teams FROM insight_feeds WHERE secret_hash = key;
        WHEN 'history' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM insight_sessions WHERE NOT deleted AND last_activity_at >= key::timestamptz;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608
TABLES = (
    "insight_outbox", "insight_findings", "insight_feeds", "insight_comments", "insight_votes",
    "insight_words", "insight_tags", "shared_insights", "insight_departed", "insight_teams",
    "insight_members", "insight_users",
)  # fmt: skip
GUARDED = (
    "insight_sessions", "insight_members", "shared_insights", "insight_comments", "insight_votes",
    "insight_feeds",
)  # fmt: skip
ORDERS = {"hot": ["hot", "created_at"], "new": ["created_at"], "top": ["upvotes", "created_at"]}


def upgrade() -> None:
    _people()
    _insights()
    _comments()
    _others()
    if op.get_context().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
        op.execute(REACH)


def _people() -> None:
    op.create_table(
        "insight_users",
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("username", sa.String(200), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
    )
    op.create_table(
        "insight_members",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.String(16)),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
    )
    op.create_table(
        "insight_teams",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
    )
    op.create_table(
        "insight_departed",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )


def _insights() -> None:
    op.create_table(
        "shared_insights",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("shared_by", sa.Uuid),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("moment", sa.String(200)),
        sa.Column("evidence", JSON),
        sa.Column("upvotes", sa.BigInteger, nullable=False),
        sa.Column("comments", sa.Integer, nullable=False),
        sa.Column("hot", sa.Float, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )
    for name, columns in ORDERS.items():
        op.create_index(f"shared_insights_{name}", "shared_insights", ["team_id", *columns, "id"])
    op.create_index("shared_insights_of_session", "shared_insights", ["team_id", "session_id"])
    op.create_index("shared_insights_of_person", "shared_insights", ["team_id", "shared_by"])
    op.create_table(
        "insight_tags",
        sa.Column("insight_id", sa.Uuid, sa.ForeignKey("shared_insights.id"), primary_key=True),
        sa.Column("tag", sa.String(50), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
    )
    op.create_index("insight_tags_of_team", "insight_tags", ["team_id", "tag", "insight_id"])
    op.create_table(
        "insight_words",
        sa.Column("insight_id", sa.Uuid, sa.ForeignKey("shared_insights.id"), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("words", WORDS, nullable=False),
    )
    op.create_index("insight_words_of_team", "insight_words", ["team_id"])


def _comments() -> None:
    op.create_table(
        "insight_votes",
        sa.Column("insight_id", sa.Uuid, sa.ForeignKey("shared_insights.id"), primary_key=True),
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("insight_votes_of_person", "insight_votes", ["user_id"])
    op.create_table(
        "insight_comments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("insight_id", sa.Uuid, sa.ForeignKey("shared_insights.id"), nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("insight_comments.id")),
        sa.Column("user_id", sa.Uuid),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )
    order = ["team_id", "insight_id", "created_at", "id"]
    op.create_index("insight_comments_in_order", "insight_comments", order)
    op.create_index("insight_comments_answers", "insight_comments", ["parent_id"])
    op.create_index("insight_comments_of_person", "insight_comments", ["user_id"])


def _others() -> None:
    op.create_table(
        "insight_feeds",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
    )
    op.create_index("insight_feeds_by_secret", "insight_feeds", ["secret_hash"], unique=True)
    op.create_table(
        "insight_findings",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("insight_id", sa.Uuid, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
    )
    op.create_table(
        "insight_outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("routing_key", sa.String(255), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION insight_reach")
        op.execute("DROP POLICY found ON insight_sessions")
    for table in TABLES:
        op.drop_table(table)
