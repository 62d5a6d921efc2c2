"""Generations of the signing key; the tokens agents brought to the broker, and whom to cut off there."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services.runtime.row_security import widening

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Whose tokens the agents of a list of ids logged in with.
REACH = f"""
CREATE FUNCTION auth_broker_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_persons uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'agents' THEN
            SELECT array_agg(DISTINCT t.user_id) INTO their_persons
            FROM broker_logins b JOIN api_tokens t ON t.id = b.token_id
            WHERE b.agent_id = ANY (string_to_array(key, ',')::uuid[]);
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.persons", "their_persons")}
END
$$
"""  # noqa: S608 - of constants


def upgrade() -> None:
    keys = op.create_table(
        "signing_keys",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(keys, [{"number": 1, "signs_from": datetime(2020, 1, 1, tzinfo=UTC)}])
    op.create_table(
        "broker_cuts",
        sa.Column("agent_id", sa.Uuid, primary_key=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
    )
    _replace_logins("agent_id", "token_id")
    if op.get_context().dialect.name == "postgresql":
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION auth_broker_reach")
    op.execute("DELETE FROM broker_logins")
    _replace_logins("agent_id")
    op.drop_table("broker_cuts")
    op.drop_table("signing_keys")


def _replace_logins(*key: str) -> None:
    """Make the table anew with another primary key, and take over what it holds."""
    op.create_table(
        "broker_logins_new",
        sa.Column("agent_id", sa.Uuid, nullable=False),
        sa.Column(
            "token_id", sa.String(16), sa.ForeignKey("api_tokens.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )
    op.execute("INSERT INTO broker_logins_new SELECT agent_id, token_id, seen_at FROM broker_logins")
    op.drop_table("broker_logins")
    op.rename_table("broker_logins_new", "broker_logins")
    op.create_index("ix_broker_logins_token_id", "broker_logins", ["token_id"])
