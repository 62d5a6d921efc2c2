"""Ingest's own projection of persons and teams."""

from sqlalchemy import Column, String, Table, Uuid

from services.ingest.tables.base import Json, metadata
from services.runtime.db import UtcTime

session_owners = Table(
    "session_owners",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("username", String(200), nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

ingest_teams = Table(
    "ingest_teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# Teams and persons that are gone, so that what still comes of theirs is let go.
departed = Table(
    "ingest_departed",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
