--! Previous: sha1:2c3be8d191e6e67c074b801089824e1023c6a08b
--! Hash: sha1:9cb228fea689f627b11a7ab1d1763356bc0f8ff8

/*
 * What the administrator looks at. docs/operations.md shows each view with its output.
 */
create view app_admin.rooms as
  select
    rooms.id, rooms.slug, rooms.name, rooms.type, room_heads.member_count as members, owners.username as owner,
    room_heads.last_message_seq as messages, room_heads.last_message_at, rooms.retention_days,
    rooms.is_archived, closed_rooms.room_id is not null as is_closed,
    exists (select from app_private.legal_holds where legal_holds.room_id = rooms.id and released_at is null) as is_on_hold,
    workspaces.name as workspace, rooms.created_at
  from app_public.rooms
  join app_private.workspaces on workspaces.id = rooms.workspace_id
  join app_private.room_heads on room_heads.room_id = rooms.id
  left join app_private.closed_rooms on closed_rooms.room_id = rooms.id
  left join app_public.room_members on room_members.room_id = rooms.id and room_members.role = 'owner'
  left join app_public.users as owners on owners.id = room_members.user_id;
comment on view app_admin.rooms is 'Every room: how large, how lively, whose, and what holds for it.';
grant select on app_admin.rooms to trumpet_admin;

--! Included functions/administration-views/presence_by_user.sql
/*
 * Presence and failed sign-ins are in unlogged tables, which a standby has not: a query that names one is refused there,
 * whatever it would read of it. So they are named where they are read only on a primary.
 */
create or replace function app_private.presence_by_user(only_user_id uuid default null) returns table (user_id uuid, status app_public.user_status)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_is_in_recovery() then
    return;
  end if;
  return query
    select distinct on (presence_sessions.user_id) presence_sessions.user_id, presence_sessions.status
      from app_private.presence_sessions
      where expires_at > now() and (only_user_id is null or presence_sessions.user_id = only_user_id)
      order by presence_sessions.user_id,
        array_position(array['busy', 'online', 'away', 'offline']::app_public.user_status[], presence_sessions.status);
end
$$;
comment on function app_private.presence_by_user(uuid) is 'Who is there, or one person; nobody on a standby, which does not know.';
grant execute on function app_private.presence_by_user(uuid) to trumpet_admin;
--! EndIncluded functions/administration-views/presence_by_user.sql

--! Included functions/administration-views/failures_of_name.sql
create or replace function app_private.failures_of_name(workspace_id uuid, username text) returns integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if pg_is_in_recovery() then
    return null;
  end if;
  return coalesce((
    select failures from app_private.failed_proofs
      where subject = app_private.name_subject(failures_of_name.workspace_id, failures_of_name.username)
  ), 0);
end
$$;
comment on function app_private.failures_of_name(uuid, text) is
  'How many passwords have failed for a name since one was right; null on a standby, which does not know.';
grant execute on function app_private.failures_of_name(uuid, text) to trumpet_admin;
--! EndIncluded functions/administration-views/failures_of_name.sql

create view app_admin.users as
  select
    users.id, users.username, users.display_name, user_secrets.email,
    coalesce(
      (select presence.status from app_private.presence_by_user(users.id) as presence),
      case when not pg_is_in_recovery() then 'offline'::app_public.user_status end
    ) as status,
    (select seen_at from app_private.last_seen where last_seen.user_id = users.id) as last_seen_at,
    (select count(*) from app_public.room_members where room_members.user_id = users.id) as rooms,
    (select count(*) from app_private.sessions
      where sessions.user_id = users.id and ended_at is null and expires_at > now()) as sessions,
    app_private.failures_of_name(users.workspace_id, users.username::text) as failed_sign_ins,
    suspensions.reason as suspended_for, suspensions.suspended_until,
    exists (select from app_private.legal_holds where legal_holds.user_id = users.id and released_at is null) as is_on_hold,
    workspaces.name as workspace, users.created_at
  from app_public.users
  join app_private.workspaces on workspaces.id = users.workspace_id
  left join app_private.user_secrets on user_secrets.user_id = users.id
  left join app_private.suspensions on suspensions.user_id = users.id
    and (suspended_until is null or suspended_until > now())
  where users.deleted_at is null;
comment on view app_admin.users is 'Every person: where they are, how many sessions they have, whether they are suspended.';
grant select on app_admin.users to trumpet_admin;

