"""Public pages of sessions, and how often they were looked at."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Uuid

from services.ingest.tables.base import metadata
from services.runtime.db import UtcTime

# Of a link's secret only the SHA-256 is kept. A link that has ended stays, for its views.
session_links = Table(
    "session_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index("session_links_by_secret", "secret_hash", unique=True),
    Index("session_links_of_session", "session_id", "made_at"),
)

# All looks from one network in one hour are one row.
session_views = Table(
    "session_views",
    metadata,
    Column("link_id", Uuid, ForeignKey("session_links.id"), primary_key=True),
    Column("hour", UtcTime, primary_key=True),
    Column("network", String(64), primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("views", BigInteger, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Index("session_views_of_session", "session_id", "last_at"),
)
