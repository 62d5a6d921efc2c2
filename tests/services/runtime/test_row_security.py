"""PostgreSQL gives a transaction its own teams' rows and no others, whatever the query forgot."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from services.runtime.auth import ANONYMOUS, Caller, TeamsCaller
from services.runtime.clock import SystemClock
from services.runtime.db import open_database
from services.runtime.migrate import migrate
from services.runtime.reach import NOBODY, widen
from services.runtime.row_security import guard, lift
from services.runtime.schema import Schema
from services.runtime.settings import Settings
from services.targets import SERVICES
from tests.support.builders import make_report
from tests.support.compositions import open_stack, settings_for
from tests.support.rows import every_row

pytestmark = pytest.mark.servers

METADATA = MetaData()
MARKS = Table(
    "marks",
    METADATA,
    Column("n", Integer, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("turn", Integer, nullable=False),
)
OURS, THEIRS = UUID(int=1), UUID(int=2)
US, BOTH = TeamsCaller.of({OURS}), TeamsCaller.of({OURS, THEIRS})


@pytest.fixture
async def database(postgres_url):
    database = open_database(
        postgres_url,
        Settings(pool_size=4, pool_wait_seconds=600, statement_timeout_ms=60_000, lock_timeout_ms=60_000),
    )
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.run_sync(guard)
    yield database
    await database.close()


@pytest.fixture
async def marked(database):
    async with database.write(BOTH) as connection:
        await connection.execute(
            insert(MARKS), [{"n": n, "team_id": team, "turn": 0} for n, team in enumerate([OURS, THEIRS])]
        )
    return database


async def all_marks(connection):
    return (await connection.execute(select(MARKS.c.n).order_by(MARKS.c.n))).scalars().all()


@pytest.mark.parametrize(("who", "expected"), [(NOBODY, []), (ANONYMOUS, []), (US, [0]), (BOTH, [0, 1])])
async def test_a_query_that_forgets_the_team_gives_ones_own_rows(marked, who, expected):
    async with marked.read(who) as connection:
        assert await all_marks(connection) == expected


async def test_a_caller_reaches_the_one_team_of_the_token(marked):
    caller = Caller(uuid4(), THEIRS, "admin", "sid")
    async with marked.read(caller) as connection:
        assert await all_marks(connection) == [1]


async def test_a_change_that_forgets_the_team_leaves_the_others_alone(marked):
    async with marked.write(US) as connection:
        assert (await connection.execute(update(MARKS).values(turn=7))).rowcount == 1
    async with marked.read(BOTH) as connection:
        turns = (await connection.execute(select(MARKS.c.turn).order_by(MARKS.c.n))).scalars().all()
    assert turns == [7, 0]


@pytest.mark.parametrize(
    "statement",
    [
        insert(MARKS).values(n=9, team_id=THEIRS, turn=0),
        update(MARKS).values(team_id=THEIRS),
    ],
)
async def test_a_row_of_another_team_cannot_be_written(marked, statement):
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with marked.write(US) as connection:
            await connection.execute(statement)


async def test_what_is_taken_in_ends_with_the_transaction(marked):
    for _ in range(8):
        async with marked.write(US) as connection:
            await widen(connection, teams=[THEIRS])
            assert await all_marks(connection) == [0, 1]
        async with marked.read(NOBODY) as connection:
            assert await all_marks(connection) == []


async def test_2000_interleaved_transactions_of_100_teams_over_4_connections_see_no_wrong_row(database):
    """Some are rolled back, some raise in the database; the connection's next one inherits nothing."""
    random, teams = Random(7), [UUID(int=n + 1) for n in range(100)]
    kept = dict.fromkeys(teams, 0)
    wrong: list[UUID] = []

    async def one(n: int, team: UUID, end: str) -> None:
        async with database.write(TeamsCaller.of({team})) as connection:
            await connection.execute(insert(MARKS).values(n=n, team_id=team, turn=n))
            await connection.execute(update(MARKS).values(turn=MARKS.c.turn + 1))
            seen = (await connection.execute(select(MARKS.c.team_id))).scalars().all()
            wrong.extend(each for each in seen if each != team)
            if end == "raise":
                raise ZeroDivisionError
            if end == "fail":
                await connection.execute(text("SELECT 1 / 0"))

    turns = []
    for n in range(2_000):
        team, end = random.choice(teams), random.choices(["commit", "raise", "fail"], [8, 1, 1])[0]
        kept[team] += end == "commit"
        turns.append(one(n, team, end))
    ends = await asyncio.gather(*turns, return_exceptions=True)
    assert wrong == []
    assert sum(end is None for end in ends) == sum(kept.values())
    async with database.read(NOBODY) as connection:
        assert await all_marks(connection) == []
    async with database.read(TeamsCaller.of(teams)) as connection:
        query = select(MARKS.c.team_id, func.count()).group_by(MARKS.c.team_id)
        counted = {row[0]: row[1] for row in await connection.execute(query)}
    assert counted == {team: count for team, count in kept.items() if count}


