"""Noted attempts, and the dead letters of the bus in memory."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runtime_attempts",
        sa.Column("queue", sa.String(200), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "runtime_dead_letters",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("queue", sa.String(200), nullable=False, index=True),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("replay", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("runtime_dead_letters")
    op.drop_table("runtime_attempts")
