"""What every report rewrites costs less: states are compressed faster."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A server may be built without it; then it stays as it was.
FASTER = """
DO $$
BEGIN
    ALTER TABLE insight_sessions ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END
$$
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(FASTER)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE insight_sessions ALTER COLUMN body SET COMPRESSION default")
