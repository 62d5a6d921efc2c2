"""Sessions by their owner alone, whatever the team: what a person takes along, or deletes."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("sessions_of_owner", "sessions", ["user_id", "id"])


def downgrade() -> None:
    op.drop_index("sessions_of_owner", "sessions")
