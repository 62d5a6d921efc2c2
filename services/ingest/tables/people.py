"""Ingest's own projection of persons and teams."""

from sqlalchemy import Boolean, Column, String, Table, Uuid, false

from services.ingest.tables.base import Json, metadata
from services.runtime.db import UtcTime

session_owners = Table(
    "session_owners",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("username", String(200), nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# `stale`: its sessions may have been priced by another book than its settings make now.
ingest_teams = Table(
    "ingest_teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("known_at", UtcTime, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
)

# Teams and persons that are gone, so that what still comes of theirs is let go.
departed = Table(
    "ingest_departed",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
