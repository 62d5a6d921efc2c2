"""Row-level security: the teams that a timer, or the end of a person, concerns."""

from alembic import op

from services.runtime.row_security import FOUND, widening

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REACH = f"""
CREATE FUNCTION ingest_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'living' THEN
            SELECT array_agg(DISTINCT team_id) INTO their_teams
            FROM sessions WHERE status IN ('active', 'waiting', 'idle', 'error');
        WHEN 'person' THEN
            SELECT array_agg(team_id) INTO their_teams FROM (
                SELECT team_id FROM sessions WHERE user_id = key::uuid
                UNION SELECT team_id FROM agents WHERE user_id = key::uuid
            ) theirs;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table in ("sessions", "agents"):
        op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
    op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION ingest_reach")
    for table in ("sessions", "agents"):
        op.execute(f"DROP POLICY found ON {table}")
