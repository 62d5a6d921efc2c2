"""Row-level security: the teams that keep their sessions for so many days only."""

from alembic import op

from services.runtime.row_security import widening

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# `ingest_teams` has the policy that lets it be read here since there are links to public pages.
REACH = f"""
CREATE FUNCTION ingest_retention_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'limited' THEN
            SELECT array_agg(team_id) INTO their_teams
            FROM ingest_teams WHERE settings ->> 'retention_days' IS NOT NULL;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ingest_retention_reach")
