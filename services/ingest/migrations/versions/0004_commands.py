"""Commands to machines, what each machine says it takes, and the teams whose commands a timer looks after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.runtime.row_security import FOUND, widening

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INDEXES = {
    "commands_of_session": ["session_id", "created_at", "id"],
    "commands_of_agent": ["agent_id", "status"],
    "commands_by_status": ["status", "expires_at"],
    "commands_by_age": ["created_at"],
}
REACH = f"""
CREATE FUNCTION ingest_commands_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'open' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM commands WHERE status IN ('pending', 'sent', 'started');
        WHEN 'before' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM commands WHERE created_at < key::timestamptz;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608


def upgrade() -> None:
    op.add_column("agents", sa.Column("commands", sa.JSON().with_variant(JSONB(), "postgresql")))
    op.add_column(
        "agents", sa.Column("admin_commands", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "commands",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("agent_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_as", sa.String(16), nullable=False),
        sa.Column("asked_sid", sa.String(64), nullable=False),
        sa.Column("claim", sa.String(128)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("started_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("code", sa.String(128)),
        sa.Column("detail", sa.String(500)),
        sa.Column("export", sa.LargeBinary),
        sa.Column("export_bytes", sa.BigInteger),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "commands", columns)
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY found ON commands FOR SELECT USING ({FOUND})")
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ingest_commands_reach")
    op.drop_table("commands")
    op.drop_column("agents", "admin_commands")
    op.drop_column("agents", "commands")
