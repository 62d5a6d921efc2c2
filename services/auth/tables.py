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
from services.runtime.mail.queue import mail_table
from services.runtime.outbox import outbox_table

metadata = MetaData()
outbox = outbox_table(metadata, "auth")
mail = mail_table(metadata, "auth")

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

# A log-in: one browser, from the password to the log-out. Its refresh tokens are a family. `label` is what
# the browser calls itself.
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
    Column("label", String(200), nullable=False),
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

# The tokens an agent has logged in with at the broker, whose later questions name only the agent: it may what
# the last one may.
broker_logins = Table(
    "broker_logins",
    metadata,
    Column("agent_id", Uuid, primary_key=True),
    Column(
        "token_id", String(16), ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("seen_at", UtcTime, nullable=False),
)

# Agents whose connections are to be closed, written down with what ended their rights. They come out some
# seconds after it was done.
broker_cuts = Table(
    "broker_cuts",
    metadata,
    Column("agent_id", Uuid, primary_key=True),
    Column("noted_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)

# The keys of access tokens, as numbers: a key itself is made from the deployment's secret.
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("signs_from", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

# An invitation is for whoever knows its secret; `uses` of `max_uses` are gone. With an `email` it is for an
# account with that address alone, and `mail_…` say how far the letter has got.
invites = Table(
    "invites",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("created_by", Uuid, ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("max_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("email", Text),
    Column("mail_state", String(16)),
    Column("mail_reason", Text),
    Column("mail_at", UtcTime),
    CheckConstraint("role IN ('admin', 'member', 'viewer')", name="invites_role"),
    CheckConstraint("uses <= max_uses", name="invites_uses"),
)

# The secrets of invitations that went out in letters, one a letter, beside the one that an admin was shown.
invite_letters = Table(
    "invite_letters",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("invite_id", Uuid, ForeignKey("invites.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
)

# A secret that lets its person choose a new password once.
password_resets = Table(
    "password_resets",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

# A code that a machine exchanges once for an API token of this person in this team.
enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    ForeignKeyConstraint(
        ["team_id", "user_id"], ["memberships.team_id", "memberships.user_id"], ondelete="CASCADE"
    ),
    Index("ix_enrolment_codes_owner", "team_id", "user_id"),
)

# What happened in a team, each entry bound to the one before it. It outlives persons, so it holds ids only.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Uuid),
    Column("action", String(40), nullable=False),
    Column("target", String(64)),
    Column("details", JSON, nullable=False),
    Column("event_id", String(64)),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_entries_event", "team_id", "event_id", unique=True),
    Index("ix_audit_entries_at", "team_id", "at"),
)

# Where a team's chain begins and ends now: entries up to `first_n` were dropped for their age.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("team_id", Uuid, primary_key=True),
    Column("first_n", BigInteger, nullable=False),
    Column("first_hash", String(64), nullable=False),
    Column("last_n", BigInteger, nullable=False),
    Column("last_hash", String(64), nullable=False),
)

# Letters that other services asked for, so that what comes twice is written once.
letters_heard = Table(
    "letters_heard",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
)
