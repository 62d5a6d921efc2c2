"""The tokens that machines came with, so that a machine can be revoked with them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("agents", sa.Column("revoked_at", INSTANT))
    op.create_table(
        "agent_tokens",
        sa.Column("agent_id", sa.Uuid, primary_key=True),
        sa.Column("token_id", sa.String(64), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("brought_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
    )
    op.create_index("agent_tokens_by_token", "agent_tokens", ["token_id"])


def downgrade() -> None:
    op.drop_table("agent_tokens")
    op.drop_column("agents", "revoked_at")
