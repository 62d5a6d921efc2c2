"""Notifications and how persons want them, alerts, webhooks and their deliveries."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.runtime.row_security import FOUND, widening

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
REACH = f"""
CREATE FUNCTION insight_notices_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'deliveries' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM webhook_deliveries WHERE status = 'waiting' AND due_at <= key::timestamptz;
        WHEN 'letters' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM notification_letters WHERE due_at <= key::timestamptz;
        WHEN 'alerts' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM (
                SELECT team_id FROM insight_alerts WHERE firing
                UNION SELECT team_id FROM insight_sessions WHERE status = 'waiting'
            ) theirs;
        WHEN 'old' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM (
                SELECT team_id FROM notifications WHERE created_at < key::timestamptz
                UNION SELECT team_id FROM webhook_deliveries WHERE created_at < key::timestamptz
                UNION SELECT team_id FROM insight_alerts WHERE opened_at < key::timestamptz
            ) theirs;
        WHEN 'person' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams FROM (
                SELECT team_id FROM notifications WHERE key::uuid IN (user_id, actor_id)
                UNION SELECT team_id FROM notification_preferences WHERE user_id = key::uuid
                UNION SELECT team_id FROM notification_letters WHERE user_id = key::uuid
                UNION SELECT team_id FROM insight_alerts WHERE user_id = key::uuid
                UNION SELECT team_id FROM insight_progress WHERE user_id = key::uuid
            ) theirs;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608
GUARDED = (
    "notifications", "notification_preferences", "notification_letters", "webhook_deliveries",
    "insight_alerts", "insight_progress",
)  # fmt: skip
TABLES = (*GUARDED, "webhooks", "insight_heard")
UNREAD, WAITING, FIRING, LIVE = "read_at IS NULL", "status = 'waiting'", "firing", "status = 'waiting'"


def upgrade() -> None:
    _notifications()
    _letters()
    _webhooks()
    _alerts()
    _some("insight_sessions_waiting", "insight_sessions", ["team_id", "last_activity_at"], LIVE)
    if op.get_context().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
        op.execute(REACH)


def _some(name: str, table: str, columns: list[str], where: str, **more: Any) -> None:
    """An index over some of the rows."""
    some = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=some, sqlite_where=some, **more)


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("insight_id", sa.Uuid),
        sa.Column("alert_id", sa.Uuid),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_name", sa.String(200)),
        sa.Column("read_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    order = ["team_id", "user_id", "created_at", "id"]
    op.create_index("notifications_of_person", "notifications", order)
    _some("notifications_unread", "notifications", order, UNREAD)
    op.create_index("notifications_by_time", "notifications", ["created_at"])
    op.create_table(
        "notification_preferences",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, primary_key=True),
        sa.Column("events", JSON, nullable=False),
        sa.Column("quiet_hours", JSON),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )


def _letters() -> None:
    op.create_table(
        "notification_letters",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("insight_id", sa.Uuid),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
    )
    op.create_index("notification_letters_due", "notification_letters", ["due_at"])
    op.create_table(
        "insight_heard",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("secret", sa.String(100)),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("last_status", sa.String(16)),
    )
    op.create_index("webhooks_of_team", "webhooks", ["team_id", "created_at", "id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("webhook_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("message", JSON, nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("insight_id", sa.Uuid),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("response_status", sa.Integer),
        sa.Column("error", sa.String(200)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("delivered_at", INSTANT),
    )
    _some("webhook_deliveries_due", "webhook_deliveries", ["due_at"], WAITING)
    order = ["team_id", "webhook_id", "created_at", "id"]
    op.create_index("webhook_deliveries_of_webhook", "webhook_deliveries", order)
    op.create_index("webhook_deliveries_by_time", "webhook_deliveries", ["created_at"])


def _alerts() -> None:
    op.create_table(
        "insight_alerts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid),
        sa.Column("username", sa.String(200)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("session_id", sa.Uuid),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("firing", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("calm_at", INSTANT),
        sa.Column("snoozed_until", INSTANT),
        sa.Column("resolved_at", INSTANT),
        sa.Column("resolved_by", sa.Uuid),
        sa.Column("acknowledged_by", sa.Uuid),
        sa.Column("ends_at", INSTANT),
    )
    _some("insight_alerts_firing", "insight_alerts", ["team_id", "kind", "subject"], FIRING, unique=True)
    of_subject = ["team_id", "subject", "kind", "opened_at"]
    op.create_index("insight_alerts_of_subject", "insight_alerts", of_subject)
    op.create_index("insight_alerts_of_team", "insight_alerts", ["team_id", "opened_at", "id"])
    op.create_table(
        "insight_progress",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("calls", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION insight_notices_reach")
    op.drop_index("insight_sessions_waiting", "insight_sessions")
    for table in TABLES:
        op.drop_table(table)
