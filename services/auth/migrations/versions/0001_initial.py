"""Persons, teams, the ways in, and the view of rights that every service may read."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RIGHTS = """
CREATE VIEW auth_rights AS
SELECT l.sid AS sid, l.user_id AS user_id, m.team_id AS team_id, m.role AS role,
       u.rights_version AS version, CAST(NULL AS TEXT) AS scopes, CAST(NULL AS VARCHAR(64)) AS secret_hash,
       l.expires_at AS expires_at, u.username AS username
FROM logins l
JOIN users u ON u.id = l.user_id
LEFT JOIN memberships m ON m.user_id = l.user_id
WHERE l.ended_at IS NULL
UNION ALL
SELECT t.id, t.user_id, t.team_id, m.role, u.rights_version, t.scopes, t.secret_hash, t.expires_at, u.username
FROM api_tokens t
JOIN users u ON u.id = t.user_id
JOIN memberships m ON m.user_id = t.user_id AND m.team_id = t.team_id
WHERE t.revoked_at IS NULL
"""


def time(name: str, *, nullable: bool = False, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, index=index)


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        time("created_at"),
        time("updated_at"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("teams.id", ondelete="SET NULL"), index=True),
        sa.Column("rights_version", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        time("created_at"),
        time("last_login", nullable=True),
    )
    op.create_table(
        "memberships",
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
        ),
        sa.Column("role", sa.String(16), nullable=False),
        time("joined_at"),
        sa.CheckConstraint("role IN ('admin', 'member', 'viewer')", name="memberships_role"),
    )
    op.create_table(
        "logins",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("teams.id", ondelete="SET NULL"), index=True),
        time("created_at"),
        time("expires_at", index=True),
        time("last_at"),
        time("ended_at", nullable=True),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "sid", sa.String(64), sa.ForeignKey("logins.sid", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("parent_hash", sa.String(64), index=True),
        time("issued_at"),
        time("used_at", nullable=True),
        sa.Column("void", sa.Boolean, nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        time("created_at"),
        time("expires_at"),
        time("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"], ["memberships.team_id", "memberships.user_id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_api_tokens_owner", "api_tokens", ["user_id", "team_id"])
    op.create_table(
        "broker_logins",
        sa.Column("agent_id", sa.Uuid, primary_key=True),
        sa.Column(
            "token_id",
            sa.String(16),
            sa.ForeignKey("api_tokens.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        time("seen_at"),
    )
    op.create_table(
        "auth_outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("routing_key", sa.String(255), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        time("added_at"),
    )
    op.execute(RIGHTS)


def downgrade() -> None:
    op.execute("DROP VIEW auth_rights")
    op.drop_table("auth_outbox")
    for table in ("broker_logins", "api_tokens", "refresh_tokens", "logins", "memberships", "users", "teams"):
        op.drop_table(table)
