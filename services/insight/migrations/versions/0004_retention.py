"""Row-level security: the teams that keep what they were told for so many days only."""

from alembic import op

from services.runtime.row_security import FOUND, widening

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REACH = f"""
CREATE FUNCTION insight_retention_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'limited' THEN
            SELECT array_agg(team_id) INTO their_teams
            FROM insight_teams WHERE jsonb_path_exists(settings, '$.retention.* ? (@ != null)');
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY found ON insight_teams FOR SELECT USING ({FOUND})")
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION insight_retention_reach")
        op.execute("DROP POLICY found ON insight_teams")
