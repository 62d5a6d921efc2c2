"""Row-level security: the teams that keep any kind of data for so many days only."""

from alembic import op

from services.runtime.row_security import widening

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def reach(which: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION ingest_retention_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'limited' THEN
            SELECT array_agg(team_id) INTO their_teams
            FROM ingest_teams WHERE {which};
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608


SESSIONS = "settings ->> 'retention_days' IS NOT NULL"
KINDS = "jsonb_path_exists(settings, '$.retention.* ? (@ != null)')"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(reach(f"{SESSIONS} OR {KINDS}"))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(reach(SESSIONS))
