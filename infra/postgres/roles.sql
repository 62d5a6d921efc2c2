-- The role under which the services run: owner of its tables, yet subject to row-level security like anybody else.
-- Expects the psql variable `password`. May run any number of times.
select format('create role dashboard login nosuperuser nocreatedb nocreaterole nobypassrls')
where not exists (select from pg_roles where rolname = 'dashboard') \gexec
alter role dashboard password :'password';
