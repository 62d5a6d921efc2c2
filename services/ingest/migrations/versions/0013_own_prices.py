"""Teams whose sessions are to be priced anew: at first all that have prices of their own."""

import sqlalchemy as sa
from alembic import op

from services.runtime.row_security import widening

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# `ingest_teams` has the policy that lets it be read here since there are links to public pages.
REACH = f"""
CREATE FUNCTION ingest_prices_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'stale' THEN
            SELECT array_agg(team_id) INTO their_teams FROM ingest_teams WHERE stale;
        WHEN 'every' THEN
            SELECT array_agg(team_id) INTO their_teams FROM ingest_teams;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608
PRICED = {"postgresql": "settings -> 'prices'", "sqlite": "json_extract(settings, '$.prices')"}


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    op.add_column("ingest_teams", sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE ingest_teams SET stale = true WHERE CAST({PRICED[dialect]} AS text) <> '{{}}'")  # noqa: S608
    if dialect == "postgresql":
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ingest_prices_reach")
    op.drop_column("ingest_teams", "stale")
