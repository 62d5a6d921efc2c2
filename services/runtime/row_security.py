"""PostgreSQL's row-level security: on every table with a `team_id`, even if its migration forgot it."""

from sqlalchemy import Connection

# Read once a statement, cast and all; the second cast only keeps `ANY` from taking the query for its rows.
THEIRS = "(SELECT string_to_array(current_setting('td.{0}', true), ',')::uuid[])::uuid[]"
TEAMS, PERSONS = THEIRS.format("teams"), THEIRS.format("persons")
"""SQL: the ids in the transaction's context; none, and so no rows, where nobody set it."""

_OF_TEAM = f"CREATE POLICY of_team ON %s USING (team_id = ANY ({TEAMS}))".replace("'", "''")

FOUND = "current_setting('td.finding', true) = 'on'"
"""SQL: whether a `<service>_reach` function is looking for ids at this moment."""

# A table that has such a policy of its own keeps to it.
_GUARD = f"""
DO $guard$
DECLARE
    held regclass;
BEGIN
    FOR held IN {{tables}} LOOP
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = held AND polname = 'of_team') THEN
            EXECUTE format('{_OF_TEAM}', held);
        END IF;
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', held);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', held);
    END LOOP;
END
$guard$
"""
# As PostgreSQL shows what policies were made of before: their array was cast anew for every row.
_ONCE = (
    r"\(\( SELECT string_to_array\(current_setting\('td\.(\w+)'::text, true\), ','::text\)"
    r" AS string_to_array\)\)::uuid\[\]"
)
_RENEW = f"""
DO $renew$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT tablename, policyname, with_check IS NOT NULL AS checks,
            regexp_replace(qual, $old${_ONCE}$old$, $new$({{theirs}})$new$, 'g') AS seen,
            regexp_replace(with_check, $old${_ONCE}$old$, $new$({{theirs}})$new$, 'g') AS written
        FROM pg_policies
        WHERE schemaname = current_schema() AND (qual ~ $old${_ONCE}$old$ OR with_check ~ $old${_ONCE}$old$)
    LOOP
        EXECUTE format('ALTER POLICY %I ON %I USING (%s)', held.policyname, held.tablename, held.seen);
        IF held.checks THEN
            EXECUTE format(
                'ALTER POLICY %I ON %I WITH CHECK (%s)', held.policyname, held.tablename, held.written
            );
        END IF;
    END LOOP;
END
$renew$
"""  # noqa: S608
_LIFT = """
DO $lift$
DECLARE
    held regclass;
BEGIN
    FOR held IN
        SELECT oid FROM pg_class
        WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', held);
    END LOOP;
END
$lift$
"""
# Those with a policy are here, too: `_LIFT` took the force from them.
_TABLES = """
SELECT c.oid FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  AND (EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
       OR EXISTS (SELECT FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped))
"""


def widening(setting: str, ids: str) -> str:
    """SQL, for a `<service>_reach` function: take the ids of an array into the transaction's context."""
    before = f"nullif(current_setting('{setting}', true), '')"
    return f"PERFORM set_config('{setting}', concat_ws(',', {before}, array_to_string({ids}, ',')), true);"


def lift(connection: Connection) -> None:
    """Let the tables' owner see all rows until `guard`: a migration works on every team's."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_LIFT)


def guard(connection: Connection) -> None:
    """Hold everybody, the tables' owner included, to the rows of the transaction's context.

    Policies that earlier versions made are brought into the form they have now.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_RENEW.replace("{theirs}", THEIRS.format(r"\1")))
        connection.exec_driver_sql(_GUARD.replace("{tables}", _TABLES))


def binds(connection: Connection) -> bool:
    """Whether the role of this connection is held to its rows; a superuser is not."""
    if connection.dialect.name != "postgresql":
        return True
    free = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return not connection.exec_driver_sql(free).scalar()