async def test_a_migration_works_on_every_teams_rows(marked):
    async with marked.write(NOBODY) as connection:
        await connection.run_sync(lift)
        assert await all_marks(connection) == [0, 1]
        await connection.run_sync(guard)
        assert await all_marks(connection) == []


AS_BEFORE = "team_id = ANY ((SELECT string_to_array(current_setting('td.teams', true), ','))::uuid[])"
MADE_OF = "SELECT qual, with_check FROM pg_policies WHERE tablename = 'marks'"


@pytest.mark.parametrize("check", ["", f" WITH CHECK ({AS_BEFORE})"])
async def test_a_policy_of_an_earlier_version_is_made_anew(marked, check):
    """It read the context for every row; and it holds as it did."""
    async with marked.write(NOBODY) as connection:
        now = (await connection.execute(text(MADE_OF))).one()
        await connection.run_sync(lift)
        await connection.exec_driver_sql("DROP POLICY of_team ON marks")
        await connection.exec_driver_sql(f"CREATE POLICY of_team ON marks USING ({AS_BEFORE}){check}")
        assert (await connection.execute(text(MADE_OF))).one() != now
        await connection.run_sync(guard)
        made = (await connection.execute(text(MADE_OF))).one()
    assert made.qual == now.qual
    assert made.with_check == (now.qual if check else None)
    async with marked.read(US) as connection:
        assert await all_marks(connection) == [0]


UNGUARDED = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attname = 'team_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
  AND c.relnamespace = 'public'::regnamespace
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity
           AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'
                       AND pg_get_expr(p.polqual, p.polrelid) ~ 'td.teams|memberships'))
"""
# A view of the owner's would look past the policies; so would a function that runs as its owner.
DEFINERS = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
VIEWS = """
SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
  AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'
"""
ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
WITH_TEAM = """
SELECT table_name FROM information_schema.columns
WHERE column_name = 'team_id' AND table_schema = 'public' AND table_name IN
    (SELECT relname FROM pg_class WHERE relkind IN ('r', 'p'))
ORDER BY table_name
"""


async def test_no_table_with_a_team_is_without_a_forced_policy(postgres_url):
    database = open_database(postgres_url, Settings())
    for service in ("runtime", *SERVICES):
        await migrate(database, service)
    async with database.read(NOBODY) as connection:
        found = {
            name: (await connection.execute(text(query))).scalars().all()
            for name, query in (("tables", UNGUARDED), ("views", VIEWS), ("definers", DEFINERS))
        }
        assert (await connection.execute(text(ROLE))).scalar() is False
        guarded = (await connection.execute(text(WITH_TEAM))).scalars().all()
    await database.close()
    assert found == {"tables": [], "views": [], "definers": found["definers"]}
    assert all(name.endswith("_reach") for name in found["definers"])
    assert {"sessions", "memberships", "audit_entries", "analytics_sessions", "users"} <= set(guarded)


@pytest.mark.composed
async def test_no_table_gives_a_row_to_who_names_no_team(tmp_path, postgres_url, amqp_url, redis_url):
    """Over everything that people and agents do in one run."""
    async with open_stack(settings_for(tmp_path, postgres_url, amqp_url, redis_url)) as stack:
        anna, ben = await stack.person("anna"), await stack.person("ben")
        for person in (anna, ben):
            machine = await stack.machine(person)
            await machine.send(make_report())
        async with every_row(stack.built.database) as connection:
            tables = (await connection.execute(text(WITH_TEAM))).scalars().all()
            filled = [name for name in tables if await count(connection, name)]
        assert {"sessions", "memberships", "audit_entries"} <= set(filled)
        for name in filled:
            async with stack.built.database.read(NOBODY) as connection:
                assert await count(connection, name) == 0
            async with stack.built.database.read(TeamsCaller.of({anna.team_id})) as connection:
                seen = (await connection.execute(text(f'SELECT DISTINCT team_id FROM "{name}"'))).scalars()
                assert set(seen) <= {anna.team_id}


async def count(connection, table):
    return (await connection.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar()


async def test_a_role_that_policies_do_not_bind_is_told_of_in_the_log(superuser_url, postgres_url):
    for url, expected in ((postgres_url, 0), (superuser_url, 1)):
        database = open_database(url, Settings())
        with capture_logs() as logs:
            await Schema(database, [], SystemClock(), migrates=True).start()
        await database.close()
        assert [one["event"] for one in logs].count("row-level security does not bind this role") == expected
