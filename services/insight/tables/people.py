"""Insight's own projection of persons, members and teams."""

from sqlalchemy import Boolean, Column, String, Table, Uuid

from services.insight.tables.base import Json, metadata
from services.runtime.db import UtcTime

users = Table(
    "insight_users",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("username", String(200), nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# Who is, or was, in a team; `role` is null where nobody has told it yet.
members = Table(
    "insight_members",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    Column("role", String(16)),
    Column("present", Boolean, nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

teams = Table(
    "insight_teams",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("settings", Json, nullable=False),
    Column("known_at", UtcTime, nullable=False),
)

# Teams and persons that are gone, so that what still comes of theirs is let go.
departed = Table(
    "insight_departed",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
