"""Where a changed file lies in its repository, to find sessions that change the same one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KNOWN = sa.text("repository_path IS NOT NULL")


def upgrade() -> None:
    # Of the files that are there it is learnt from their sessions' next reports.
    op.add_column("session_files", sa.Column("repository_path", sa.String(1024)))
    op.create_index(
        "session_files_lately",
        "session_files",
        ["team_id", "last_at"],
        postgresql_where=KNOWN,
        sqlite_where=KNOWN,
    )


def downgrade() -> None:
    op.drop_index("session_files_lately", "session_files")
    op.drop_column("session_files", "repository_path")
