"""Half a year of very many teams in analytics' tables, made by the database itself."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from services.analytics.domain.calendar import HOUR, WEEK, quarter_of
from services.analytics.store import rollups
from services.runtime.auth import TeamsCaller
from services.runtime.db import Database, limit_statements, open_database
from services.runtime.settings import Settings
from tests.load.line import run_sql
from tests.support.builders import MODEL, make_usage
from tests.support.states import make_state

AT_ONCE = 50_000
TEAMS, PEOPLE, WEEKS = 100, 20, 26
# Every `$8`-th session is of the largest team, the others are of the rest in turn. `i` numbers sessions in
# the order of time, `k` those of one team. They begin on weekdays between nine and six, and each uses
# something in five quarters of an hour.
NUMBERED = """
SELECT i, k, team, person, model, spent, $5 + (d / 5 * 7 + d % 5) * 96 + 36 + (hashint8(i) & 31) AS q,
    ((hashint8(i + 1)::bigint + 2147483648) % 1001) / 10.0 AS score
FROM (
    SELECT i, k, team, 400 + (k % 97) * 25 AS spent, (i * $7 / $6)::int AS d,
        CASE WHEN t = 0 AND k % 20 = 0 THEN $4 ELSE md5('person' || t || '-' || k % 20)::uuid END AS person,
        (ARRAY['claude-sonnet-4-5', 'claude-opus-4-5', 'gpt-5', 'gemini-2.5-pro'])[1 + k % 4] AS model
    FROM (
        SELECT i, t, CASE WHEN t = 0 THEN i / $8 ELSE i / 99 END AS k,
            CASE WHEN t = 0 THEN $3 ELSE md5('team' || t)::uuid END AS team
        FROM (
            SELECT i, CASE WHEN i % $8 = 0 THEN 0 ELSE 1 + i % 99 END AS t
            FROM generate_series($1::bigint, $2::bigint - 1) AS i
        ) each_of_team
    ) within_team
) timed
"""
SESSIONS = f"""
INSERT INTO analytics_sessions (
    session_id, team_id, user_id, version, deleted, visibility, status, last_activity_at, body, quarter, hour,
    first_quarter, last_quarter, tool, title, project, repository, model, tags, started_at, ended_at,
    duration_s, health_score, health_points, input, output, cache_read, cache_write, total, cost_pico,
    cost_basis, provenance, user_messages, assistant_messages, tool_calls, errors, refusals, api_errors,
    compactions, files_changed, commits, demo
)
SELECT md5(team::text || i)::uuid, team, person, 1, false, CASE WHEN k % 5 = 0 THEN 'private' ELSE 'team' END,
    'ended', to_timestamp((q + 5) * 900), $9::jsonb, q, q / 4, q, q + 4,
    (ARRAY['claude-code', 'claude-code', 'codex', 'gemini'])[1 + k % 4], 'Fix the cart of order ' || i,
    'project-' || k % 12, 'acme/repository-' || k % 12, model,
    CASE WHEN k % 3 = 0 THEN '["backend"]' WHEN k % 7 = 0 THEN '["review", "urgent"]' ELSE '[]' END::jsonb,
    to_timestamp(q * 900), to_timestamp((q + 5) * 900), 4500, score, (score * 1000)::int,
    5 * spent, 5 * spent / 4, 50 * spent, 10 * spent, 5 * (spent + spent / 4 + 12 * spent),
    5 * spent * 9000000, 'api_equivalent', 'exact', k % 50, k % 90, k % 300, k % 7, k % 2, k % 3, k % 2,
    k % 30, k % 9, false
FROM ({NUMBERED}) numbered
"""
USAGE = f"""
INSERT INTO analytics_usage (session_id, quarter, model, hour, team_id, user_id, calls, incomplete_calls,
    unpriced, input, output, cache_read, cache_write, total, cost_pico)
SELECT md5(team::text || i)::uuid, q + step, model, (q + step) / 4, team, person, 12, 0, 0, spent, spent / 4,
    10 * spent, 2 * spent, spent + spent / 4 + 12 * spent, spent * 9000000