create view app_admin.workspaces as
  select
    workspaces.name,
    app_private.hosts_of_workspace(workspaces.id) as hosts,
    (select count(*) from app_public.users where workspace_id = workspaces.id and deleted_at is null) as people,
    (select count(*) from app_public.rooms where workspace_id = workspaces.id) as rooms,
    (
      select coalesce(sum(last_message_seq), 0) from app_private.room_heads
        join app_public.rooms on rooms.id = room_heads.room_id
        where rooms.workspace_id = workspaces.id
    ) as messages,
    workspaces.id = app_hidden.current_workspace_id() as is_used,
    workspaces.deleted_at, workspaces.created_at, workspaces.id
  from app_private.workspaces
  order by workspaces.created_at, workspaces.id;
comment on view app_admin.workspaces is 'Every workspace: by which host names it is reached, and how much is in it.';
grant select on app_admin.workspaces to trumpet_admin;

create view app_admin.activity as
  with days as (
    select app_private.utc_day(now()) - back as day from generate_series(0, 29) as back
  ), written as (
    select rooms.workspace_id, room_days.day, sum(message_count) as messages, count(distinct room_id) as active_rooms
      from app_private.room_days join app_public.rooms on rooms.id = room_days.room_id
      where room_days.day > app_private.utc_day(now()) - 30
      group by 1, 2
  ), writing as (
    select users.workspace_id, user_days.day, count(*) as writers
      from app_private.user_days join app_public.users on users.id = user_days.user_id
      where user_days.day > app_private.utc_day(now()) - 30
      group by 1, 2
  ), joined as (
    select workspace_id, app_private.utc_day(created_at) as day, count(*) as new_users
      from app_public.users where created_at > now() - interval '31 days'
      group by 1, 2
  ), opened as (
    select workspace_id, app_private.utc_day(created_at) as day, count(*) as new_rooms
      from app_public.rooms where created_at > now() - interval '31 days'
      group by 1, 2
  )
  select
    days.day, workspaces.name as workspace,
    coalesce(written.messages, 0) as messages, coalesce(writing.writers, 0) as writers,
    coalesce(written.active_rooms, 0) as active_rooms, coalesce(joined.new_users, 0) as new_users,
    coalesce(opened.new_rooms, 0) as new_rooms
  from days
  cross join app_private.workspaces
  left join written on written.workspace_id = workspaces.id and written.day = days.day
  left join writing on writing.workspace_id = workspaces.id and writing.day = days.day
  left join joined on joined.workspace_id = workspaces.id and joined.day = days.day
  left join opened on opened.workspace_id = workspaces.id and opened.day = days.day
  order by days.day desc, workspaces.created_at, workspaces.id;
comment on view app_admin.activity is
  'The last 30 days of each workspace, from the roll-ups: today lacks the last minutes.';
grant select on app_admin.activity to trumpet_admin;

create view app_admin.engagement as
  with people as (
    select workspace_id, count(*) as users from app_public.users where deleted_at is null group by 1
  ), online as (
    select users.workspace_id, count(*) as online_now
      from app_private.presence_by_user() as presence join app_public.users on users.id = presence.user_id
      group by 1
  ), writing as (
    select users.workspace_id,
        count(distinct user_id) filter (where day > app_private.utc_day(now()) - 1) as writers_today,
        count(distinct user_id) filter (where day > app_private.utc_day(now()) - 7) as writers_7_days,
        count(distinct user_id) as writers_30_days
      from app_private.user_days join app_public.users on users.id = user_id
      where day > app_private.utc_day(now()) - 30
      group by 1
  ), written as (
    select rooms.workspace_id,
        coalesce(sum(message_count) filter (where day = app_private.utc_day(now())), 0) as messages_today,
        round(sum(message_count) / 30.0, 1) as messages_a_day
      from app_private.room_days join app_public.rooms on rooms.id = room_id
      where day > app_private.utc_day(now()) - 30
      group by 1
  )
  select
    workspaces.name as workspace, coalesce(people.users, 0) as users,
    case when not pg_is_in_recovery() then coalesce(online.online_now, 0) end as online_now,
    coalesce(writing.writers_today, 0) as writers_today, coalesce(writing.writers_7_days, 0) as writers_7_days,
    coalesce(writing.writers_30_days, 0) as writers_30_days, coalesce(written.messages_today, 0) as messages_today,
    coalesce(written.messages_a_day, 0.0) as messages_a_day
  from app_private.workspaces
  left join people on people.workspace_id = workspaces.id
  left join online on online.workspace_id = workspaces.id
  left join writing on writing.workspace_id = workspaces.id
  left join written on written.workspace_id = workspaces.id
  order by workspaces.created_at, workspaces.id;
