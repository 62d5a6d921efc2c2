"""The tokens that machines came with."""

from sqlalchemy import Column, Index, String, Table, Uuid

from services.ingest.tables.base import metadata
from services.runtime.db import UtcTime

# By their ids; what they open is the auth service's.
agent_tokens = Table(
    "agent_tokens",
    metadata,
    Column("agent_id", Uuid, primary_key=True),
    Column("token_id", String(64), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("brought_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Index("agent_tokens_by_token", "token_id"),
)
