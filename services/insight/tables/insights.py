"""What people have learnt, or rules have found, and what others say to it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.insight.tables.base import Json, metadata
from services.runtime.db import UtcTime

# `revision` rises with whatever is told of it, votes and comments too, `version` with its text and state.
# `hot` is worked out when it is written, so that an index has its order (`domain/ranking.py`).
insights = Table(
    "shared_insights",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("shared_by", Uuid),
    Column("type", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("content", Text, nullable=False),
    Column("tags", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("session_id", Uuid),
    Column("moment", String(200)),
    Column("evidence", Json),
    Column("upvotes", BigInteger, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("hot", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index("shared_insights_hot", "team_id", "hot", "created_at", "id"),
    Index("shared_insights_new", "team_id", "created_at", "id"),
    Index("shared_insights_top", "team_id", "upvotes", "created_at", "id"),
    Index("shared_insights_of_session", "team_id", "session_id"),
    Index("shared_insights_of_person", "team_id", "shared_by"),
)

tags = Table(
    "insight_tags",
    metadata,
    Column("insight_id", Uuid, ForeignKey("shared_insights.id"), primary_key=True),
    Column("tag", String(50), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Index("insight_tags_of_team", "team_id", "tag", "insight_id"),
)

# The words of one insight, with blanks between them and around: a `tsvector` on PostgreSQL, a text that is
# looked through on SQLite. There is no index beside it that would remember what was deleted.
words = Table(
    "insight_words",
    metadata,
    Column("insight_id", Uuid, ForeignKey("shared_insights.id"), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    Index("insight_words_of_team", "team_id"),
)

votes = Table(
    "insight_votes",
    metadata,
    Column("insight_id", Uuid, ForeignKey("shared_insights.id"), primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("insight_votes_of_person", "user_id"),
)

# A deleted comment with answers stays as an empty place. `mentions` are the ids of those it names.
comments = Table(
    "insight_comments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("insight_id", Uuid, ForeignKey("shared_insights.id"), nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("parent_id", Uuid, ForeignKey("insight_comments.id")),
    Column("user_id", Uuid),
    Column("content", Text, nullable=False),
    Column("mentions", Json, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index("insight_comments_in_order", "team_id", "insight_id", "created_at", "id"),
    Index("insight_comments_answers", "parent_id"),
    Index("insight_comments_of_person", "user_id"),
)

# Of a feed's secret only the SHA-256 is kept.
feeds = Table(
    "insight_feeds",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("secret_hash", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Index("insight_feeds_by_secret", "secret_hash", unique=True),
)

# What the rules have ever found, so that nothing that was dismissed or deleted is found again.
findings = Table(
    "insight_findings",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("insight_id", Uuid, nullable=False),
    Column("found_at", UtcTime, nullable=False),
)