comment on view app_admin.engagement is 'How many people there are in each workspace, and how many of them write.';
grant select on app_admin.engagement to trumpet_admin;

create view app_admin.delivery as
  select
    spread.day,
    spread.events,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.5) as p50_ms,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.95) as p95_ms,
    min(spread.up_to_ms) filter (where spread.so_far >= spread.events * 0.99) as p99_ms,
    max(spread.up_to_ms) as slowest_ms
  from (
    select
      days.day, days.up_to_ms,
      sum(days.events) over (partition by days.day) as events,
      sum(days.events) over (partition by days.day order by days.up_to_ms) as so_far
    from (
      select app_private.utc_day(hour) as day, up_to_ms, sum(event_count) as events
        from app_private.delivery_delays group by 1, 2
    ) as days
  ) as spread
  group by spread.day, spread.events
  order by spread.day desc;
comment on view app_admin.delivery is
  'How long live events took from the change to the sockets, in milliseconds, rounded up to 5, 10, 25, 50, 100, …: the median, the 95th and 99th percentile, and the slowest, of the last 90 days.';
grant select on app_admin.delivery to trumpet_admin;

create view app_admin.sessions as
  select
    sessions.id, users.username, sessions.created_at, sessions.refreshed_at, sessions.expires_at,
    sessions.ended_at, sessions.end_reason, workspaces.name as workspace
  from app_private.sessions
  join app_public.users on users.id = sessions.user_id
  join app_private.workspaces on workspaces.id = users.workspace_id
  order by sessions.created_at desc;
comment on view app_admin.sessions is 'The sign-ins that are alive, and those that ended within a day, the newest first.';
grant select on app_admin.sessions to trumpet_admin;

create view app_admin.reports as
  select
    message_reports.id, message_reports.status, coalesce(rooms.slug::text, rooms.id::text) as room,
    authors.username as author, messages.content, message_reports.reason, reporters.username as reporter,
    message_reports.created_at, message_reports.resolved_at, resolvers.username as resolver, message_reports.resolution_note,
    workspaces.name as workspace
  from app_public.message_reports
  join app_public.rooms on rooms.id = message_reports.room_id
  join app_private.workspaces on workspaces.id = rooms.workspace_id
  left join app_public.messages on messages.id = message_reports.message_id
  left join app_public.users as authors on authors.id = messages.author_id
  left join app_public.users as reporters on reporters.id = message_reports.reporter_id
  left join app_public.users as resolvers on resolvers.id = message_reports.resolved_by
  order by message_reports.status, message_reports.created_at desc;
comment on view app_admin.reports is 'The messages that were reported, in every room: the open ones first, the newest first.';
grant select on app_admin.reports to trumpet_admin;

create view app_admin.storage as
  select
    format('%I.%I', nspname, relname) as table,
    coalesce(parent.parent::text, '') as part_of,
    greatest(reltuples, 0)::bigint as estimated_rows,
    pg_size_pretty(pg_relation_size(pg_class.oid)) as data,
    pg_size_pretty(pg_indexes_size(pg_class.oid)) as indexes,
    pg_size_pretty(pg_total_relation_size(pg_class.oid)) as total,
    pg_total_relation_size(pg_class.oid) as total_bytes
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
  left join app_private.month_partitions as parent on parent.partition = pg_class.oid
  where nspname in ('app_public', 'app_private', 'app_archive', 'graphile_worker') and relkind = 'r'
  order by pg_total_relation_size(pg_class.oid) desc;
comment on view app_admin.storage is 'How large every table is, months one by one, the largest first.';
grant select on app_admin.storage to trumpet_admin;

create view app_admin.jobs as
  select
    id, task_identifier as task, queue_name as queue, run_at, attempts, max_attempts,
    case
      when locked_at is not null then 'running since ' || to_char(locked_at, 'YYYY-MM-DD HH24:MI:SS')
      when attempts >= max_attempts then 'given up'
      when attempts > 0 then 'tried, waiting'
      else 'waiting'
    end as state,
    last_error, created_at,
    case when attempts > 0 and locked_at is null then
      format('select app_admin.retry_job(%s); or select app_admin.end_job(%s, ''why'');', id, id)
    end as what_to_do
  from graphile_worker.jobs
  union all
  select
    null, format('move %s of %s', to_char(month, 'YYYY-MM'), parent), null, started_at, failures, null,
    case when failures > 0 then 'tried, waiting' else 'waiting' end,
    last_error, started_at,
    case when failures > 0 then
      format('the worker tries again every night; or select app_admin.end_move(%L, %L, ''why'');', parent, month)
    end
  from app_private.partition_moves
  order by run_at, id;
