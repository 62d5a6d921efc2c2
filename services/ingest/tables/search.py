"""What sessions are found by beside their own columns; `store/search.py` keeps it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.ingest.tables.base import metadata

session_tags = Table(
    "session_tags",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id"), primary_key=True),
    Column("tag", String(50), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Index("session_tags_of_team", "team_id", "tag", "session_id"),
)

# The words (`domain/words.py`) of one session, with blanks between them. PostgreSQL reads them as they are
# into a `tsvector` under a GIN index; on SQLite an FTS5 table follows by triggers, for which `place` is the
# lasting row number.
session_words = Table(
    "session_words",
    metadata,
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False, unique=True),
    Column("team_id", Uuid, nullable=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    Index("session_words_found", "words", postgresql_using="gin", info={"only": "postgresql"}).ddl_if(
        dialect="postgresql"
    ),
)
