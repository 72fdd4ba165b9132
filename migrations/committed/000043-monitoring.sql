--! Previous: sha1:6f8becb2404cfe3a5338239337f78cf533fda63a
--! Hash: sha1:f6fabc2dec99f1ffcdda3b92de64f56d59a2a987

/*
 * What monitoring wants to know.
 *
 * pgstattuple can be installed by a superuser only, and is needed for one figure: without it, that one is missing.
 */
do $$
begin
  create extension if not exists pgstattuple with schema public;
exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise notice 'pgstattuple is not installed: the pending pages of GIN indexes are not measured';
end
$$;

--! Included functions/monitoring/seconds_since.sql
create or replace function app_private.seconds_since(moment timestamptz) returns double precision
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, extract(epoch from clock_timestamp() - moment))::double precision;
$$;
comment on function app_private.seconds_since(timestamptz) is 'How long ago a moment is, in seconds; 0 for one to come.';
--! EndIncluded functions/monitoring/seconds_since.sql

--! Included functions/monitoring/gin_pending_pages.sql
create or replace function app_private.gin_pending_pages() returns table (index_name text, pages bigint)
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema name := (
    select nspname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pgstattuple'
  );
begin
  if v_schema is not null then
    return query execute format(
      $query$
        select coalesce(pg_partition_root(pg_class.oid)::regclass::text, pg_class.relname::text),
            sum((%I.pgstatginindex(pg_class.oid::regclass)).pending_pages)::bigint
          from pg_class join pg_am on pg_am.oid = pg_class.relam
          where pg_am.amname = 'gin' and pg_class.relkind = 'i'
            and pg_class.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
          group by 1
      $query$, v_schema);
  end if;
exception when insufficient_privilege then
  return; -- An owner who may not look: no figures.
end
$$;
comment on function app_private.gin_pending_pages() is
  'Pages of words that wait to be put in order, by index: each search reads all of them. Nothing where pgstattuple is not installed.';
--! EndIncluded functions/monitoring/gin_pending_pages.sql

--! Included functions/monitoring/lock_waits.sql
create or replace function app_private.lock_waits() returns table (kind text, waited_seconds double precision)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  with locks as materialized (select * from pg_locks)
  select
      case when exists (
        select from locks as held
          where held.pid = waiting.pid and held.granted
            and held.locktype = 'relation' and held.relation = 'app_private.room_heads'::regclass
      ) then 'room' else 'other' end,
      coalesce(app_private.seconds_since(waiting.waitstart), 0)
    from locks as waiting
    where not waiting.granted
      and waiting.pid in (select pid from pg_stat_activity where datname = current_database());
$$;
comment on function app_private.lock_waits() is
  'Who waits for a lock just now, and for how long: for a room, whose head is the first that everybody locks, or for anything else.';
--! EndIncluded functions/monitoring/lock_waits.sql

--! Included functions/monitoring/measures.sql
create or replace function app_private.measures() returns table (measure text, label text, value double precision)
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  select 'jobs', states.state, count(jobs.id)
    from unnest(array['due', 'later', 'running', 'given_up']) as states (state)
    left join (
      select id,
        case
          when attempts >= max_attempts then 'given_up'
          when locked_at is not null then 'running'
          when run_at > now() then 'later'
          else 'due'
        end as state
      from graphile_worker.jobs
    ) as jobs on jobs.state = states.state
    group by states.state
  union all
  select 'oldest_due_job_seconds', '', coalesce(app_private.seconds_since(min(run_at)), 0)
    from graphile_worker.jobs
    where locked_at is null and attempts < max_attempts and run_at <= now()
  union all
  select 'months_ahead', parent::text,
      extract(year from age(max(month), app_private.this_month())) * 12
        + extract(month from age(max(month), app_private.this_month()))
    from app_private.month_partitions
    where not is_detaching
    group by parent
  union all
  select 'oldest_month_move_seconds', '', coalesce(app_private.seconds_since(min(started_at)), 0) from app_private.partition_moves
  union all
  select 'database_runs', '', coalesce(max(number), 0) from app_private.database_runs
  union all
  select 'gin_pending_pages', index_name, pages from app_private.gin_pending_pages()
  union all
  /* Whoever waits while it has to do with heads of rooms waits for a room: its head is what is locked first. */
  select 'lock_waits', kinds.kind, count(waits.kind)
    from unnest(array['room', 'other']) as kinds (kind)
    left join app_private.lock_waits() as waits on waits.kind = kinds.kind
    group by kinds.kind
  union all
  select 'longest_lock_wait_seconds', '', coalesce(max(waited_seconds), 0) from app_private.lock_waits()
  union all
  select 'written_messages', '', coalesce(sum(n_tup_ins), 0)
    from app_private.month_partitions
    join pg_stat_user_tables on pg_stat_user_tables.relid = month_partitions.partition
    where month_partitions.parent = 'app_public.messages'::regclass and month_partitions.month >= app_private.this_month()
  union all
  select measured.measure, '', measured.value
    from pg_stat_database, lateral (values
      ('connections', numbackends::double precision),
      ('commits', xact_commit),
      ('rollbacks', xact_rollback),
      ('deadlocks', deadlocks),
      ('size_bytes', pg_database_size(datid)),
      ('xid_age', (select age(datfrozenxid) from pg_database where pg_database.oid = pg_stat_database.datid))
    ) as measured (measure, value)
    where datname = current_database()
  union all
  select 'max_connections', '', current_setting('max_connections')::integer
  union all
  select 'wal_bytes', '', wal_bytes from pg_stat_wal
  union all
  select 'oldest_transaction_seconds', '', coalesce(app_private.seconds_since(min(xact_start)), 0)
    from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend';
$$;
comment on function app_private.measures() is
  'What monitoring wants to know of the database, one figure a row. Servers and workers ask it when somebody reads their metrics.';
--! EndIncluded functions/monitoring/measures.sql
