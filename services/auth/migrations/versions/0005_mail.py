"""Letters: those that wait, invitations to an address, and secrets to choose a new password."""

import sqlalchemy as sa
from alembic import op

from services.runtime.row_security import widening

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
# The team of the invitation that went out in a letter with this secret.
REACH = f"""
CREATE FUNCTION auth_letter_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'invite' THEN
            SELECT array_agg(i.team_id) INTO their_teams
            FROM invite_letters l JOIN invites i ON i.id = l.invite_id WHERE l.secret_hash = key;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608 - of constants


def upgrade() -> None:
    for column in (
        sa.Column("email", sa.Text),
        sa.Column("mail_state", sa.String(16)),
        sa.Column("mail_reason", sa.Text),
        sa.Column("mail_at", TIME),
    ):
        op.add_column("invites", column)
    op.create_table(
        "invite_letters",
        sa.Column("secret_hash", sa.String(64), primary_key=True),
        sa.Column(
            "invite_id", sa.Uuid, sa.ForeignKey("invites.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("made_at", TIME, nullable=False),
    )
    op.create_table(
        "password_resets",
        sa.Column("secret_hash", sa.String(64), primary_key=True),
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "auth_mail",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False, index=True),
        sa.Column("until", TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_auth_mail_about", "auth_mail", ["kind", "about"])
    if op.get_context().dialect.name == "postgresql":
        op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION auth_letter_reach")
    for table in ("auth_mail", "password_resets", "invite_letters"):
        op.drop_table(table)
    for column in ("mail_at", "mail_reason", "mail_state", "email"):
        op.drop_column("invites", column)
