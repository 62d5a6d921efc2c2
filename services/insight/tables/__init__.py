"""The tables that insight owns."""

from sqlalchemy import Index, text

from services.insight.tables.alerts import alerts, progress
from services.insight.tables.base import metadata
from services.insight.tables.insights import comments, feeds, findings, insights, tags, votes, words
from services.insight.tables.notices import heard, letters, notification_preferences, notifications
from services.insight.tables.people import departed, members, teams, users
from services.insight.tables.webhooks import webhook_deliveries, webhooks
from services.projection.tables import projection_table
from services.runtime.outbox import outbox_table

sessions = projection_table(metadata, "insight")
outbox = outbox_table(metadata, "insight")
WAITING = text("status = 'waiting'")
Index(
    "insight_sessions_waiting", sessions.c.team_id, sessions.c.last_activity_at,
    postgresql_where=WAITING, sqlite_where=WAITING,
)  # fmt: skip

__all__ = [
    "alerts", "comments", "departed", "feeds", "findings", "heard", "insights", "letters", "members",
    "metadata", "notification_preferences", "notifications", "outbox", "progress", "sessions", "tags",
    "teams", "users", "votes", "webhook_deliveries", "webhooks", "words",
]  # fmt: skip