comment on view app_admin.jobs is 'What the worker has to do, is doing, and has failed to do; what is stuck, and how to end it.';
grant select on app_admin.jobs to trumpet_admin;

--! Included functions/administration-views/read_statements.sql
create or replace function app_private.read_statements() returns table (
  calls bigint, mean_ms numeric, max_ms numeric, total_ms numeric, rows_a_call numeric, query text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema name := (
    select nspname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pg_stat_statements');
begin
  return query execute format(
    $query$
      select statements.calls, round(statements.mean_exec_time::numeric, 2), round(statements.max_exec_time::numeric, 2),
          round(statements.total_exec_time::numeric), round(statements.rows::numeric / statements.calls, 1),
          regexp_replace(left(statements.query, 300), '\s+', ' ', 'g')
        from %I.pg_stat_statements as statements
        where statements.dbid = (select oid from pg_database where datname = current_database()) and statements.calls > 0
        order by statements.total_exec_time desc
        limit 50
    $query$, v_schema);
exception when object_not_in_prerequisite_state then
  raise warning 'pg_stat_statements is not in shared_preload_libraries: nothing is measured';
end
$$;
comment on function app_private.read_statements() is 'What pg_stat_statements has measured in this database; nothing when it is not loaded.';
-- A view reads as its owner, but calls functions as whoever reads it.
grant execute on function app_private.read_statements() to trumpet_admin;
--! EndIncluded functions/administration-views/read_statements.sql

create view app_admin.slow_statements as select * from app_private.read_statements();
comment on view app_admin.slow_statements is 'The 50 statements that took the most time in all.';
grant select on app_admin.slow_statements to trumpet_admin;

create view app_admin.months as
  select
    months.month, months.place, months.message_count, months.bytes, moves.destination as moving_to,
    archived.file_name, archived.exported_at, archived.dropped_at
  from (
    select month, case when is_detaching then 'detaching' else 'messages' end as place,
        (select greatest(reltuples, 0)::bigint from pg_class where oid = partition) as message_count,
        pg_total_relation_size(partition) as bytes
      from app_private.month_partitions where parent = 'app_public.messages'::regclass
    union all
    select month, case when dropped_at is null then 'archive' else 'file' end, message_count,
        pg_total_relation_size(to_regclass(format('app_archive.%I', app_private.month_table(month))))
      from app_private.archived_months
  ) as months
  left join app_private.archived_months as archived on archived.month = months.month
  left join app_private.partition_moves as moves
    on moves.parent = 'app_public.messages' and moves.month = months.month
  order by months.month;
comment on view app_admin.months is 'Where each month of messages is: in the table, in the archive, or in a file only.';
grant select on app_admin.months to trumpet_admin;

create view app_admin.legal_holds as
  select legal_holds.id, users.username, rooms.slug, legal_holds.room_id, legal_holds.user_id, legal_holds.reason,
      legal_holds.created_by, legal_holds.created_at, legal_holds.released_at
    from app_private.legal_holds
    left join app_public.users on users.id = legal_holds.user_id
    left join app_public.rooms on rooms.id = legal_holds.room_id
    order by legal_holds.created_at desc;
comment on view app_admin.legal_holds is 'What must not be deleted, and what was on hold once.';
grant select on app_admin.legal_holds to trumpet_admin;

create view app_admin.erasures as
  select erasures.*,
      case
        when finished_at is not null then 'finished'
        when exists (
          select from app_private.legal_holds where legal_holds.user_id = erasures.user_id and released_at is null
        ) then 'on hold'
        else 'under way'
      end as state
    from app_private.erasures
    order by requested_at desc;
comment on view app_admin.erasures is 'The accounts that were deleted, and how far that is.';
grant select on app_admin.erasures to trumpet_admin;

create view app_admin.actions as
  select
      happened_at, administrator, action,
      concat_ws(' in ', coalesce(users.username::text, admin_actions.user_id::text), subject) as subject, reason
    from app_private.admin_actions
    left join app_public.users on users.id = admin_actions.user_id
    order by admin_actions.id desc;
comment on view app_admin.actions is 'What administrators did, the latest first.';
grant select on app_admin.actions to trumpet_admin;