FROM ({NUMBERED}) numbered, generate_series(0, 4) AS step
"""
TAGS = """
INSERT INTO analytics_tags (session_id, tag, team_id)
SELECT session_id, jsonb_array_elements_text(tags), team_id FROM analytics_sessions WHERE tags <> '[]'
ON CONFLICT DO NOTHING
"""
ERRORS = """
INSERT INTO analytics_errors (session_id, category, tool, team_id, count, first_at, last_at)
SELECT session_id, (ARRAY['failed', 'timeout', 'not_found'])[1 + errors % 3], 'Bash', team_id, errors,
    started_at, last_activity_at
FROM analytics_sessions WHERE errors > 0 ON CONFLICT DO NOTHING
"""
USERS = """
INSERT INTO analytics_users (user_id, username, known_at)
SELECT md5('person' || t || '-' || p)::uuid, 'person ' || p, now()
FROM generate_series(0, $1 - 1) AS t, generate_series(0, $2 - 1) AS p
ON CONFLICT DO NOTHING
"""


class History:
    """`largest` is the team with every `share`-th of `total` sessions, every twentieth of these `person`'s.

    `teams` are all of them, the largest first; `people` those of one, by its place; `end` is the quarter in
    which all of it is over.
    """

    def __init__(self, total: int, largest: UUID, person: UUID, now: datetime, share: int = 20) -> None:
        self.total = total
        self._share = share
        self.teams = [largest, *(_md5(f"team{team}") for team in range(1, TEAMS))]
        self._person = person
        monday = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        monday -= timedelta(days=monday.weekday(), weeks=WEEKS)
        self._first = quarter_of(monday)
        self.end = self._first + WEEKS * WEEK

    def people(self, team: int) -> Sequence[UUID]:
        return [_md5(f"person{team}-{person}") for person in range(1, PEOPLE)]

    async def fill(self, superuser_url: str, tell: Callable[[int], None] = lambda _done: None) -> None:
        """Make the facts. Row-level security does not bind a superuser."""
        connection = await asyncpg.connect(superuser_url)
        try:
            await connection.execute("SET synchronous_commit = off")
            await connection.execute(USERS, TEAMS, PEOPLE)
            for values in self._steps():
                await connection.execute(SESSIONS, *values, _body())
                await connection.execute(USAGE, *values)
                tell(values[1])
            await connection.execute(TAGS)
            await connection.execute(ERRORS)
            await connection.execute("VACUUM ANALYZE")
        finally:
            await connection.close()

    async def roll_up(self, superuser_url: str, database_url: str) -> None:
        """Sum up the hours of the facts, as the product does."""
        database = open_database(database_url, Settings())
        teams = iter(self.teams)

        async def some() -> None:
            for team in teams:
                await self._sum_up(database, TeamsCaller.of({team}))

        try:
            await asyncio.gather(some(), some())
        finally:
            await database.close()
        # Else the database tidies up after the filling while it is measured.
        await run_sql(superuser_url, "VACUUM ANALYZE", "CHECKPOINT")

    def _steps(self) -> Iterator[tuple[int, int, UUID, UUID, int, int, int, int]]:
        for start in range(0, self.total, AT_ONCE):
            end = min(start + AT_ONCE, self.total)
            yield start, end, self.teams[0], self._person, self._first, self.total, WEEKS * 5, self._share

    async def _sum_up(self, database: Database, actor: TeamsCaller) -> None:
        first = self._first // HOUR
        hours = [hour for hour in range(first, first + WEEKS * 168) if 8 < hour % 24 < 20]
        async with database.write(actor) as connection:
            await limit_statements(connection, 0)
            await rollups.roll_up(actor, connection, hours)


def _md5(text: str) -> UUID:
    return UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def _body() -> str:
    """What a session's state takes beside its facts."""
    usage = tuple(make_usage(input=number) for number in range(5))
    return make_state(parts={"usage": usage}, model=MODEL).model_dump_json()
