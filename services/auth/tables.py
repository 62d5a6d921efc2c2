"""Persons, teams, and the ways in. E-mail addresses are unique by `email_key`, their lower-case form."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

from services.runtime.db import UtcTime
from services.runtime.outbox import outbox_table

metadata = MetaData()
outbox = outbox_table(metadata, "auth")

teams = Table(
    "teams",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

# `team_id` is the team last chosen; `rights_version` rises with every change of the person's rights.
users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("username", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="SET NULL"), index=True),
    Column("rights_version", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_login", UtcTime),
)

memberships = Table(
    "memberships",
    metadata,
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(16), nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    CheckConstraint("role IN ('admin', 'member', 'viewer')", name="memberships_role"),
)

# A log-in: one browser, from the password to the log-out. Its refresh tokens are a family.
logins = Table(
    "logins",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="SET NULL"), index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("last_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

# `void` tokens lost to a sibling: both came from one parent, and the other was used.
refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("sid", String(64), ForeignKey("logins.sid", ondelete="CASCADE"), nullable=False, index=True),
    Column("parent_hash", String(64), index=True),
    Column("issued_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("void", Boolean, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    ForeignKeyConstraint(
        ["team_id", "user_id"], ["memberships.team_id", "memberships.user_id"], ondelete="CASCADE"
    ),
    Index("ix_api_tokens_owner", "user_id", "team_id"),
)

# With which token an agent last logged in at the broker, whose later questions name only the agent.
broker_logins = Table(
    "broker_logins",
    metadata,
    Column("agent_id", Uuid, primary_key=True),
    Column(
        "token_id", String(16), ForeignKey("api_tokens.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("seen_at", UtcTime, nullable=False),
)
