"""Invitations, enrolment codes, names of log-ins, and the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def time(name: str, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, index=index)


def upgrade() -> None:
    op.add_column("logins", sa.Column("label", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "invites",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "team_id", sa.Uuid, sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
        time("created_at"),
        time("expires_at"),
        sa.Column("max_uses", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.CheckConstraint("role IN ('admin', 'member', 'viewer')", name="invites_role"),
        sa.CheckConstraint("uses <= max_uses", name="invites_uses"),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        time("created_at"),
        time("expires_at", index=True),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"], ["memberships.team_id", "memberships.user_id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_enrolment_codes_owner", "enrolment_codes", ["team_id", "user_id"])
    op.create_table(
        "audit_entries",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
        time("at"),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("target", sa.String(64)),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("event_id", sa.String(64)),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_entries_event", "audit_entries", ["team_id", "event_id"], unique=True)
    op.create_index("ix_audit_entries_at", "audit_entries", ["team_id", "at"])
    op.create_table(
        "audit_chains",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("first_n", sa.BigInteger, nullable=False),
        sa.Column("first_hash", sa.String(64), nullable=False),
        sa.Column("last_n", sa.BigInteger, nullable=False),
        sa.Column("last_hash", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    for table in ("audit_chains", "audit_entries", "enrolment_codes", "invites"):
        op.drop_table(table)
    op.drop_column("logins", "label")
