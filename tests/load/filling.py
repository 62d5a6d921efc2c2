"""Very many sessions of very many teams, made by the database itself."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

AT_ONCE = 50_000
PEOPLE = 20
# `i` numbers all sessions in the order of time, team by team in turn; `k` those of one team.
SESSIONS = """
INSERT INTO sessions (
    id, team_id, user_id, agent_id, tool, native_id, epoch, n, version, tier, title, own_title, note, tags,
    visibility, shared_at, demo, project, repository, branch, hostname, model, status, reported_status,
    silence, provenance, incomplete_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    total_tokens, context_used, context_window, cost_pico, unpriced_models, user_messages,
    assistant_messages, tool_calls,
    errors, refusals, api_errors, compactions, files_changed, commit_count, health_score, health_grade,
    health_reason, tools, error_categories, pull_requests, subagents, started_at, last_activity_at, ended_at,
    reported_at, updated_at, sort_at, sort_started_at, sort_tokens, sort_cost, sort_health
)
SELECT md5('session' || i)::uuid, team, person, md5('agent' || person::text)::uuid, tool, 'native-' || i,
    1, 1, 1 + k % 40, 'metadata', title,
    CASE WHEN k % 23 = 0 THEN 'Renamed ' || title END, CASE WHEN k % 19 = 0 THEN 'Remember to deploy' END,
    CASE WHEN k % 997 = 0 THEN '["rare", "backend"]' WHEN k % 4 = 0 THEN '["backend"]' ELSE '[]' END::jsonb,
    CASE WHEN k % 5 = 0 THEN 'private' WHEN k % 2003 = 0 THEN 'public' ELSE 'team' END,
    CASE WHEN k % 5 = 0 THEN NULL ELSE began END, false, 'project-' || k % 40, 'acme/repository-' || k % 40,
    CASE WHEN k % 2 = 0 THEN 'main' ELSE 'feature/ticket-' || k / 3 END, 'machine-' || k % 20,
    'claude-sonnet-4-5', status, status, 0, 'exact', 0, spent / 4, spent / 10, spent / 2, spent / 8, spent,
    (spent / 60) % 200000, 200000, spent * 3000000, '[]', k % 50, k % 90, k % 300, k % 7, k % 2, k % 3, k % 2,
    k % 30, k % 9, score, CASE WHEN score < 40 THEN 'critical' WHEN score < 70 THEN 'warning' ELSE 'good' END,
    'The context is filling up', tools, '{"failed": 3}', '[]', '[]', began, rested,
    CASE WHEN status = 'ended' THEN rested END, rested, rested + interval '5 seconds', rested, began, spent,
    spent * 3000000, score
FROM (
    SELECT *, began + (k % 180) * interval '1 minute' AS rested FROM (
        SELECT i, i / $3 AS k,
            CASE WHEN i % $3 = 0 THEN $4 ELSE md5('team' || i % $3)::uuid END AS team,
            CASE WHEN i % $3 = 0 AND (i / $3) % 20 = 0 THEN $5
                ELSE md5('person' || i % $3 || '-' || (i / $3) % 20)::uuid END AS person,
            (ARRAY['claude-code', 'claude-code', 'claude-code', 'codex', 'gemini', 'cursor'])
                [1 + (i / $3) % 6] AS tool,
            'Fix the ' || (ARRAY['cart', 'sign-in', 'index', 'search', 'export', 'upload'])[1 + (i / $3) % 6]
                || ' of order ' || i AS title,
            CASE WHEN i / $3 < $7 / $3 - 60 THEN 'ended'
                ELSE (ARRAY['active', 'waiting', 'idle', 'error', 'ended', 'ended'])[1 + (i / $3) % 6]
                END AS status,
            (hashint8(i)::bigint + 2147483648) * 3 AS spent,
            ((hashint8(i + 1)::bigint + 2147483648) % 1001) / 10.0 AS score,
            '[{"name": "Bash", "calls": 12, "errors": 1}, {"name": "Edit", "calls": 30, "errors": 0},
              {"name": "Read", "calls": 55, "errors": 0}]'::jsonb AS tools,
            $6::timestamptz - ($7 - i) * interval '20 seconds' - interval '3 hours' AS began
        FROM generate_series($1::bigint, $2::bigint - 1) AS i
    ) numbered
) timed
"""
WORDS = """
INSERT INTO session_words (session_id, team_id, words)
SELECT id, team_id, regexp_replace(lower(regexp_replace(
    concat_ws(' ', own_title, title, project, repository, branch, note,
        CASE WHEN jsonb_array_length(tags) > 0 THEN tags::text END), '[^a-zA-Z0-9]+', ' ', 'g')),
    '([a-z0-9]+)', left(team_id::text, 8) || '\\1', 'g')::tsvector
FROM sessions WHERE id IN (
    SELECT md5('session' || i)::uuid FROM generate_series($1::bigint, $2::bigint - 1) AS i)
"""
TAGS = """
INSERT INTO session_tags (session_id, tag, team_id)
SELECT id, jsonb_array_elements_text(tags), team_id FROM sessions
WHERE tags <> '[]' AND id IN (
    SELECT md5('session' || i)::uuid FROM generate_series($1::bigint, $2::bigint - 1) AS i)
"""
OWNERS = """
INSERT INTO session_owners (user_id, username, known_at)
SELECT md5('person' || t || '-' || p)::uuid, 'person ' || p, now()
FROM generate_series(0, $1 - 1) AS t, generate_series(0, $2 - 1) AS p
"""
# Everybody's machine is heard from, and every team has public pages: so no timer has anything to do.
AGENTS = """
INSERT INTO agents (id, team_id, user_id, machine_id, hostname, os, version, epoch, n, first_seen_at,
    last_seen_at, admin_commands)
SELECT md5('agent' || user_id::text)::uuid, team_id, user_id, 'machine', 'machine', 'Linux', '1', 1, 1, now(),
    now() + interval '1 day', false
FROM (SELECT DISTINCT team_id, user_id FROM sessions) people
"""
TEAMS = """
INSERT INTO ingest_teams (team_id, settings, known_at)
SELECT DISTINCT team_id, '{"allow_public": true}'::jsonb, now() FROM sessions
ON CONFLICT (team_id) DO UPDATE SET settings = excluded.settings
"""


def fill(
    superuser_url: str,
    database_url: str,
    *,
    total: int,
    in_team: int,
    team_id: UUID,
    user_id: UUID,
    tell: Callable[[int], None] = lambda _done: None,
) -> None:
    """Make `total` sessions up to now, `in_team` of them of this team, of these every twentieth a person's.

    They are of many teams in turn, as they would have come in. Row-level security does not bind a superuser.
    """
    asyncio.run(_fill(superuser_url, database_url, total, in_team, team_id, user_id, tell))


async def _fill(
    superuser_url: str,
    database_url: str,
    total: int,
    in_team: int,
    team_id: UUID,
    user_id: UUID,
    tell: Callable[[int], None],
) -> None:
    name, teams = urlsplit(database_url).path, total // in_team
    connection = await asyncpg.connect(urlunsplit(urlsplit(superuser_url)._replace(path=name)))
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute(OWNERS, teams, PEOPLE)
        now = datetime.now(UTC)
        for start in range(0, total, AT_ONCE):
            some = start, min(start + AT_ONCE, total)
            await connection.execute(SESSIONS, *some, teams, team_id, user_id, now, total)
            await connection.execute(WORDS, *some)
            await connection.execute(TAGS, *some)
            tell(some[1])
        await connection.execute(AGENTS)
        await connection.execute(TEAMS)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
