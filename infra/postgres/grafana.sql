-- A role that reads what one team's members all see of their sums, and nothing else; its views are in a schema of
-- its own name. Run by the superuser in the dashboard's database; any number of times, to choose another team or
-- password. Expects the psql variables `role`, `password` and `team` (its id).
--
-- Two things hold it to the team: the tables' row-level security, which binds the views' owner, and the team's id
-- in every view. The first goes by a setting that the role could change for itself, the second by none.
\set ON_ERROR_STOP on
select format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls noinherit', :'role')
where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" password :'password';
alter role :"role" set td.teams = :'team';
alter role :"role" set search_path = :"role";
alter role :"role" set default_transaction_read_only = on;
alter role :"role" set statement_timeout = '10s';
begin;
drop schema if exists :"role" cascade;
create schema :"role";

-- Sums of an hour by one dimension (`dim`) and its `key`, as far as the hour has come to rest.
create view :"role".hours with (security_barrier) as
select to_timestamp(r.hour * 3600) as hour, r.dim, r.key,
    case when r.dim <> 'user' then r.key when m.present is false then 'former member' else coalesce(u.username, 'unknown') end as label,
    r.sessions, r.input, r.output, r.cache_read, r.cache_write, r.total as tokens, r.cost_pico / 1e12 as cost_usd,
    r.health_points / 1000.0 as health_sum, r.scored, r.errors, r.tool_calls, r.commits
from public.analytics_rollup r
left join public.analytics_users u on r.dim = 'user' and u.user_id::text = r.key
left join public.analytics_members m on r.dim = 'user' and m.team_id = r.team_id and m.user_id::text = r.key
where r.team_id = :'team' and r.owner = '00000000-0000-0000-0000-000000000000';

create view :"role".sessions with (security_barrier) as
select s.session_id, case when m.present is false then 'former member' else coalesce(u.username, 'unknown') end as person,
    s.tool, s.project, s.repository, s.model, s.status, s.started_at, s.last_activity_at, s.duration_s, s.health_score,
    s.total as tokens, s.cost_pico / 1e12 as cost_usd, s.errors, s.commits
from public.analytics_sessions s
left join public.analytics_users u on u.user_id = s.user_id
left join public.analytics_members m on m.team_id = s.team_id and m.user_id = s.user_id
where s.team_id = :'team' and s.visibility <> 'private' and not s.deleted;

-- Once an hour: sessions, active_sessions, tokens, cost, average_health.
create view :"role".snapshots with (security_barrier) as
select t.metric_type, t."timestamp" as at, t.value
from public.team_metrics t
where t.team_id = :'team';

create view :"role".failures with (security_barrier) as
select nullif(e.category, '') as category, nullif(e.tool, '') as tool, e.count, e.first_at, e.last_at
from public.analytics_errors e
join public.analytics_sessions s on s.session_id = e.session_id
where e.team_id = :'team' and s.team_id = :'team' and s.visibility <> 'private' and not s.deleted;

select format('alter view %I.%I owner to dashboard', :'role', v) from unnest(array['hours', 'sessions', 'snapshots', 'failures']) as v \gexec
grant usage on schema :"role" to dashboard, :"role";
grant select on all tables in schema :"role" to :"role";
commit;
