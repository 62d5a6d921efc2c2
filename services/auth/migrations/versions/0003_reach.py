"""Row-level security: who sees what by team and by person, and what leads to either before they are known."""

from alembic import op

from services.runtime.row_security import FOUND, PERSONS, TEAMS, widening

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_TEAM = (
    "memberships",
    "logins",
    "api_tokens",
    "enrolment_codes",
    "invites",
    "audit_entries",
    "audit_chains",
)
OF_PERSON = ("memberships", "logins", "api_tokens", "enrolment_codes")
FINDABLE = ("teams", "users", "logins", "api_tokens", "enrolment_codes", "invites", "audit_chains")

# What a member sees of a person or a team hangs on memberships, which are under these policies themselves.
USERS = f"id = ANY ({PERSONS}) OR EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id)"
ITS_TEAM = f"id = ANY ({TEAMS}) OR EXISTS (SELECT FROM memberships m WHERE m.team_id = teams.id)"

REACH = f"""
CREATE FUNCTION auth_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
    their_persons uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'email' THEN
            SELECT array_agg(id) INTO their_persons FROM users WHERE email_key = key;
        WHEN 'sid' THEN
            SELECT array_agg(user_id) INTO their_persons FROM (
                SELECT user_id FROM logins WHERE sid = key
                UNION ALL SELECT user_id FROM api_tokens WHERE id = key
            ) bearers;
        WHEN 'refresh' THEN
            SELECT array_agg(l.user_id) INTO their_persons
            FROM refresh_tokens r JOIN logins l ON l.sid = r.sid WHERE r.token_hash = key;
        WHEN 'invite' THEN
            SELECT array_agg(team_id) INTO their_teams FROM invites WHERE secret_hash = key;
        WHEN 'code' THEN
            SELECT array_agg(team_id), array_agg(user_id) INTO their_teams, their_persons
            FROM enrolment_codes WHERE code_hash = key;
        WHEN 'demo' THEN
            SELECT array_agg(id) INTO their_teams FROM teams WHERE (settings ->> 'demo')::boolean;
        WHEN 'audited' THEN
            SELECT array_agg(team_id) INTO their_teams FROM audit_chains;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
    {widening("td.persons", "their_persons")}
END
$$
"""  # noqa: S608


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table in (*OF_TEAM, "users", "teams"):
        op.execute(f"DROP POLICY IF EXISTS of_team ON {table}")
    for table in OF_TEAM:
        op.execute(f"CREATE POLICY of_team ON {table} USING (team_id = ANY ({TEAMS}))")
    for table in OF_PERSON:
        op.execute(f"CREATE POLICY of_person ON {table} USING (user_id = ANY ({PERSONS}))")
    for table in FINDABLE:
        op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
    op.execute(f"CREATE POLICY of_team ON users USING ({USERS})")
    op.execute(f"CREATE POLICY of_team ON teams USING ({ITS_TEAM})")
    op.execute("ALTER VIEW auth_rights SET (security_invoker = true)")
    op.execute(REACH)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION auth_reach")
    op.execute("ALTER VIEW auth_rights SET (security_invoker = false)")
    for table in (*OF_TEAM, "users", "teams"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (*OF_TEAM, "users", "teams"):
        for policy in ("of_team", "of_person", "found"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
