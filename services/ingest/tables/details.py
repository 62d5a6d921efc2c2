"""What hangs on a session: lists that its reports hold."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, String, Table, Uuid, text

from services.ingest.tables.base import Json, metadata
from services.runtime.db import UtcTime


def _of_session() -> Column[object]:
    return Column("session_id", Uuid, ForeignKey("sessions.id"), primary_key=True)


session_usage = Table(
    "session_usage",
    metadata,
    _of_session(),
    Column("at", UtcTime, primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("service_tier", String(200), primary_key=True),
    Column("band", BigInteger, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("incomplete_calls", BigInteger, nullable=False),
    Column("input", BigInteger, nullable=False),
    Column("output", BigInteger, nullable=False),
    Column("cache_read", BigInteger, nullable=False),
    Column("cache_write_5m", BigInteger, nullable=False),
    Column("cache_write_1h", BigInteger, nullable=False),
    Column("reasoning", BigInteger),
    Column("cost_pico", BigInteger),
)

session_events = Table(
    "session_events",
    metadata,
    _of_session(),
    Column("event_id", String(128), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Json, nullable=False),
    Index("events_of_session", "session_id", "at", "event_id"),
)

session_files = Table(
    "session_files",
    metadata,
    _of_session(),
    Column("path", String(1024), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("change", String(16), nullable=False),
    Column("edits", BigInteger, nullable=False),
    Column("added", BigInteger),
    Column("removed", BigInteger),
    Column("last_at", UtcTime, nullable=False),
    # From the top of the repository (`domain/paths.py`): the same on every machine.
    Column("repository_path", String(1024)),
    Index(
        "session_files_lately",
        "team_id",
        "last_at",
        postgresql_where=text("repository_path IS NOT NULL"),
        sqlite_where=text("repository_path IS NOT NULL"),
    ),
)

session_commits = Table(
    "session_commits",
    metadata,
    _of_session(),
    Column("sha", String(128), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("branch", String(200)),
    Column("subject", String(500)),
    Column("at", UtcTime, nullable=False),
)

session_memories = Table(
    "session_memories",
    metadata,
    _of_session(),
    Column("name", String(1024), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("modified_at", UtcTime, nullable=False),
)

session_samples = Table(
    "session_samples",
    metadata,
    _of_session(),
    Column("at", UtcTime, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("health_score", Float),
    Column("context_used", BigInteger),
)
